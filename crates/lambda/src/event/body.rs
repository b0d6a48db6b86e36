//! How a body stands in an event: as text, or in base64, which its `Content-Type` alone decides
//! (section 6.4).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

const TEXTS: [&str; 4] =
    ["application/json", "application/xml", "application/javascript", "application/graphql"];

/// The body, and whether it is in base64; no body where there are no bytes.
pub(super) fn body(headers: &HeaderMap, body: Option<&Bytes>) -> (Option<String>, bool) {
    let Some(body) = body.filter(|body| !body.is_empty()) else {
        return (None, false);
    };
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if content_type.is_some_and(is_text) {
        (Some(String::from_utf8_lossy(body).into_owned()), false)
    } else {
        (Some(STANDARD.encode(body)), true)
    }
}

fn is_text(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let utf8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, charset)) if name.trim().eq_ignore_ascii_case("charset") => {
            charset.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    };
    (kind.starts_with("text/") || TEXTS.contains(&&*kind)) && parts.all(utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_decides() {
        for (content_type, text) in [
            ("text/plain", true),
            ("TEXT/HTML", true),
            ("application/json", true),
            ("application/json; charset=utf-8", true),
            ("application/xml;charset=\"UTF-8\"", true),
            ("application/javascript; x=y", true),
            ("application/graphql", true),
            ("text/plain; charset=iso-8859-1", false),
            ("application/x-www-form-urlencoded", false),
            ("multipart/form-data; boundary=x", false),
            ("application/octet-stream", false),
            ("application/vnd.api+json", false),
            ("application/x-ndjson", false),
            ("", false),
        ] {
            assert_eq!(is_text(content_type), text, "{content_type}");
        }
    }
}
