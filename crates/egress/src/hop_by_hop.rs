//! Headers that concern one connection only (RFC 9110 section 7.6.1).

use http::HeaderMap;
use http::header::{
    CONNECTION, CONTENT_LENGTH, HOST, HeaderName, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, TE,
    TRAILER, TRANSFER_ENCODING, UPGRADE,
};

static NAMES: [HeaderName; 8] = [
    TRANSFER_ENCODING,
    TE,
    TRAILER,
    UPGRADE,
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Whether a name is one of these, or `connection`.
#[must_use]
pub fn contains(name: &str) -> bool {
    name == "connection" || is_listed(name)
}

fn is_listed(name: &str) -> bool {
    // By length first: most names are told from these without looking at a letter.
    match name.len() {
        2 => name == "te",
        7 => name == "trailer" || name == "upgrade",
        10 => name == "keep-alive",
        16 => name == "proxy-connection",
        17 => name == "transfer-encoding",
        18 => name == "proxy-authenticate",
        19 => name == "proxy-authorization",
        _ => false,
    }
}

/// Removes them, and what `Connection` names beside them.
pub fn remove(headers: &mut HeaderMap) {
    let (mut connection, mut listed) = (false, false);
    for name in headers.keys() {
        connection |= *name == CONNECTION;
        listed |= is_listed(name.as_str());
    }
    if connection {
        for name in named(headers) {
            headers.remove(name);
        }
        headers.remove(CONNECTION);
    }
    if listed {
        for name in &NAMES {
            headers.remove(name);
        }
    }
}

/// What `Connection` names.
#[must_use]
pub fn named(headers: &HeaderMap) -> Vec<HeaderName> {
    let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .filter_map(|name| HeaderName::from_bytes(name.trim().as_bytes()).ok())
        // Whoever could remove these would change what the request is.
        .filter(|name| *name != HOST && *name != CONTENT_LENGTH)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_told_by_their_length() {
        for name in &NAMES {
            assert!(is_listed(name.as_str()), "{name}");
        }
        for name in ["host", "t", "trailers", "keep-aliv3", "connection"] {
            assert!(!is_listed(name), "{name}");
        }
    }

    #[test]
    fn only_the_end_to_end_headers_stay() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("connection", "close, X-Secret, host"),
            ("connection", "x-other"),
            ("x-secret", "1"),
            ("x-other", "2"),
            ("keep-alive", "timeout=5"),
            ("te", "trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("proxy-connection", "keep-alive"),
            ("host", "h"),
            ("x-kept", "3"),
        ] {
            headers.append(name, value.parse().expect("a value"));
        }
        remove(&mut headers);
        let mut left = headers.keys().map(HeaderName::as_str).collect::<Vec<_>>();
        left.sort_unstable();
        assert_eq!(left, ["host", "x-kept"]);
    }
}
