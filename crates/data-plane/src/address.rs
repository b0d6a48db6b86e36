//! Step 2 of a request's way: from host and path to API, stage, and the rest of the path
//! (spec/http-api-runtime.md section 1).

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use gatewright_ingress::{Peer, Transport, VerifiedClient};
use gatewright_routing::{ExecuteApiHost, PathAddress, RuleMatch, StageSplit};
use gatewright_snapshot::DomainNamePlan;
use gatewright_types::StageName;
use http::header::HOST;
use http::uri::Authority;
use http::{HeaderMap, Uri};

use crate::catalogue::{Apis, Served};
use crate::fault::Fault;
use crate::stage::Stage;

/// The host a request is for, whatever it is made of.
///
/// An absolute request target outweighs the header (RFC 9112 section 3.2.2).
pub(crate) fn host<'r>(uri: &'r Uri, headers: &'r HeaderMap) -> Result<&'r str, Fault> {
    let mut hosts = headers.get_all(HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => match uri.authority() {
            Some(authority) => Ok(authority.as_str()),
            None => host.to_str().map_err(|_| Fault::BadRequest),
        },
        _ => Err(Fault::BadRequest),
    }
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

/// What a request is for.
#[derive(Clone, Debug)]
pub(crate) struct Addressed<'p> {
    pub(crate) stage: Arc<Stage>,
    /// The path that routes are matched against, decoded.
    pub(crate) route_path: &'p str,
    /// Whose certificate the domain name asked for.
    pub(crate) client: Option<Rc<VerifiedClient>>,
    by: By<'p>,
}

/// What addressed it, with the whole path, decoded.
#[derive(Clone, Debug)]
enum By<'p> {
    /// A default endpoint's host.
    DefaultEndpoint(&'p str),
    /// A custom domain name, by the API mapping of a key or by a routing rule.
    DomainName(&'p str, Option<Arc<str>>),
    /// The path itself, in which the address is nobody's business.
    Path,
}

impl<'p> Addressed<'p> {
    /// The path with the stage's name in front, unless that is `$default`: as clients send it to a
    /// default endpoint. These, one behind the other.
    pub(crate) fn path_with_stage(&self) -> [&str; 3] {
        match (&self.by, self.stage.stage_name.as_str()) {
            (By::DefaultEndpoint(path), _) => [path, "", ""],
            (_, StageName::DEFAULT) => [self.route_path, "", ""],
            (_, stage_name) => ["/", stage_name, self.route_path],
        }
    }

    /// The path as the client sent it, decoded. These, one behind the other.
    pub(crate) fn client_path(&self) -> [&str; 3] {
        match &self.by {
            By::DefaultEndpoint(path) | By::DomainName(path, _) => [path, "", ""],
            By::Path => self.path_with_stage(),
        }
    }

    /// The path as the client wrote it, without an address in front (section 1: hosts without DNS).
    pub(crate) fn raw_path<'u>(&self, uri: &'u Uri) -> &'u str {
        match self.by {
            By::DefaultEndpoint(_) | By::DomainName(..) => uri.path(),
            By::Path => without_address(uri.path()),
        }
    }

    /// The key of the API mapping that matched.
    pub(crate) fn base_path(&self) -> Option<&Arc<str>> {
        match &self.by {
            By::DomainName(_, key) => key.as_ref(),
            _ => None,
        }
    }

    /// Unless the stage's default endpoint is disabled.
    fn enabled(stage: &Arc<Stage>, route_path: &'p str, by: By<'p>) -> Option<Self> {
        let enabled = !stage.execute_api_endpoint_disabled;
        enabled.then(|| Self { stage: stage.clone(), route_path, client: None, by })
    }
}

