//! Cross-origin resource sharing (`http-api-cors`; spec/http-api-runtime.md section 9).
//!
//! An API with a CORS configuration speaks for its upstreams: what they say of it is dropped.

use gatewright_snapshot::{AllowedOrigins, CorsPlan};
use gatewright_types::set_header;
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

/// What a request says of itself that its answer needs, when the request is gone.
#[derive(Debug)]
pub(crate) struct CorsRequest {
    origin: HeaderValue,
    preflight: Option<Preflight>,
}

#[derive(Debug)]
struct Preflight {
    method: HeaderValue,
    headers: Option<HeaderValue>,
}

const ANY: HeaderValue = HeaderValue::from_static("*");
const TRUE: HeaderValue = HeaderValue::from_static("true");
const VARY_ORIGIN: HeaderValue = HeaderValue::from_static("origin");
const PREFIX: &str = "access-control-";

impl CorsRequest {
    /// Reads a request; one without an origin is none of CORS's.
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Option<Self> {
        let origin = headers.get(ORIGIN)?.clone();
        let preflight = headers
            .get(ACCESS_CONTROL_REQUEST_METHOD)
            .filter(|_| *method == Method::OPTIONS)
            .map(|method| Preflight {
                method: method.clone(),
                headers: headers.get(ACCESS_CONTROL_REQUEST_HEADERS).cloned(),
            });
        Some(Self { origin, preflight })
    }

    /// Whether a browser asks before it calls.
    pub(crate) fn is_preflight(&self) -> bool {
        self.preflight.is_some()
    }
}

