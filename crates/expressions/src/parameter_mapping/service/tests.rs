//! Rows name the section of spec/http-api-runtime.md they hold to.

use http::{HeaderMap, HeaderName, HeaderValue};

use super::*;
use crate::context_variables::{ContextValues, ContextVariable};

struct Context;

impl ContextValues for Context {
    fn write(&self, variable: &ContextVariable, out: &mut Vec<u8>) {
        if *variable == ContextVariable::RequestId {
            out.extend_from_slice(b"id-1");
        }
    }
}

const SEND: IntegrationSubtype = IntegrationSubtype::SqsSendMessage;
const RECEIVE: IntegrationSubtype = IntegrationSubtype::SqsReceiveMessage;

fn compile(
    subtype: IntegrationSubtype,
    parameters: &[(&str, &str)],
) -> Result<ServiceParameters, String> {
    let parameters = parameters.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    let stage_variable = |name: &str| match name {
        "group" => Some("g\"1"),
        "names" => Some("[\"a\"]"),
        _ => None,
    };
    ServiceParameters::compile(subtype, &parameters.collect(), &["id"], stage_variable)
        .map_err(|error| error.to_string())
}

/// What a parameter comes to for one request, shown.
fn evaluate(subtype: IntegrationSubtype, name: &str, text: &str, body: &[u8]) -> String {
    let parameters = compile(subtype, &[(name, text)]).expect("compiles");
    let mut headers = HeaderMap::new();
    for (name, value) in
        [("x-a", "a\",\"b"), ("x-many", "1"), ("x-many", "2"), ("x-latin", "caf\u{e9}")]
    {
        let value = value.chars().map(|letter| u8::try_from(letter).expect("a byte"));
        let value = HeaderValue::from_bytes(&value.collect::<Vec<_>>()).expect("legal");
        headers.append(HeaderName::from_static(name), value);
    }
    let source = RequestSource {
        headers: &headers,
        path: "/orders/7",
        path_variable: &|_| "7",
        query: Some("q=%2B"),
        body,
        context: &Context,
    };
    match parameters.evaluate(&source) {
        Err(error) => error.to_string(),
        Ok(arguments) => match arguments.find(name) {
            None => "-".to_owned(),
            Some(Argument::Text(text)) => text.clone(),
            Some(Argument::List(texts)) => format!("{texts:?}"),
            Some(Argument::Attributes(attributes)) => attributes
                .iter()
                .map(|Attribute { name, members }| format!("{name:?}{members:?}"))
                .collect(),
        },
    }
}

const BODY: &[u8] =
    br#"{"text":"t","n":1.50,"object":{"a": 1},"names":["x","y"],"none":null,"attributes":
    {"k":{"DataType":"Number","StringValue":1.50,"BinaryValue":null}}}"#;

/// Sections 7.1 and 7.2.
#[test]
fn texts() {
    let rows = [
        ("static", "static"),
        ("$request.header.x-many", "1,2"),
        ("$request.header.nosuch", "-"),
        ("$request.querystring.q", "+"),
        ("$request.path.id", "7"),
        ("$request.path", "/orders/7"),
        ("$request.path.nosuch", "-"),
        ("$request.body.text", "t"),
        ("$request.body.n", "1.50"),
        ("$request.body.object", "{\"a\":1}"),
        ("$request.body.none", "-"),
        ("$context.requestId", "id-1"),
        ("$stageVariables.group", "g\"1"),
        ("$stageVariables.nosuch", "-"),
        ("${request.body.text}/${request.body.nosuch}/${context.requestId}", "t//id-1"),
        ("$request.header.x-latin", "parameter MessageBody: not a text"),
    ];
    for (text, expected) in rows {
        assert_eq!(evaluate(SEND, "MessageBody", text, BODY), expected, "{text}");
    }
    assert_eq!(evaluate(SEND, "MessageBody", "$request.body", b"a\0b"), "a\0b");
    assert_eq!(evaluate(SEND, "MessageBody", "$request.body", b""), "-");
}

