//! The canonical query: decoded, encoded again strictly, and sorted.
//!
//! Two queries that mean the same have one form, and only those: what `+` means is therefore what
//! the one who serves the request makes of it.

use std::borrow::Cow;

use percent_encoding::{percent_decode, percent_encode};

use super::STRICT;

/// How a query is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// `+` is a plus sign, as the management API reads it.
    Plain,
    /// `+` is a space, as events have it (spec/http-api-runtime.md section 6.2): who asks for `+`
    /// signs `%2B`. botocore's `AWSRequest.prepare` and requests-aws4auth sign `%20` and send `+`,
    /// and API Gateway takes that.
    Form,
    /// As `Form`, and without the signature that is in the query itself.
    Presigned,
}

/// The parameter that holds a presigned query's signature, and is not signed.
pub(crate) const SIGNATURE: &str = "X-Amz-Signature";

/// Names and values, encoded strictly and sorted by their bytes.
pub(super) fn canonical(query: &str, reading: Reading) -> String {
    let encode = |decoded: &[u8]| percent_encode(decoded, STRICT).to_string();
    let mut pairs = parameters(query, reading)
        .filter(|(name, _)| reading != Reading::Presigned || **name != *SIGNATURE.as_bytes())
        .map(|(name, value)| (encode(&name), encode(&value)))
        .collect::<Vec<_>>();
    pairs.sort();
    let mut text = String::with_capacity(query.len());
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
    text
}

/// Decoded names and values, in the order they came. What is between two `&` is no parameter when
/// it is empty.
pub(crate) fn parameters(
    query: &str,
    reading: Reading,
) -> impl Iterator<Item = (Cow<'_, [u8]>, Cow<'_, [u8]>)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(move |(name, value)| (decode(name, reading), decode(value, reading)))
}

fn decode(raw: &str, reading: Reading) -> Cow<'_, [u8]> {
    if reading == Reading::Plain || !raw.contains('+') {
        return percent_decode(raw.as_bytes()).into();
    }
    let spaced = raw.replace('+', " ");
    Cow::Owned(percent_decode(spaced.as_bytes()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_have_one_form() {
        // The query, and its form where `+` is itself and where it is a space.
        let rows = [
            ("", "", ""),
            ("&&", "", ""),
            ("=", "=", "="),
            ("=a", "=a", "=a"),
            ("a", "a=", "a="),
            ("a=", "a=", "a="),
            ("b=1&a=2&&a=1", "a=1&a=2&b=1", "a=1&a=2&b=1"),
            ("a-=1&a=2", "a=2&a-=1", "a=2&a-=1"),
            ("a=b=c", "a=b%3Dc", "a=b%3Dc"),
            ("a=%7e*%2a", "a=~%2A%2A", "a=~%2A%2A"),
            ("%61=%41", "a=A", "a=A"),
            ("a=1+2", "a=1%2B2", "a=1%202"),
            ("a+b=%2B", "a%2Bb=%2B", "a%20b=%2B"),
            ("a=%2526", "a=%2526", "a=%2526"),
            ("a=%zz%", "a=%25zz%25", "a=%25zz%25"),
            ("ü=%FF", "%C3%BC=%FF", "%C3%BC=%FF"),
            ("X-Amz-Signature=s", "X-Amz-Signature=s", "X-Amz-Signature=s"),
        ];
        for (query, plain, form) in rows {
            assert_eq!(canonical(query, Reading::Plain), plain, "{query}");
            assert_eq!(canonical(query, Reading::Form), form, "{query}");
        }
    }

    #[test]
    fn a_presigned_query_is_signed_without_its_signature() {
        let query = "b=2&X-Amz-Signature=s&a=1+2&x-amz-signature=t&X%2DAmz-Signature=u";
        assert_eq!(canonical(query, Reading::Presigned), "a=1%202&b=2&x-amz-signature=t");
    }
}
