//! What the tests of all services need.

use std::fmt::Write;

use bytes::Bytes;
use gatewright_expressions::{
    ContextValues, ContextVariable, RequestSource, ServiceArguments, ServiceParameters,
};
use gatewright_types::IntegrationSubtype;
use http::{HeaderMap, Request};

struct NoContext;

impl ContextValues for NoContext {
    fn write(&self, _: &ContextVariable, _: &mut Vec<u8>) {}
}

/// The arguments that these parameters come to for an empty request.
pub(crate) fn arguments(
    subtype: IntegrationSubtype,
    parameters: &[(&str, &str)],
) -> ServiceArguments<'static> {
    let parameters = parameters.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let parameters = ServiceParameters::compile(subtype, &parameters.collect(), &[], |_| None);
    // Leaked, so that tests need not hold them.
    let parameters = Box::leak(Box::new(parameters.expect("compiles")));
    let source = RequestSource {
        headers: &HeaderMap::new(),
        path: "/",
        path_variable: &|_| "",
        query: None,
        body: b"",
        context: &NoContext,
    };
    parameters.evaluate(&source).expect("arguments")
}

/// A request as text: method and target, headers by name, and the body.
pub(crate) fn shown(request: &Request<Bytes>) -> String {
    let mut text = format!("{} {}\n", request.method(), request.uri());
    let mut headers = request.headers().iter().collect::<Vec<_>>();
    headers.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in headers {
        writeln!(text, "{name}: {}", value.to_str().expect("a text")).expect("written");
    }
    text.push('\n');
    text + std::str::from_utf8(request.body()).expect("a text")
}