/// The stage a request is for, and the path its routes are matched against.
pub(crate) fn find<'p>(
    served: &Served,
    form: &ExecuteApiHost,
    host: &str,
    headers: &HeaderMap,
    path: &'p str,
    peer: &Peer,
) -> Result<Addressed<'p>, Fault> {
    let apis = &served.apis;
    let api_id = form.api_id(host);
    if let Some(stages) = api_id.as_deref().and_then(|api_id| apis.get(api_id)) {
        // Letter for letter one of ours, so that only the port is left to look at.
        if host.rsplit_once(':').is_some_and(|(_, port)| !is_port(port)) {
            return Err(Fault::BadRequest);
        }
        return in_api(stages, path).ok_or(Fault::NotFound);
    }
    if !is_host(host) {
        return Err(Fault::BadRequest);
    }
    if api_id.is_some() {
        return Err(Fault::NotFound);
    }
    if let Some(domain_name) = served.domain_names.find(host) {
        let client = client(domain_name, peer)?;
        let found = at_domain_name(apis, domain_name, headers, path)?;
        return Ok(Addressed { client, ..found });
    }
    let address = PathAddress::parse(path).ok_or(Fault::NotFound)?;
    let stage = apis.get(address.api_id).and_then(|stages| stages.get(address.stage_name));
    let found = stage.and_then(|stage| Addressed::enabled(stage, address.route_path, By::Path));
    found.ok_or(Fault::NotFound)
}

/// The stage that a path names or that takes all. A stage always beats a route.
fn in_api<'p>(stages: &BTreeMap<StageName, Arc<Stage>>, path: &'p str) -> Option<Addressed<'p>> {
    let by = By::DefaultEndpoint(path);
    let split = StageSplit::of(path);
    match stages.get(split.first_segment) {
        Some(stage) => Addressed::enabled(stage, split.rest, by),
        None => Addressed::enabled(stages.get(StageName::DEFAULT)?, path, by),
    }
}

/// The stage that the domain name's rules or mappings lead to (sections 1.3 and 1.4).
fn at_domain_name<'p>(
    apis: &Apis,
    domain_name: &DomainNamePlan,
    headers: &HeaderMap,
    path: &'p str,
) -> Result<Addressed<'p>, Fault> {
    let (target, rest, key) = match domain_name.rules.find(path, headers) {
        Some(RuleMatch { target, rest }) => (target, rest, None),
        None => {
            let found = domain_name.mappings.find(path).ok_or(Fault::NoMapping)?;
            (found.target, found.rest, Some(found.key.clone()))
        }
    };
    let stage = apis.get(&target.api_id).and_then(|stages| stages.get(&target.stage_name));
    let stage = stage.ok_or(Fault::NotFound)?.clone();
    Ok(Addressed { stage, route_path: rest, client: None, by: By::DomainName(path, key) })
}

/// Who asks, where the domain name wants to know (section 14).
///
/// A certificate was shown to the name of the handshake, and counts for all names that trust by the same
/// truststore. For others it says nothing: an HTTP/2 client may use a connection for each name that its
/// certificate holds for, and anybody may write any `Host`.
fn client(domain_name: &DomainNamePlan, peer: &Peer) -> Result<Option<Rc<VerifiedClient>>, Fault> {
    let Some(truststore) = &domain_name.truststore else {
        return Ok(None);
    };
    match (&peer.verified, peer.transport) {
        (Some(client), _) if client.truststore == *truststore => Ok(Some(client.clone())),
        (_, Transport::Tls) if !peer.is_proxied => Err(Fault::Misdirected),
        _ => Err(Fault::ClientCertificate),
    }
}

/// What follows `/_aws/execute-api/{apiId}`, and `$default` if that comes next.
fn without_address(path: &str) -> &str {
    let Some(rest) = path.strip_prefix("/_aws/execute-api/") else {
        return path;
    };
    let path = rest.find('/').map_or("/", |at| &rest[at..]);
    let without_default = ["/$default", "/%24default"].iter().find_map(|stage| {
        path.strip_prefix(stage).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    });
    match without_default {
        Some("") => "/",
        Some(rest) => rest,
        None => path,
    }
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

    #[test]
    fn an_address_in_the_path_is_no_part_of_it() {
        for (path, expected) in [
            ("/a%20b", "/a%20b"),
            ("/_aws/execute-api/abc/dev/a%20b", "/dev/a%20b"),
            ("/_aws/execute-api/abc/$default/a", "/a"),
            ("/_aws/execute-api/abc/%24default", "/"),
            ("/_aws/execute-api/abc/$defaults/a", "/$defaults/a"),
            ("/_aws/execute-api/abc", "/"),
        ] {
            assert_eq!(without_address(path), expected, "{path}");
        }
    }
}
