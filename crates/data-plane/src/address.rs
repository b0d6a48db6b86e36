//! Step 2 of a request's way: from host and path to API, stage, and the rest of the path
//! (spec/http-api-runtime.md section 1).

use std::sync::Arc;

use gatewright_routing::{ExecuteApiHost, PathAddress, StageSplit};
use gatewright_types::StageName;
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Uri};

use crate::catalogue::Apis;
use crate::fault::Fault;
use crate::stage::Stage;

/// The host a request is for.
///
/// An absolute request target outweighs the header (RFC 9112 section 3.2.2).
pub(crate) fn host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> Result<&'r str, Fault> {
    let mut hosts = headers.get_all(HOST).iter();
    let host = match (hosts.next(), hosts.next()) {
        (Some(host), None) => match uri.authority() {
            Some(authority) => authority.as_str(),
            None => host.to_str().map_err(|_| Fault::BadRequest)?,
        },
        _ => return Err(Fault::BadRequest),
    };
    is_host(host).then_some(host).ok_or(Fault::BadRequest)
}

/// Whether a text names a host, with a port or without (RFC 9110 section 7.2).
fn is_host(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    if text.bytes().all(is_plain) {
        return !text.is_empty();
    }
    let Ok(authority) = text.parse::<Authority>() else {
        return false;
    };
    let (host, port) = text.split_at(authority.host().len());
    // One with user information does not begin with its host.
    host == authority.host() && !host.is_empty() && is_port(port.strip_prefix(':').unwrap_or(port))
}

fn is_port(text: &str) -> bool {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text.is_empty() || text.parse::<u16>().is_ok())
}

/// The stage a request is for, and the path its routes are matched against.
pub(crate) fn stage<'p>(
    apis: &Apis,
    form: &ExecuteApiHost,
    host: &str,
    path: &'p str,
) -> Option<(Arc<Stage>, &'p str)> {
    if let Some(api_id) = form.api_id(host) {
        let stages = apis.get(&*api_id)?;
        let split = StageSplit::of(path);
        // A stage always beats a route.
        return match stages.get(split.first_segment) {
            Some(stage) => enabled(stage, split.rest),
            None => enabled(stages.get(StageName::DEFAULT)?, path),
        };
    }
    let address = PathAddress::parse(path)?;
    enabled(apis.get(address.api_id)?.get(address.stage_name)?, address.route_path)
}

fn enabled<'p>(stage: &Arc<Stage>, path: &'p str) -> Option<(Arc<Stage>, &'p str)> {
    (!stage.execute_api_endpoint_disabled).then(|| (stage.clone(), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_told_from_other_texts() {
        for host in
            ["a", "a.b-c", "A.1", "a:80", "a:", "a_b", "[::1]", "[::1]:8080", "1.2.3.4:65535"]
        {
            assert!(is_host(host), "{host}");
        }
        for other in [
            "", ":80", "a, b", "a b", "a/b", "u@a", "u:p@a", "a@a", "a:x", "a:65536", "a:+1",
            "a:-1", "a:1:2", "[::1", "::1]", "a\"", "a?b", "a#b",
        ] {
            assert!(!is_host(other), "{other}");
        }
    }
}
