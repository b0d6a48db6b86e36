//! Percent-encoding of what is put into an upstream's URI (RFC 3986 sections 3.3 and 3.4).

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode, utf8_percent_encode};

/// All but `pchar` and `/`: a value of a greedy variable keeps its slashes.
pub(crate) const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'/');

/// Also what separates or means something in a query string.
pub(crate) const QUERY: &AsciiSet = &PATH.add(b'&').add(b'+').add(b'=').add(b';');

/// What stands in a configured URI may already be encoded, so `%` stays.
const URI_LITERAL: &AsciiSet = &PATH.remove(b'%').remove(b'?');

pub(crate) fn push_path(target: &mut String, decoded: &str) {
    target.extend(utf8_percent_encode(decoded, PATH));
}

pub(crate) fn push_query_value(target: &mut String, decoded: &str) {
    target.extend(utf8_percent_encode(decoded, QUERY));
}

pub(crate) fn uri_literal(configured: &str) -> String {
    utf8_percent_encode(configured, URI_LITERAL).to_string()
}

/// A configured path: encoded bytes stay as they are, and a `%` that begins none is encoded, or it
/// could begin one together with what a request puts behind it.
pub(crate) fn path_literal(configured: &str) -> String {
    let mut parts = configured.split('%');
    let mut encoded = String::with_capacity(configured.len());
    push_path(&mut encoded, parts.next().unwrap_or_default());
    for part in parts {
        let is_encoded_byte =
            matches!(part.as_bytes(), [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit());
        encoded.push_str(if is_encoded_byte { "%" } else { "%25" });
        push_path(&mut encoded, part);
    }
    encoded
}

/// Encodes what stands behind `start`. Touches nothing, and the heap neither, where nothing must be.
pub(crate) fn encode_from(out: &mut Vec<u8>, start: usize, set: &'static AsciiSet) {
    let encoded = Cow::from(percent_encode(&out[start..], set));
    // One encoded byte alone is lent as well, so the variant does not tell.
    if encoded.len() != out.len() - start {
        let encoded = encoded.into_owned();
        out.truncate(start);
        out.extend_from_slice(encoded.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_be_is_encoded() {
        let rows: [(&[u8], &str); 6] = [
            (b"", ""),
            (b"a/b~", "a/b~"),
            (b"\t", "%09"),
            (b"%", "%25"),
            (b"a b?c", "a%20b%3Fc"),
            (b"\xff\r\n", "%FF%0D%0A"),
        ];
        for (raw, expected) in rows {
            let mut out = b"? ".to_vec();
            out.extend_from_slice(raw);
            encode_from(&mut out, 2, PATH);
            assert_eq!(out, format!("? {expected}").into_bytes());
        }
    }

    #[test]
    fn configured_paths_keep_what_is_encoded() {
        let rows = [
            ("/a%2Fb%C3%A9", "/a%2Fb%C3%A9"),
            ("/100%", "/100%25"),
            ("/%zz%4", "/%25zz%254"),
            ("/%%41?x", "/%25%41%3Fx"),
            ("/a b", "/a%20b"),
        ];
        for (configured, expected) in rows {
            assert_eq!(path_literal(configured), expected);
        }
    }
}
