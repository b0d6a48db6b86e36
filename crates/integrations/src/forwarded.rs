//! `Forwarded` (RFC 7239) as API Gateway writes it (spec/http-api-runtime.md section 5.2): what
//! came before, `X-Forwarded-*` translated, and our own element last.

use std::fmt::Write;
use std::net::IpAddr;

use gatewright_types::{AddressText, set_header};
use http::HeaderMap;
use http::header::{FORWARDED, HeaderName, HeaderValue};

use crate::noted_headers::NotedHeaders;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const X_FORWARDED_PORT: HeaderName = HeaderName::from_static("x-forwarded-port");

/// Sets `Forwarded`, and takes the client's `X-Forwarded-*` away. `noted` says whether there may be
/// any of these.
pub(crate) fn set(
    headers: &mut HeaderMap,
    noted: NotedHeaders,
    peer: &AddressText,
    host: &str,
    protocol: &str,
) {
    let mut text = String::with_capacity(96);
    if noted.forwarded {
        for value in headers.get_all(FORWARDED) {
            push_element(&mut text, &String::from_utf8_lossy(value.as_bytes()));
        }
        translate(&mut text, headers);
    }
    if !text.is_empty() {
        text.push_str(", ");
    }
    text.push_str("for=");
    push_address(&mut text, peer);
    text.push_str(";host=");
    push_value(&mut text, host);
    text.push_str(";proto=");
    text.push_str(protocol);
    if let Ok(value) = HeaderValue::try_from(text) {
        set_header(headers, FORWARDED, value);
    }
}

fn push_address(text: &mut String, address: &AddressText) {
    match address.address() {
        IpAddr::V4(_) => text.push_str(address.as_str()),
        IpAddr::V6(_) => {
            text.push_str("\"[");
            text.push_str(address.as_str());
            text.push_str("]\"");
        }
    }
}

fn translate(text: &mut String, headers: &mut HeaderMap) {
    // Several lines are one list.
    let mut parts = |name: HeaderName| {
        let mut parts = Vec::new();
        for line in headers.get_all(&name) {
            let text = String::from_utf8_lossy(line.as_bytes());
            let each = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            parts.extend(each.map(str::to_owned));
        }
        headers.remove(name);
        parts
    };
    let addresses = parts(X_FORWARDED_FOR);
    let hosts = parts(X_FORWARDED_HOST);
    let protocols = parts(X_FORWARDED_PROTO);
    headers.remove(X_FORWARDED_PORT);
    let count = addresses.len().max(hosts.len()).max(protocols.len());
    for index in 0..count {
        let mut element = String::new();
        for (name, values) in [("for", &addresses), ("host", &hosts), ("proto", &protocols)] {
            let Some(value) = values.get(index) else {
                continue;
            };
            if !element.is_empty() {
                element.push(';');
            }
            element.push_str(name);
            element.push('=');
            let is_v6 = name == "for" && value.parse::<std::net::Ipv6Addr>().is_ok();
            if is_v6 {
                let _ = write!(element, "\"[{value}]\"");
            } else {
                push_value(&mut element, value);
            }
        }
        push_element(text, &element);
    }
}

fn push_element(text: &mut String, element: &str) {
    if !text.is_empty() {
        text.push_str(", ");
    }
    text.push_str(element);
}

/// The bytes of a token (RFC 9110 section 5.6.2).
const TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = matches!(byte as u8, b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'#'..=b'\''
            | b'*' | b'+' | b'-' | b'.' | b'^'..=b'`' | b'|' | b'~');
        byte += 1;
    }
    table
};

/// A value as a token where it is one; quoted otherwise, as `host:port` has to be.
fn push_value(text: &mut String, value: &str) {
    // To the end in any case: without a way out, the loop is half as long.
    let is_token = value.bytes().fold(true, |all, byte| all & TOKEN[usize::from(byte)]);
    if is_token && !value.is_empty() {
        text.push_str(value);
        return;
    }
    text.push('"');
    for character in value.chars() {
        if matches!(character, '"' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sent: &[(&'static str, &str)], client: &str, host: &str, expected: &str) {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, value.parse().expect("a value"));
        }
        let noted = NotedHeaders::of(&headers);
        let client = AddressText::new(client.parse().expect("an address"));
        set(&mut headers, noted, &client, host, "http");
        assert_eq!(headers[FORWARDED], expected);
        assert_eq!(headers.len(), 1);
    }

    #[test]
    fn the_own_element_comes_last() {
        check(&[], "10.0.0.1", "api.example.com", "for=10.0.0.1;host=api.example.com;proto=http");
        check(&[], "::1", "h:8080", "for=\"[::1]\";host=\"h:8080\";proto=http");
        check(
            &[("forwarded", "for=1.1.1.1"), ("forwarded", "for=2.2.2.2")],
            "10.0.0.1",
            "h",
            "for=1.1.1.1, for=2.2.2.2, for=10.0.0.1;host=h;proto=http",
        );
    }

    #[test]
    fn tokens_are_those_of_the_standard() {
        for byte in 0..=u8::MAX {
            let expected = byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
            assert_eq!(TOKEN[usize::from(byte)], expected, "{byte}");
        }
    }

    #[test]
    fn x_forwarded_is_translated() {
        check(
            &[
                ("x-forwarded-for", "1.1.1.1, 2001:db8::1"),
                ("x-forwarded-host", "a.example.com"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-port", "443"),
            ],
            "10.0.0.1",
            "h",
            "for=1.1.1.1;host=a.example.com;proto=https, for=\"[2001:db8::1]\", for=10.0.0.1;host=h;proto=http",
        );
        check(
            &[("x-forwarded-for", "a\"b")],
            "10.0.0.1",
            "h",
            "for=\"a\\\"b\", for=10.0.0.1;host=h;proto=http",
        );
        check(
            &[("x-forwarded-for", "1.1.1.1"), ("x-forwarded-for", "2.2.2.2, 3.3.3.3")],
            "10.0.0.1",
            "h",
            "for=1.1.1.1, for=2.2.2.2, for=3.3.3.3, for=10.0.0.1;host=h;proto=http",
        );
        check(&[("x-forwarded-port", "443")], "10.0.0.1", "h", "for=10.0.0.1;host=h;proto=http");
    }
}
