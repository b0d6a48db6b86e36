//! What no key names stays byte for byte, and nothing that goes out can end its line.

use fastrand::Rng;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::super::{RequestMapping, RequestSource, ResponseMapping, ResponseSource};
use super::{ContextVariable, map};
use crate::context_variables::ContextValues;

const ROUNDS: usize = 1500;

/// Every variable has this value.
struct Always(Vec<u8>);

impl ContextValues for Always {
    fn write(&self, _: &ContextVariable, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

#[test]
fn requests() {
    each_round(|random| {
        let parameters = map(&[
            ("remove:header.gone", "''"),
            ("overwrite:header.set", some_value(random)),
            ("append:header.added", some_value(random)),
            ("remove:querystring.gone", "''"),
            ("overwrite:querystring.set", some_value(random)),
            ("append:querystring.added", some_value(random)),
            ("overwrite:path", some_value(random)),
        ]);
        let mapping = RequestMapping::compile(&parameters, &["v"], |_| None).expect("compiles");
        let headers = some_headers(random);
        let query = some_query(random);
        let body = some_bytes(random);
        let text = String::from_utf8_lossy(&some_bytes(random)).into_owned();
        let source = RequestSource {
            headers: &headers,
            path: &text,
            path_variable: &|_| &text,
            query: Some(&query),
            body: &body,
            context: &Always(some_bytes(random)),
        };
        let changes = mapping.evaluate(&source, &mut Vec::new());

        let mut sent = headers.clone();
        changes.headers.apply(&mut sent);
        for name in ["kept", "kept-too"] {
            let values = |map: &HeaderMap| map.get_all(name).iter().cloned().collect::<Vec<_>>();
            assert_eq!(values(&sent), values(&headers), "{name}");
        }
        assert!(!sent.contains_key("gone"));
        check_lines(&sent);

        let is_untouched = |raw: &&str| raw.starts_with("kept") || raw.is_empty();
        let untouched = query.split('&').filter(is_untouched).collect::<Vec<_>>();
        let sent = changes.query.expect("gone is always removed");
        let kept = sent.split('&').filter(is_untouched).collect::<Vec<_>>();
        if untouched.iter().any(|raw| !raw.is_empty()) {
            assert_eq!(kept, untouched, "{query} {sent}");
        }
        assert!(!sent.split('&').any(|raw| raw.starts_with("gone") || raw.starts_with("%67one")));
        check_target(&sent);
        assert!(
            sent.split('&').all(|raw| raw.matches('=').count() <= 1 || raw.starts_with("kept"))
        );
        if let Some(path) = changes.path {
            assert!(path.starts_with('/'), "{path}");
            assert!(!path.contains(['?', '#']), "{path}");
            check_target(&path);
            assert!(path.parse::<http::uri::PathAndQuery>().is_ok(), "{path}");
        }
    });
}

#[test]
fn answers() {
    each_round(|random| {
        let response = |value: &str| value.replace("request.", "response.");
        let entries = [
            ("overwrite:header.set", response(some_common_value(random))),
            ("append:header.added", response(some_common_value(random))),
            ("overwrite:statuscode", response(some_common_value(random))),
        ];
        let entries = entries.each_ref().map(|(key, value)| (*key, value.as_str()));
        let parameters = [("200".to_owned(), map(&entries))].into();
        let mapping = ResponseMapping::compile(&parameters, |_| None).expect("compiles");
        let headers = some_headers(random);
        let source = ResponseSource {
            headers: &headers,
            body: &some_bytes(random),
            context: &Always(some_bytes(random)),
        };
        let changes = mapping.for_status(200).expect("mapped").evaluate(&source, &mut Vec::new());
        assert!(changes.status.is_none_or(|status| (200..=599).contains(&status.as_u16())));
        let mut sent = headers.clone();
        changes.headers.apply(&mut sent);
        check_lines(&sent);
        assert_eq!(sent.get_all("kept").iter().count(), headers.get_all("kept").iter().count());
    });
}

/// The same rounds for the same seed, which a failure prints.
fn each_round(round: impl Fn(&mut Rng)) {
    let first = fastrand::u64(..);
    for seed in (0..ROUNDS).map(|offset| first.wrapping_add(offset as u64)) {
        let mut random = Rng::with_seed(seed);
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| round(&mut random)));
        assert!(outcome.is_ok(), "failed with seed {seed}");
    }
}

fn check_lines(headers: &HeaderMap) {
    for (name, value) in headers {
        let breaks = value.as_bytes().iter().any(|byte| matches!(byte, b'\r' | b'\n' | b'\0'));
        assert!(!breaks, "{name}: {value:?}");
    }
}

fn check_target(target: &str) {
    assert!(target.bytes().all(|byte| byte.is_ascii_graphic()), "{target:?}");
}

fn some_common_value(random: &mut Rng) -> &'static str {
    const VALUES: &[&str] = &[
        "$request.header.set",
        "$request.body",
        "$request.body.a",
        "$request.body[*]",
        "a ${request.body} b ${context.requestId}",
        "$context.authorizer.x",
        "${context.path}${request.header.kept}",
    ];
    VALUES[random.usize(..VALUES.len())]
}

fn some_value(random: &mut Rng) -> &'static str {
    const VALUES: &[&str] = &[
        "$request.querystring.set",
        "${request.querystring.kept}%${request.path.v}",
        "$request.path",
        "$request.path.v",
        "static & = % ? # é",
        "$stageVariables.nosuch",
    ];
    VALUES
        .get(random.usize(..VALUES.len() + 3))
        .copied()
        .unwrap_or_else(|| some_common_value(random))
}

fn some_headers(random: &mut Rng) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for _ in 0..random.usize(..8) {
        let name = ["kept", "kept-too", "gone", "set"][random.usize(..4)];
        if let Ok(value) = HeaderValue::from_bytes(&some_bytes(random)) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    headers
}

fn some_query(random: &mut Rng) -> String {
    const PARAMETERS: &[&str] = &[
        "kept=%0d%0A",
        "kept",
        "kept=a+b%20c",
        "kept2=%zz=%",
        "",
        "gone=1",
        "gone",
        "%67one=2",
        "set=x",
        "set=%00%0D%0Ax:y",
        "s%65t=a%26b%3dc",
    ];
    let chosen = (0..random.usize(..8)).map(|_| PARAMETERS[random.usize(..PARAMETERS.len())]);
    chosen.collect::<Vec<_>>().join("&")
}

/// Hostile, and sometimes harmless or JSON.
fn some_bytes(random: &mut Rng) -> Vec<u8> {
    const PARTS: &[&[u8]] = &[
        b"\r\n",
        b"\n",
        b"\0",
        b"x-admin: 1",
        b"a",
        b" ",
        b"%0d%0a",
        b"&b=2",
        b"?c#d",
        b"\xff",
        b"\x7f",
        "é\u{85}\u{2028}".as_bytes(),
        b"/../",
        b"\t",
        b"{\"a\":\"x\\r\\ny\"}",
        b"[1,\"\\u0000\"]",
        b"200",
        b"404",
    ];
    let parts = (0..random.usize(..4)).map(|_| PARTS[random.usize(..PARTS.len())]);
    parts.collect::<Vec<_>>().concat()
}
