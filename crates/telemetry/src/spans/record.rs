//! A span as OTLP has it, by the semantic conventions for HTTP servers
//! (<https://opentelemetry.io/docs/specs/semconv/http/http-spans/>). The query is left out: presigned
//! URLs and the like carry secrets there.

use std::time::Duration;

use gatewright_types::AddressText;
use serde::{Serialize, Serializer};

use super::{Recorded, Span};
use crate::otlp::{self, Attribute, Int64, KeyValue};

/// How a request ended.
#[derive(Clone, Copy, Debug)]
pub struct SpanEnd<'a> {
    /// The request's method, for example `GET`.
    pub method: &'a str,
    /// `http` or `https`.
    pub scheme: &'a str,
    /// The path as the client sent it, without the query.
    pub path: &'a str,
    /// The `Host` header.
    pub host: Option<&'a str>,
    /// The `User-Agent` header.
    pub user_agent: Option<&'a str>,
    /// The client's address.
    pub client: &'a AddressText,
    /// The address that the request came from: the client's, or that of the last trusted proxy.
    pub peer: &'a AddressText,
    /// The answer's status.
    pub status: u16,
    /// The API, where one was found.
    pub api_id: Option<&'a str>,
    /// The stage, where one was found.
    pub stage: Option<&'a str>,
    /// The route key, for example `GET /pets/{id}` or `$default`, where a route was found.
    pub route_key: Option<&'a str>,
    /// `apigw-requestid`.
    pub request_id: &'a str,
    /// From the request's head to the answer's.
    pub duration: Duration,
    /// The part of it spent on the integration.
    pub integration: Option<Duration>,
    /// The kind of error, one of few, for example `INTEGRATION_TIMEOUT`. Where it is absent, a
    /// status of 500 or more stands for it.
    pub error_type: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    trace_id: TraceId,
    span_id: SpanId,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<SpanId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_state: Option<&'a str>,
    flags: u32,
    name: &'a str,
    kind: u8,
    start_time_unix_nano: Int64,
    end_time_unix_nano: Int64,
    attributes: &'a [KeyValue<'a>],
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Status>,
}

#[derive(Serialize)]
struct Status {
    code: u8,
}

struct TraceId(u128);
struct SpanId(u64);

const KIND_SERVER: u8 = 2;
const STATUS_ERROR: u8 = 2;
/// `SpanFlags`: the W3C flag in the lowest byte, and whether the parent is known to be remote.
const FLAGS_SAMPLED: u32 = 0x001;
const FLAGS_HAS_IS_REMOTE: u32 = 0x100;
const FLAGS_IS_REMOTE: u32 = 0x200;
/// Those that the conventions know; any other could be anything.
const METHODS: [&str; 9] =
    ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];

/// Appends the span of a request and a comma.
pub(super) fn append(bytes: &mut Vec<u8>, span: &Span, recorded: &Recorded, end: &SpanEnd<'_>) {
    let known = METHODS.contains(&end.method);
    let route = end.route_key.map(|key| key.split_once(' ').map_or(key, |(_, path)| path));
    let method = if known { end.method } else { "HTTP" };
    let named;
    let name = match route {
        None => method,
        Some(route) => {
            named = format!("{method} {route}");
            &named
        }
    };
    let status = end.status.to_string();
    let proxy = (end.peer != end.client).then(|| end.peer.as_str());
    let attributes = attributes(end, known, route, (&status, end.client.as_str(), proxy));
    let nanos = u64::try_from(end.duration.as_nanos()).unwrap_or(u64::MAX);
    let remote = if span.parent.is_some() { FLAGS_IS_REMOTE } else { 0 };
    let record = Record {
        trace_id: TraceId(span.context.trace_id),
        span_id: SpanId(span.context.span_id),
        parent_span_id: span.parent.map(SpanId),
        trace_state: recorded.tracestate.as_ref().and_then(|state| state.to_str().ok()),
        flags: FLAGS_SAMPLED | FLAGS_HAS_IS_REMOTE | remote,
        name,
        kind: KIND_SERVER,
        start_time_unix_nano: Int64(recorded.started_unix_nanos),
        end_time_unix_nano: Int64(recorded.started_unix_nanos.saturating_add(nanos)),
        attributes: &attributes,
        // A client's mistake is no error of a server.
        status: (end.status >= 500).then_some(Status { code: STATUS_ERROR }),
    };
    otlp::append(bytes, &record);
}

fn attributes<'a>(
    end: &SpanEnd<'a>,
    known: bool,
    route: Option<&'a str>,
    (status, client, proxy): (&'a str, &'a str, Option<&'a str>),
) -> Vec<KeyValue<'a>> {
    let method = if known { end.method } else { "_OTHER" };
    let (address, port) = end.host.map_or((None, None), server);
    let error = end.error_type.or_else(|| (end.status >= 500).then_some(status));
    let text = Attribute::Text;
    let number = |number: u16| Attribute::Number(Int64(number.into()));
    let attributes = [
        ("http.request.method", Some(text(method))),
        ("http.request.method_original", (!known).then_some(text(end.method))),
        ("http.route", route.map(text)),
        ("http.response.status_code", Some(number(end.status))),
        ("url.scheme", Some(text(end.scheme))),
        ("url.path", Some(text(end.path))),
        ("server.address", address.map(text)),
        ("server.port", port.map(number)),
        ("client.address", Some(text(client))),
        // Without a proxy it would say the same.
        ("network.peer.address", proxy.map(text)),
        ("user_agent.original", end.user_agent.map(text)),
        ("error.type", error.map(text)),
        ("gatewright.api.id", end.api_id.map(text)),
        ("gatewright.stage", end.stage.map(text)),
        ("gatewright.request_id", Some(text(end.request_id))),
        (
            "gatewright.integration.duration",
            end.integration.map(|duration| Attribute::Real(duration.as_secs_f64())),
        ),
    ];
    let there = |(key, value): (_, Option<_>)| value.map(|value| KeyValue::new(key, value));
    attributes.into_iter().filter_map(there).collect()
}

/// A `Host` header taken apart.
fn server(host: &str) -> (Option<&str>, Option<u16>) {
    let (address, port) = match host.rsplit_once(':') {
        // A colon within brackets belongs to the address.
        Some((address, port)) if !port.ends_with(']') => (address, port.parse().ok()),
        _ => (host, None),
    };
    let address = address.trim_start_matches('[').trim_end_matches(']');
    ((!address.is_empty()).then_some(address), port)
}

impl Serialize for TraceId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:032x}", self.0))
    }
}

impl Serialize for SpanId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{:016x}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_taken_apart() {
        for (host, expected) in [
            ("a.example", (Some("a.example"), None)),
            ("a.example:8080", (Some("a.example"), Some(8080))),
            ("[::1]", (Some("::1"), None)),
            ("[::1]:80", (Some("::1"), Some(80))),
            (":80", (None, Some(80))),
            ("a:", (Some("a"), None)),
            ("", (None, None)),
        ] {
            assert_eq!(server(host), expected, "{host}");
        }
    }
}
