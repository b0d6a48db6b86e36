use std::sync::LazyLock;
use std::time::Duration;

use expect_test::{Expect, expect};
use gatewright_observe::Metrics;
use gatewright_types::AddressText;

use super::*;
use crate::queue::{Message, Outlet, Queue};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

static CLIENT: LazyLock<AddressText> = LazyLock::new(|| AddressText::new([192, 0, 2, 1].into()));
static PROXY: LazyLock<AddressText> = LazyLock::new(|| AddressText::new([10, 0, 0, 1].into()));

/// Runs with a worker, as a traffic thread would.
fn with_worker(ratio: f64, work: impl FnOnce(&SpanWorker, &mut Outlet)) {
    let (queue, mut outlet, _stop) = Queue::new();
    let lane = Lane { queue, metrics: Metrics::new().spans() };
    let spans = Spans::new(Some(lane), ratio);
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime =
        runtime.enable_all().build_local(tokio::runtime::LocalOptions::default()).expect("one");
    runtime.block_on(async { work(&spans.worker(), &mut outlet) });
}

fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
    let value = |text| HeaderValue::from_str(text).expect("a value");
    pairs.iter().map(|(name, text)| (name.clone(), value(*text))).collect()
}

fn end() -> SpanEnd<'static> {
    SpanEnd {
        method: "GET",
        scheme: "http",
        path: "/dev/pets/7",
        host: Some("a1.execute-api.us-east-1.localhost:8080"),
        user_agent: Some("curl/8"),
        client: &CLIENT,
        peer: &CLIENT,
        status: 200,
        api_id: Some("a1"),
        stage: Some("dev"),
        route_key: Some("GET /pets/{id}"),
        request_id: "KyDfdgZ9oAMEYpA=",
        duration: Duration::from_nanos(1_500_000),
        integration: Some(Duration::from_millis(1)),
        error_type: None,
    }
}

#[test]
fn nothing_happens_when_spans_are_off() {
    let worker = Spans::new(None, 1.0).worker();
    assert!(worker.begin(&headers(&[(TRACEPARENT, PARENT)])).is_none());
}

#[test]
fn a_trace_goes_on() {
    with_worker(0.0, |worker, _| {
        let mut headers = headers(&[(TRACEPARENT, PARENT), (TRACESTATE, "a=1")]);
        let span = worker.begin(&headers).expect("on");
        assert!(span.is_sampled(), "as the parent, whatever the ratio");
        span.propagate(&mut headers);
        let sent = headers[TRACEPARENT].to_str().expect("text");
        assert_eq!((&sent[..36], &sent[52..]), (&PARENT[..36], "-01"));
        assert_ne!(sent, PARENT, "the parent of what follows is this span");
        assert_eq!(headers[TRACESTATE], "a=1");
    });
}

#[test]
fn a_parent_that_is_not_sampled_is_followed_too() {
    with_worker(1.0, |worker, outlet| {
        let mut headers = headers(&[(TRACEPARENT, &PARENT.replace("-01", "-00"))]);
        let span = worker.begin(&headers).expect("on");
        span.propagate(&mut headers);
        assert!(headers[TRACEPARENT].as_bytes().ends_with(b"-00"));
        worker.end(&span, &end());
        worker.flush();
        assert!(outlet.is_empty());
    });
}

#[test]
fn an_invalid_context_starts_anew() {
    let twice = [(TRACEPARENT, PARENT), (TRACEPARENT, PARENT), (TRACESTATE, "a=1")];
    let broken = [(TRACEPARENT, "00-x-y-01"), (TRACESTATE, "a=1")];
    let alone = [(TRACESTATE, "a=1")];
    with_worker(1.0, |worker, _| {
        for context in [&twice[..], &broken, &alone] {
            let mut headers = headers(context);
            let span = worker.begin(&headers).expect("on");
            span.propagate(&mut headers);
            let sent = single(&headers, &TRACEPARENT).expect("one");
            assert_ne!(sent[..36], PARENT.as_bytes()[..36]);
            assert!(!headers.contains_key(TRACESTATE), "it belongs to another trace");
        }
        let mut headers = headers(&[(TRACEPARENT, PARENT), (TRACESTATE, "A")]);
        worker.begin(&headers).expect("on").propagate(&mut headers);
        assert_eq!(headers[TRACEPARENT].as_bytes()[..36], PARENT.as_bytes()[..36]);
        assert!(!headers.contains_key(TRACESTATE), "it is none");
    });
}

#[test]
fn the_ratio_is_kept() {
    for (ratio, least, most) in [(0.0, 0, 0), (1.0, 4000, 4000), (0.25, 800, 1200)] {
        fastrand::seed(7);
        with_worker(ratio, |worker, _| {
            let begin = || worker.begin(&HeaderMap::new()).expect("on");
            let sampled = (0..4000).filter(|_| begin().is_sampled()).count();
            assert!((least..=most).contains(&sampled), "{ratio}: {sampled}");
        });
    }
}

#[track_caller]
fn check(headers: &HeaderMap, end: &SpanEnd<'_>, expected: &Expect) {
    with_worker(1.0, |worker, outlet| {
        let mut span = worker.begin(headers).expect("on");
        span.context.span_id = 0x1;
        if span.parent.is_none() {
            span.context.trace_id = 0x2;
        }
        span.recorded.as_mut().expect("sampled").started_unix_nanos = 1_700_000_000_000_000_000;
        worker.end(&span, end);
        worker.flush();
        let Ok(Message::Batch(batch)) = outlet.try_recv() else {
            panic!("a batch");
        };
        let json = batch.bytes.strip_suffix(b",").expect("a comma");
        let json = serde_json::from_slice::<serde_json::Value>(json).expect("JSON");
        let attributes = json["attributes"].as_array().expect("attributes");
        let mut text = String::new();
        for (name, value) in json.as_object().expect("an object") {
            if name != "attributes" {
                text.push_str(&format!("{name}: {value}\n"));
            }
        }
        for attribute in attributes {
            text.push_str(&format!("- {}: {}\n", attribute["key"], attribute["value"]));
        }
        expected.assert_eq(&text);
    });
}

