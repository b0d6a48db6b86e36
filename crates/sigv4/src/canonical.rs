//! The canonical request: the one text both sides derive from a request.

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// A request as it is on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The path as received: never decoded, since `%2F` is not a separator.
    pub path: &'a str,
    /// The query as received, without the `?`; empty when there is none.
    pub query: &'a str,
    /// Every header, names in lower case; a name may occur more than once.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The whole body.
    pub body: &'a [u8],
}

/// Everything but RFC 3986's unreserved characters.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const PATH: &AsciiSet = &STRICT.remove(b'/');

impl Request<'_> {
    /// The canonical request over these headers.
    pub(crate) fn canonical(&self, signed_headers: &[String]) -> String {
        let mut text = String::with_capacity(512);
        text.push_str(self.method);
        text.push('\n');
        // Encoded once more: only S3 does not.
        text.extend(utf8_percent_encode(if self.path.is_empty() { "/" } else { self.path }, PATH));
        text.push('\n');
        text.push_str(&canonical_query(self.query));
        text.push('\n');
        for name in signed_headers {
            text.push_str(name);
            text.push(':');
            push_values(&mut text, self.headers, name);
            text.push('\n');
        }
        text.push('\n');
        text.push_str(&signed_headers.join(";"));
        text.push('\n');
        text.push_str(&hex(&Sha256::digest(self.body)));
        text
    }

    pub(crate) fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find_map(|(key, value)| (*key == name).then_some(*value))
    }
}

fn canonical_query(query: &str) -> String {
    let encode = |text: &str| {
        let decoded = percent_decode_str(text).collect::<Vec<u8>>();
        percent_encoding::percent_encode(&decoded, STRICT).to_string()
    };
    let mut pairs = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (encode(name), encode(value)))
        .collect::<Vec<_>>();
    pairs.sort();
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>();
    pairs.join("&")
}

/// A header's values, joined by commas, each trimmed and with single spaces.
fn push_values(text: &mut String, headers: &[(&str, &[u8])], name: &str) {
    let mut first = true;
    for (_, value) in headers.iter().filter(|(key, _)| *key == name) {
        if !std::mem::take(&mut first) {
            text.push(',');
        }
        let value = String::from_utf8_lossy(value);
        for (index, word) in value.split_ascii_whitespace().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            text.push_str(word);
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_is_encoded_once_more_and_query_sorted() {
        let request = Request {
            method: "DELETE",
            path: "/v2/tags/arn%3Aaws/%24default",
            query: "tagKeys=b%20c&tagKeys=a&empty&x=%2f",
            headers: &[("host", b" h "), ("x-amz-a", b"1   2"), ("x-amz-a", b"3")],
            body: b"",
        };
        let canonical = request.canonical(&["host".to_owned(), "x-amz-a".to_owned()]);
        assert_eq!(
            canonical,
            "DELETE\n/v2/tags/arn%253Aaws/%2524default\nempty=&tagKeys=a&tagKeys=b%20c&x=%2F\n\
             host:h\nx-amz-a:1 2,3\n\nhost;x-amz-a\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
