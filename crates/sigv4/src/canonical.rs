//! The canonical request: the one text both sides derive from a request.
//!
//! **The path is taken as sent and encoded once more; it is not normalised.** Of the signers,
//! botocore, aws4 and the SDKs for JavaScript, Java and Rust sign a path without `//`, `.` and `..`
//! whatever they send; Go's and curl's sign what they send. A gateway that routes the path as sent
//! must not take a signature over another one: who holds a signed request for `/a/b` could call
//! `/a//b` or `/x/../a/b` with it. So a path that is not normal already only verifies for who signed
//! it as it stands, and is a mismatch otherwise. Each path has a canonical form of its own.
//!
//! AWS, "Elements of an AWS API request signature": normalise, except for S3. What a path that is
//! normal already gives is the same.

mod query;

use std::fmt::Write;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

pub(crate) use query::{Reading, SIGNATURE, parameters};

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

/// A request as it is on the wire, before its body.
#[derive(Clone, Copy, Debug)]
pub struct RequestHead<'a> {
    /// The method.
    pub method: &'a str,
    /// The path as received: never decoded and never normalised. The one that is served.
    pub path: &'a str,
    /// The query as received, without the `?`; empty when there is none.
    pub query: &'a str,
    /// Every header, names in lower case; a name may occur more than once. In HTTP/2, `host` is
    /// `:authority`.
    pub headers: &'a [(&'a str, &'a [u8])],
}

/// Everything but RFC 3986's unreserved characters.
const STRICT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const PATH: &AsciiSet = &STRICT.remove(b'/');

impl<'a> Request<'a> {
    pub(crate) fn head(&self) -> RequestHead<'a> {
        let Self { method, path, query, headers, body: _ } = *self;
        RequestHead { method, path, query, headers }
    }
}

impl<'a> RequestHead<'a> {
    /// The canonical request over these headers, up to the hash of the payload that ends it.
    ///
    /// Bytes, not text: two values that are no UTF-8 are two values.
    pub(crate) fn canonical(&self, signed_headers: &[String], reading: Reading) -> Vec<u8> {
        let mut text = Vec::with_capacity(512);
        text.extend_from_slice(self.method.as_bytes());
        text.push(b'\n');
        // Encoded once more: only S3 does not.
        let path = if self.path.is_empty() { "/" } else { self.path };
        text.extend(utf8_percent_encode(path, PATH).flat_map(str::bytes));
        text.push(b'\n');
        text.extend_from_slice(query::canonical(self.query, reading).as_bytes());
        text.push(b'\n');
        for name in signed_headers {
            text.extend_from_slice(name.as_bytes());
            text.push(b':');
            for (index, value) in self.values(name).enumerate() {
                if index > 0 {
                    text.push(b',');
                }
                push_trimmed(&mut text, value);
            }
            text.push(b'\n');
        }
        text.push(b'\n');
        text.extend_from_slice(signed_headers.join(";").as_bytes());
        text.push(b'\n');
        text
    }

    /// A header's values, in the order they came.
    pub(crate) fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers.iter().filter(move |(key, _)| *key == name).map(|(_, value)| *value)
    }
}

/// The value without spaces around it, and with single ones inside.
fn push_trimmed(text: &mut Vec<u8>, value: &[u8]) {
    let words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    for (index, word) in words.enumerate() {
        if index > 0 {
            text.push(b' ');
        }
        text.extend_from_slice(word);
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
        let head = RequestHead {
            method: "DELETE",
            path: "/v2/tags/arn%3Aaws/%24default",
            query: "tagKeys=b%20c&tagKeys=a&empty&x=%2f",
            headers: &[("host", b" h "), ("x-amz-a", b"1   2"), ("x-amz-a", b"3")],
        };
        let signed_headers = ["host".to_owned(), "x-amz-a".to_owned()];
        let canonical = head.canonical(&signed_headers, Reading::Plain);
        assert_eq!(
            String::from_utf8(canonical).expect("UTF-8"),
            "DELETE\n/v2/tags/arn%253Aaws/%2524default\nempty=&tagKeys=a&tagKeys=b%20c&x=%2F\n\
             host:h\nx-amz-a:1 2,3\n\nhost;x-amz-a\n"
        );
    }

    #[test]
    fn each_path_has_a_canonical_form_of_its_own() {
        let paths = [
            "/a/b",
            "/a//b",
            "/a/b/",
            "//a/b",
            "/./a/b",
            "/x/../a/b",
            "/a%2Fb",
            "/a%2fb",
            "/A/b",
            "/a%252Fb",
            "/%61/b",
            "/a+b",
            "/a b",
            "/a%20b",
            "/a%2Bb",
            "/é",
            "/%C3%A9",
            "/a;b",
            "/a=b",
        ];
        let forms = paths.map(|path| {
            let head = RequestHead { method: "GET", path, query: "", headers: &[] };
            head.canonical(&[], Reading::Form)
        });
        for (index, form) in forms.iter().enumerate() {
            assert!(!forms[..index].contains(form), "{}", paths[index]);
        }
    }

    #[test]
    fn values_that_are_no_text_stay_apart() {
        let of = |value: &[u8]| {
            let headers = &[("x-amz-a", value)];
            let head = RequestHead { method: "GET", path: "/", query: "", headers };
            head.canonical(&["x-amz-a".to_owned()], Reading::Form)
        };
        assert_ne!(of(b"\xfe"), of(b"\xff"));
        assert_eq!(of(b"\xfe"), b"GET\n/\n\nx-amz-a:\xfe\n\nx-amz-a\n");
    }
}