/// Lays the configuration's headers over an answer. A wrong origin is not an error: its answer has
/// none of them.
pub(crate) fn apply(cors: &CorsPlan, request: Option<CorsRequest>, headers: &mut HeaderMap) {
    remove_foreign(headers);
    let Some(request) = request else {
        return;
    };
    match &cors.allowed_origins {
        AllowedOrigins::Any => {
            set_header(headers, ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
        }
        AllowedOrigins::Listed { exact, starts } => {
            if !is_listed(exact, starts, request.origin.as_bytes()) {
                return;
            }
            set_header(headers, ACCESS_CONTROL_ALLOW_ORIGIN, request.origin);
            headers.append(VARY, VARY_ORIGIN);
        }
    }
    if cors.allow_credentials {
        set_header(headers, ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
    }
    let Some(preflight) = &request.preflight else {
        if let Some(exposed) = &cors.expose_headers {
            set_header(headers, ACCESS_CONTROL_EXPOSE_HEADERS, exposed.value.clone());
        }
        return;
    };
    // Browsers take no `*` beside credentials: what was asked for stands in its place.
    if let Some(methods) = &cors.allow_methods {
        let asked = methods.is_any && cors.allow_credentials;
        let value = if asked { &preflight.method } else { &methods.value };
        set_header(headers, ACCESS_CONTROL_ALLOW_METHODS, value.clone());
    }
    if let Some(allowed) = &cors.allow_headers {
        let asked = preflight.headers.as_ref().filter(|_| allowed.is_any && cors.allow_credentials);
        set_header(headers, ACCESS_CONTROL_ALLOW_HEADERS, asked.unwrap_or(&allowed.value).clone());
    }
    if let Some(seconds) = &cors.max_age {
        set_header(headers, ACCESS_CONTROL_MAX_AGE, seconds.clone());
    }
}

fn remove_foreign(headers: &mut HeaderMap) {
    // Eight bytes at once tell most names from these.
    let is_ours = |name: &&HeaderName| {
        name.as_str().as_bytes().first_chunk() == PREFIX.as_bytes().first_chunk::<8>()
            && name.as_str().starts_with(PREFIX)
    };
    while let Some(name) = headers.keys().find(is_ours).cloned() {
        headers.remove(name);
    }
}

fn is_listed(exact: &[String], starts: &[String], origin: &[u8]) -> bool {
    let begins = |start: &String| {
        origin.len() > start.len() && origin[..start.len()].eq_ignore_ascii_case(start.as_bytes())
    };
    exact.iter().any(|listed| listed.as_bytes().eq_ignore_ascii_case(origin))
        || starts.iter().any(begins)
}

#[cfg(test)]
mod tests {
    use gatewright_snapshot::CorsList;

    use super::*;

    fn list(text: &'static str) -> Option<CorsList> {
        Some(CorsList { is_any: text == "*", value: HeaderValue::from_static(text) })
    }

    fn listed(origins: &[&str], starts: &[&str]) -> AllowedOrigins {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        AllowedOrigins::Listed { exact: owned(origins), starts: owned(starts) }
    }

    fn plan(allowed_origins: AllowedOrigins) -> CorsPlan {
        CorsPlan {
            allowed_origins,
            allow_credentials: false,
            allow_methods: list("POST,OPTIONS"),
            allow_headers: list("content-type"),
            expose_headers: list("x-foo"),
            max_age: Some(300.into()),
        }
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        pairs.iter().map(pair).collect()
    }

    /// What the answer to a request has in the end.
    #[track_caller]
    fn check(
        plan: &CorsPlan,
        method: &Method,
        asked: &[(&'static str, &'static str)],
        answered: &[(&'static str, &'static str)],
        expected: &[(&'static str, &'static str)],
    ) {
        let mut answer = headers(answered);
        apply(plan, CorsRequest::of(method, &headers(asked)), &mut answer);
        let mut found = answer
            .iter()
            .map(|(name, value)| (name.as_str(), value.to_str().expect("text")))
            .collect::<Vec<_>>();
        found.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(found, expected);
    }

    const ASKS: [(&str, &str); 2] =
        [("origin", "https://a.example"), ("access-control-request-method", "PUT")];

    /// Spec 9.2, the captures.
    #[test]
    fn preflights_are_answered() {
        let all = [
            ("access-control-allow-origin", "*"),
            ("access-control-allow-methods", "POST,OPTIONS"),
            ("access-control-allow-headers", "content-type"),
            ("access-control-max-age", "300"),
        ];
        check(&plan(AllowedOrigins::Any), &Method::OPTIONS, &ASKS, &[], &all);
        let other = plan(listed(&["https://b.example"], &[]));
        check(&other, &Method::OPTIONS, &ASKS, &[], &[]);
        assert!(CorsRequest::of(&Method::OPTIONS, &headers(&ASKS)).expect("one").is_preflight());
        assert!(!CorsRequest::of(&Method::PUT, &headers(&ASKS)).expect("one").is_preflight());
    }

    /// Spec 9.1 and 9.3: ordinary requests, and upstreams that speak of CORS themselves.
    #[test]
    fn answers_have_the_configurations_headers_and_no_others() {
        let foreign =
            [("access-control-allow-origin", "evil"), ("access-control-x", "y"), ("a", "b")];
        let origin = [("origin", "HTTPS://A.example")];
        check(
            &plan(listed(&["https://a.example"], &[])),
            &Method::GET,
            &origin,
            &foreign,
            &[
                ("a", "b"),
                ("access-control-allow-origin", "HTTPS://A.example"),
                ("access-control-expose-headers", "x-foo"),
                ("vary", "origin"),
            ],
        );
        check(&plan(AllowedOrigins::Any), &Method::GET, &[], &foreign, &[("a", "b")]);
        check(&plan(listed(&[], &["http://"])), &Method::GET, &origin, &foreign, &[("a", "b")]);
        check(
            &plan(listed(&[], &["https://"])),
            &Method::GET,
            &origin,
            &[("vary", "accept")],
            &[
                ("access-control-allow-origin", "HTTPS://A.example"),
                ("access-control-expose-headers", "x-foo"),
                ("vary", "accept"),
                ("vary", "origin"),
            ],
        );
    }

    #[test]
    fn beside_credentials_a_star_is_what_was_asked_for() {
        let mut cors = plan(listed(&["https://a.example"], &[]));
        cors.allow_credentials = true;
        cors.allow_methods = list("*");
        cors.allow_headers = list("*");
        cors.max_age = None;
        let asks = [
            ("origin", "https://a.example"),
            ("access-control-request-method", "PUT"),
            ("access-control-request-headers", "x-a,x-b"),
        ];
        check(
            &cors,
            &Method::OPTIONS,
            &asks,
            &[],
            &[
                ("access-control-allow-credentials", "true"),
                ("access-control-allow-headers", "x-a,x-b"),
                ("access-control-allow-methods", "PUT"),
                ("access-control-allow-origin", "https://a.example"),
                ("vary", "origin"),
            ],
        );
    }
}
