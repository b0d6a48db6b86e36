//! From a URL to where it leads.

use gatewright_types::{Origin, Scheme};
use http::Uri;

/// Where an absolute `http` or `https` URL leads; none for any other, or one with user information,
/// which is nowhere to be sent.
#[must_use]
pub fn origin_of(uri: &Uri) -> Option<Origin> {
    let scheme = match uri.scheme_str()? {
        "http" => Scheme::Http,
        "https" => Scheme::Https,
        _ => return None,
    };
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']').to_owned();
    let port = authority.port_u16().unwrap_or_else(|| scheme.default_port());
    Some(Origin { scheme, host, port })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lead_somewhere() {
        let origin = |url: &str| {
            let origin = origin_of(&url.parse().expect("a URI"))?;
            Some((origin.scheme, origin.host, origin.port))
        };
        let found = |scheme, host: &str, port| Some((scheme, host.to_owned(), port));
        assert_eq!(origin("http://control:8082/x?y"), found(Scheme::Http, "control", 8082));
        assert_eq!(origin("https://[::1]"), found(Scheme::Https, "::1", 443));
        for none in ["control:8082", "/x", "ftp://x", "http://u:p@x"] {
            assert_eq!(origin(none), None, "{none}");
        }
    }
}