/// Section 7.2. What a request brings stays the text that it was put into.
#[test]
fn lists() {
    let rows = [
        (r#"["All"]"#, r#"["All"]"#),
        ("[]", "[]"),
        (
            r#"["${request.header.x-a}", "n-${context.requestId}", ""]"#,
            r#"["a\",\"b", "n-id-1", ""]"#,
        ),
        (
            r#"["$request.header.x-a", "${request.header.nosuch}"]"#,
            r#"["$request.header.x-a", ""]"#,
        ),
        (r#"["${stageVariables.group}"]"#, r#"["g\"1"]"#),
        ("$stageVariables.names", r#"["a"]"#),
        ("$request.body.names", r#"["x", "y"]"#),
        ("${request.body.names}", r#"["x", "y"]"#),
        ("$request.body.nosuch", "-"),
        ("$request.body.text", "parameter AttributeNames: not a list of texts as JSON"),
        ("$request.body.attributes", "parameter AttributeNames: not a list of texts as JSON"),
    ];
    for (text, expected) in rows {
        assert_eq!(evaluate(RECEIVE, "AttributeNames", text, BODY), expected, "{text}");
    }
}

/// Section 7.2.
#[test]
fn attributes() {
    let rows = [
        (
            r#"{"b":{"DataType":"String","StringValue":"${request.header.x-a}"},"a":{"StringValue":2}}"#,
            r#""b"[("DataType", "String"), ("StringValue", "a\",\"b")]"a"[("StringValue", "2")]"#,
        ),
        (r#"{"${request.body.text}":{}}"#, r#""t"[]"#),
        ("{}", ""),
        ("$request.body.attributes", r#""k"[("DataType", "Number"), ("StringValue", "1.50")]"#),
        ("$request.body.nosuch", "-"),
        ("$request.body.names", "parameter MessageAttributes: not attributes as JSON"),
        ("$request.body.object", "parameter MessageAttributes: not attributes as JSON"),
    ];
    for (text, expected) in rows {
        assert_eq!(evaluate(SEND, "MessageAttributes", text, BODY), expected, "{text}");
    }
    let nested = br#"{"k":{"StringListValues":["a"]}}"#;
    let refused = evaluate(SEND, "MessageAttributes", "$request.body", nested);
    assert_eq!(refused, "parameter MessageAttributes: not attributes as JSON");
}

#[test]
fn what_cannot_be_understood_is_refused_by_its_name() {
    for (name, text, expected) in [
        ("Nope", "x", "Nope: not a parameter of the action"),
        ("MessageBody", "$request.bdy", "MessageBody: \"request.bdy\" is not a source"),
        ("MessageBody", "${request.body", "MessageBody: a ${ that is not closed"),
        ("MessageAttributes", "x", "MessageAttributes: not attributes as JSON"),
        ("MessageAttributes", "[${request.body}]", "MessageAttributes: not attributes as JSON"),
        ("MessageAttributes", r#"{"a":{"b":["c"]}}"#, "MessageAttributes: not attributes as JSON"),
        (
            "MessageAttributes",
            r#"{"a":{"b":"${response.body}"}}"#,
            "MessageAttributes: \"response.body\" is a source of the other direction",
        ),
    ] {
        assert_eq!(compile(SEND, &[(name, text)]), Err(expected.to_owned()), "{text}");
    }
    let refused = compile(RECEIVE, &[("AttributeNames", "All")]);
    assert_eq!(refused, Err("AttributeNames: not a list of texts as JSON".to_owned()));
}

#[test]
fn what_is_known_before_a_request() {
    use KnownParameter as K;
    for (text, expected) in [
        ("eu-west-1", K::Fixed("eu-west-1")),
        ("$stageVariables.group", K::Fixed("g\"1")),
        ("$stageVariables.nosuch", K::Absent),
        ("$request.header.x", K::OfTheRequest),
        ("${stageVariables.nosuch}-1", K::OfTheRequest),
    ] {
        let parameters = compile(SEND, &[("Region", text)]).expect("compiles");
        assert_eq!(parameters.known("Region"), expected, "{text}");
        assert_eq!(parameters.known("QueueUrl"), K::Absent);
    }
}

#[test]
fn what_is_needed_is_known() {
    for (text, body, client) in [
        (r#"{"k":{"a":"${request.body}"}}"#, true, false),
        (r#"{"${context.path}":{}}"#, false, true),
        ("$request.body.a", true, false),
        (r#"{"k":{"a":"${request.header.a}"}}"#, false, false),
    ] {
        let parameters = compile(SEND, &[("MessageAttributes", text)]).expect("compiles");
        assert_eq!((parameters.needs_body(), parameters.needs_client()), (body, client), "{text}");
    }
}

/// All arguments together are bounded, however often a body is asked for.
#[test]
fn arguments_are_bounded_together() {
    let body = vec![b'x'; SERVICE_PARAMETERS_BYTES_MAX / 2];
    let twice = "${request.body}${request.body}";
    assert_eq!(evaluate(SEND, "MessageBody", twice, &body).len(), SERVICE_PARAMETERS_BYTES_MAX);
    let refused = evaluate(SEND, "MessageBody", &format!("{twice}."), &body);
    assert_eq!(refused, "parameter MessageBody: too long");
    let attributes = format!(r#"{{"a":{{"b":"{twice}","c":"."}}}}"#);
    let refused = evaluate(SEND, "MessageAttributes", &attributes, &body);
    assert_eq!(refused, "parameter MessageAttributes: too long");
}
