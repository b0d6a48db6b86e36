//! The keys of a mapping: what is changed, and how (sections 8.1, 8.2, 8.4).

use http::HeaderName;

use super::error::MappingProblem;

/// What a key of a mapping changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    Header(Verb, HeaderName),
    QueryParameter(Verb, String),
    /// `overwrite:path`.
    Path,
    /// `overwrite:statuscode`.
    StatusCode,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Append,
    Overwrite,
    Remove,
}

/// Whether a header is the gateway's own, so that no mapping may change it
/// (`http-api-parameter-mapping`, "Reserved headers"). Without case.
#[must_use]
pub fn is_reserved_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    RESERVED.contains(&&*name) || RESERVED_STARTS.iter().any(|start| name.starts_with(start))
}

/// Whether a text may be a key of `requestParameters` (section 8.1).
#[must_use]
pub fn is_request_destination(key: &str) -> bool {
    Destination::of_request(key).is_ok()
}

/// Whether a text may be a key of an entry of `responseParameters` (section 8.2).
#[must_use]
pub fn is_response_destination(key: &str) -> bool {
    Destination::of_response(key).is_ok()
}

impl Destination {
    pub(super) fn of_request(key: &str) -> Result<Self, MappingProblem> {
        match verb(key)? {
            (Verb::Overwrite, "path") => Ok(Self::Path),
            (verb, place) => match place.strip_prefix("querystring.") {
                Some(name) if is_query_name(name) => {
                    Ok(Self::QueryParameter(verb, name.to_owned()))
                }
                _ => header(verb, place),
            },
        }
    }

    pub(super) fn of_response(key: &str) -> Result<Self, MappingProblem> {
        match verb(key)? {
            (Verb::Overwrite, "statuscode") => Ok(Self::StatusCode),
            (verb, place) => header(verb, place),
        }
    }
}

/// What stands before the colon, and what behind it.
fn verb(key: &str) -> Result<(Verb, &str), MappingProblem> {
    match key.split_once(':') {
        Some(("append", place)) => Ok((Verb::Append, place)),
        Some(("overwrite", place)) => Ok((Verb::Overwrite, place)),
        Some(("remove", place)) => Ok((Verb::Remove, place)),
        _ => Err(MappingProblem::Destination),
    }
}

fn header(verb: Verb, place: &str) -> Result<Destination, MappingProblem> {
    let name = place.strip_prefix("header.").ok_or(MappingProblem::Destination)?;
    let name = HeaderName::try_from(name).map_err(|_| MappingProblem::Destination)?;
    if is_reserved_header(name.as_str()) {
        return Err(MappingProblem::ReservedHeader);
    }
    Ok(Destination::Header(verb, name))
}

/// Without spaces and control characters.
pub(super) fn is_query_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
}

const RESERVED: [&str; 18] = [
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-location",
    "forwarded",
    "keep-alive",
    "origin",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailers",
    "transfer-encoding",
    "upgrade",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "via",
];
const RESERVED_STARTS: [&str; 4] = ["access-control-", "apigw-", "x-amz-", "x-amzn-"];

#[cfg(test)]
mod tests {
    use super::*;

    /// Section 8.4, the whole list.
    #[test]
    fn reserved_headers() {
        let reserved = "access-control-allow-origin apigw-requestid Authorization Connection \
            Content-Encoding Content-Length Content-Location Forwarded Keep-Alive Origin \
            Proxy-Authenticate Proxy-Authorization TE Trailers Transfer-Encoding Upgrade X-Amz-Date \
            x-amzn-trace-id X-Forwarded-For X-Forwarded-Host X-Forwarded-Proto VIA";
        for name in reserved.split_whitespace() {
            assert!(is_reserved_header(name), "{name}");
            for verb in ["append", "overwrite", "remove"] {
                let key = format!("{verb}:header.{name}");
                assert_eq!(Destination::of_request(&key), Err(MappingProblem::ReservedHeader));
                assert_eq!(Destination::of_response(&key), Err(MappingProblem::ReservedHeader));
            }
        }
        // "Not on the list, so allowed".
        for name in ["Host", "Cookie", "Set-Cookie", "Content-Type", "X-Forwarded-Port", "trailer"]
        {
            assert!(!is_reserved_header(name), "{name}");
            assert!(is_request_destination(&format!("overwrite:header.{name}")), "{name}");
        }
    }

    /// Sections 8.1 and 8.2.
    #[test]
    fn destinations() {
        // Key, of a request, of a response.
        let rows = [
            ("append:header.x-a", true, true),
            ("overwrite:header.X_B", true, true),
            ("remove:header.x.y", true, true),
            ("append:querystring.a[]", true, false),
            ("overwrite:querystring.a.b", true, false),
            ("remove:querystring.A", true, false),
            ("overwrite:path", true, false),
            ("overwrite:statuscode", false, true),
            ("append:path", false, false),
            ("remove:path", false, false),
            ("overwrite:path.x", false, false),
            ("append:statuscode", false, false),
            ("header.a", false, false),
            ("Append:header.a", false, false),
            ("append:header.", false, false),
            ("append:header.a b", false, false),
            ("append:header.a\r\nb", false, false),
            ("append:header.a:b", false, false),
            ("append:querystring.", false, false),
            ("append:querystring.a b", false, false),
            ("append:querystring.é", false, false),
            ("remove:cookie.a", false, false),
            ("append", false, false),
            ("", false, false),
        ];
        for (key, request, response) in rows {
            assert_eq!(is_request_destination(key), request, "{key:?}");
            assert_eq!(is_response_destination(key), response, "{key:?}");
        }
    }
}