#[test]
fn spans_are_as_the_conventions_have_them() {
    let parent = headers(&[(TRACEPARENT, PARENT), (TRACESTATE, "a=1"), (TRACESTATE, "b=2")]);
    check(
        &parent,
        &end(),
        &expect![[r#"
        endTimeUnixNano: "1700000000001500000"
        flags: 769
        kind: 2
        name: "GET /pets/{id}"
        parentSpanId: "00f067aa0ba902b7"
        spanId: "0000000000000001"
        startTimeUnixNano: "1700000000000000000"
        traceId: "4bf92f3577b34da6a3ce929d0e0e4736"
        traceState: "a=1,b=2"
        - "http.request.method": {"stringValue":"GET"}
        - "http.route": {"stringValue":"/pets/{id}"}
        - "http.response.status_code": {"intValue":"200"}
        - "url.scheme": {"stringValue":"http"}
        - "url.path": {"stringValue":"/dev/pets/7"}
        - "server.address": {"stringValue":"a1.execute-api.us-east-1.localhost"}
        - "server.port": {"intValue":"8080"}
        - "client.address": {"stringValue":"192.0.2.1"}
        - "user_agent.original": {"stringValue":"curl/8"}
        - "gatewright.api.id": {"stringValue":"a1"}
        - "gatewright.stage": {"stringValue":"dev"}
        - "gatewright.request_id": {"stringValue":"KyDfdgZ9oAMEYpA="}
        - "gatewright.integration.duration": {"doubleValue":0.001}
    "#]],
    );
    let lost = SpanEnd {
        method: "BREW",
        host: None,
        user_agent: None,
        status: 503,
        route_key: Some("$default"),
        integration: None,
        error_type: Some("INTEGRATION_NETWORK_FAILURE"),
        ..end()
    };
    check(
        &HeaderMap::new(),
        &lost,
        &expect![[r#"
        endTimeUnixNano: "1700000000001500000"
        flags: 257
        kind: 2
        name: "HTTP $default"
        spanId: "0000000000000001"
        startTimeUnixNano: "1700000000000000000"
        status: {"code":2}
        traceId: "00000000000000000000000000000002"
        - "http.request.method": {"stringValue":"_OTHER"}
        - "http.request.method_original": {"stringValue":"BREW"}
        - "http.route": {"stringValue":"$default"}
        - "http.response.status_code": {"intValue":"503"}
        - "url.scheme": {"stringValue":"http"}
        - "url.path": {"stringValue":"/dev/pets/7"}
        - "client.address": {"stringValue":"192.0.2.1"}
        - "error.type": {"stringValue":"INTEGRATION_NETWORK_FAILURE"}
        - "gatewright.api.id": {"stringValue":"a1"}
        - "gatewright.stage": {"stringValue":"dev"}
        - "gatewright.request_id": {"stringValue":"KyDfdgZ9oAMEYpA="}
    "#]],
    );
    let unknown = SpanEnd {
        status: 404,
        api_id: None,
        stage: None,
        route_key: None,
        integration: None,
        // It came through a proxy.
        peer: &PROXY,
        ..end()
    };
    check(
        &HeaderMap::new(),
        &unknown,
        &expect![[r#"
        endTimeUnixNano: "1700000000001500000"
        flags: 257
        kind: 2
        name: "GET"
        spanId: "0000000000000001"
        startTimeUnixNano: "1700000000000000000"
        traceId: "00000000000000000000000000000002"
        - "http.request.method": {"stringValue":"GET"}
        - "http.response.status_code": {"intValue":"404"}
        - "url.scheme": {"stringValue":"http"}
        - "url.path": {"stringValue":"/dev/pets/7"}
        - "server.address": {"stringValue":"a1.execute-api.us-east-1.localhost"}
        - "server.port": {"intValue":"8080"}
        - "client.address": {"stringValue":"192.0.2.1"}
        - "network.peer.address": {"stringValue":"10.0.0.1"}
        - "user_agent.original": {"stringValue":"curl/8"}
        - "gatewright.request_id": {"stringValue":"KyDfdgZ9oAMEYpA="}
    "#]],
    );
    let status = SpanEnd { status: 500, ..unknown };
    check(
        &HeaderMap::new(),
        &status,
        &expect![[r#"
        endTimeUnixNano: "1700000000001500000"
        flags: 257
        kind: 2
        name: "GET"
        spanId: "0000000000000001"
        startTimeUnixNano: "1700000000000000000"
        status: {"code":2}
        traceId: "00000000000000000000000000000002"
        - "http.request.method": {"stringValue":"GET"}
        - "http.response.status_code": {"intValue":"500"}
        - "url.scheme": {"stringValue":"http"}
        - "url.path": {"stringValue":"/dev/pets/7"}
        - "server.address": {"stringValue":"a1.execute-api.us-east-1.localhost"}
        - "server.port": {"intValue":"8080"}
        - "client.address": {"stringValue":"192.0.2.1"}
        - "network.peer.address": {"stringValue":"10.0.0.1"}
        - "user_agent.original": {"stringValue":"curl/8"}
        - "error.type": {"stringValue":"500"}
        - "gatewright.request_id": {"stringValue":"KyDfdgZ9oAMEYpA="}
    "#]],
    );
}
