//! Headers as functions see them: the client's, and the gateway's own (sections 6.2 and 6.3).

use std::borrow::Cow;

use gatewright_egress::hop_by_hop;
use http::header::{CONTENT_LENGTH, EXPECT, HeaderValue};

use super::EventSource;

const X_AMZN_TRACE_ID: &str = "x-amzn-trace-id";
const X_FORWARDED_FOR: &str = "x-forwarded-for";
const X_FORWARDED_PORT: &str = "x-forwarded-port";
const X_FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Names in lower case, in their order, each with all its values.
pub(super) fn headers<'e>(source: &'e EventSource<'_>) -> Vec<(&'e str, Vec<Cow<'e, str>>)> {
    let mut all: Vec<(&str, Vec<Cow<'_, str>>)> = Vec::with_capacity(source.headers.len() + 4);
    let named = hop_by_hop::named(source.headers);
    for name in source.headers.keys() {
        let is_measured = *name == CONTENT_LENGTH && source.body.is_some();
        let is_hop_by_hop = hop_by_hop::contains(name.as_str()) || named.contains(name);
        if !is_measured && !is_hop_by_hop && *name != EXPECT {
            all.push((name.as_str(), source.headers.get_all(name).iter().map(text).collect()));
        }
    }
    if let Some(body) = source.body {
        all.push((CONTENT_LENGTH.as_str(), vec![body.len().to_string().into()]));
    }
    let before = source.headers.get_all(X_FORWARDED_FOR).iter().map(text);
    let forwarded = before.chain([source.peer.as_str().into()]).collect::<Vec<_>>().join(", ");
    set(&mut all, X_FORWARDED_FOR, forwarded.into());
    let port = if source.protocol == "https" { "443" } else { "80" };
    set(&mut all, X_FORWARDED_PORT, port.into());
    set(&mut all, X_FORWARDED_PROTO, source.protocol.into());
    all
}

fn set<'e>(all: &mut Vec<(&'e str, Vec<Cow<'e, str>>)>, name: &'e str, value: Cow<'e, str>) {
    all.retain(|(present, _)| *present != name);
    all.push((name, vec![value]));
}

/// Bytes that are no UTF-8 become U+FFFD: JSON has no others.
pub(super) fn text(value: &HeaderValue) -> Cow<'_, str> {
    String::from_utf8_lossy(value.as_bytes())
}

/// As 1.0 writes names: the gateway's own and a few more as they are known, the rest as clients of
/// HTTP/2 write them. (How a client of HTTP/1.1 wrote them nobody remembers here.)
pub(super) fn canonical(name: &str) -> &str {
    match name {
        "content-length" => "Content-Length",
        "content-type" => "Content-Type",
        "host" => "Host",
        "user-agent" => "User-Agent",
        X_AMZN_TRACE_ID => "X-Amzn-Trace-Id",
        X_FORWARDED_FOR => "X-Forwarded-For",
        X_FORWARDED_PORT => "X-Forwarded-Port",
        X_FORWARDED_PROTO => "X-Forwarded-Proto",
        other => other,
    }
}
