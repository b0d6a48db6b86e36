//! Rows name the section of spec/http-api-runtime.md they hold to.

mod refused;
mod request;
mod response;
mod untouched;

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::{MappingError, RequestMapping, RequestSource};
use crate::context_variables::{ContextValues, ContextVariable};

/// What `$context` holds in these tests, by name.
pub(super) struct Context(pub(super) &'static [(&'static str, &'static str)]);

impl ContextValues for Context {
    fn write(&self, variable: &ContextVariable, out: &mut Vec<u8>) {
        let named =
            |(name, _): &&(&str, &str)| ContextVariable::parse(name).as_ref() == Some(variable);
        if let Some((_, value)) = self.0.iter().find(named) {
            out.extend_from_slice(value.as_bytes());
        }
    }
}

const CONTEXT: Context = Context(&[
    ("requestId", "JCJXri3_PHcEP_Q="),
    ("authorizer.claims.sub", "0a1b"),
    ("authorizer.tenant", "blue"),
    ("authorizer.evil", "a\r\nx-admin: 1"),
    ("authorizer.empty", ""),
]);

/// A request to `GET /pets/{id}/{rest+}`.
struct Sample {
    headers: HeaderMap,
    path: &'static str,
    variables: [&'static str; 2],
    query: Option<&'static str>,
    body: Vec<u8>,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            headers: headers(&[
                ("host", "api.example.com"),
                ("header1", "one"),
                ("many", "a"),
                ("many", "b, c"),
                ("empty", ""),
                ("x-user", "forged"),
                ("latin", "caf\u{e9}"),
            ]),
            path: "/pets/7/a b/c",
            variables: ["7", "a b/c"],
            query: Some("q=1&Q=2&q=%2B+x&empty=&user=forged&n%5B%5D=5"),
            body: br#"{"name": "Rex", "tags": ["x", "y"], "n": {"a": 1 }, "line": "a\nb", "none": null}"#
                .to_vec(),
        }
    }
}

/// What goes upstream.
#[derive(Debug)]
struct Sent {
    headers: HeaderMap,
    path: Option<String>,
    query: Option<String>,
}

impl Sent {
    /// All values of a header, each in brackets.
    fn header(&self, name: &str) -> String {
        shown(&self.headers, name)
    }
}

impl Sample {
    fn map(&self, parameters: &[(&str, &str)]) -> Sent {
        let mapping = compile(parameters).expect("compiles");
        let source = RequestSource {
            headers: &self.headers,
            path: self.path,
            path_variable: &|index| self.variables[index],
            query: self.query,
            body: if mapping.needs_body() { &self.body } else { b"" },
            context: &CONTEXT,
        };
        let changes = mapping.evaluate(&source, &mut Vec::new());
        let mut headers = self.headers.clone();
        changes.headers.apply(&mut headers);
        Sent { headers, path: changes.path, query: changes.query }
    }
}

fn compile(parameters: &[(&str, &str)]) -> Result<RequestMapping, MappingError> {
    RequestMapping::compile(&map(parameters), &["id", "rest"], stage_variable)
}

fn stage_variable(name: &str) -> Option<&'static str> {
    match name {
        "env" => Some("prod"),
        "host" => Some("h:80/x?y=1&z"),
        _ => None,
    }
}

fn map(entries: &[(&str, &str)]) -> BTreeMap<String, String> {
    entries.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Letters up to U+00FF stand for one byte each, so that a row can hold what is not UTF-8.
fn headers(entries: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in entries {
        let bytes = value.chars().map(|letter| u8::try_from(letter).expect("a byte"));
        let value = HeaderValue::from_bytes(&bytes.collect::<Vec<_>>()).expect("legal");
        headers.append(HeaderName::try_from(*name).expect("legal"), value);
    }
    headers
}

fn shown(headers: &HeaderMap, name: &str) -> String {
    let bracketed = |value: &HeaderValue| {
        let letters = value.as_bytes().iter().copied().map(char::from);
        format!("[{}]", letters.collect::<String>())
    };
    headers.get_all(name).iter().map(bracketed).collect()
}
