use std::collections::BTreeMap;

use super::super::{MappingError, ResponseMapping, ResponseSource};
use super::{CONTEXT, headers, map, shown, stage_variable};

fn compile(statuses: &[(&str, &[(&str, &str)])]) -> Result<ResponseMapping, MappingError> {
    let parameters = statuses.iter().map(|(status, entries)| ((*status).to_owned(), map(entries)));
    ResponseMapping::compile(&parameters.collect::<BTreeMap<_, _>>(), stage_variable)
}

/// The status to answer with, and the values of the headers `a` and `b`, for one mapping of 200.
fn answer(entries: &[(&str, &str)]) -> (Option<u16>, String, String) {
    let mapping = compile(&[("200", entries)]).expect("compiles");
    let mut headers = headers(&[("a", "1"), ("a", "2"), ("x-status", "404"), ("x-wrong", "0404")]);
    let source = ResponseSource {
        headers: &headers,
        body: br#"{"status": 418, "low": 199, "a": "body", "line": "a\r\nset-cookie: x=1"}"#,
        context: &CONTEXT,
    };
    let changes = mapping.for_status(200).expect("mapped").evaluate(&source, &mut Vec::new());
    let status = changes.status.map(|status| status.as_u16());
    changes.headers.apply(&mut headers);
    assert!(!headers.contains_key("set-cookie"));
    (status, shown(&headers, "a"), shown(&headers, "b"))
}

#[track_caller]
fn check(entries: &[(&str, &str)], expected: (Option<u16>, &str, &str)) {
    let (status, a, b) = answer(entries);
    assert_eq!((status, &*a, &*b), expected, "{entries:?}");
}

/// Sections 8.2 and 8.3.
#[test]
fn answers_are_mapped() {
    check(&[("append:header.a", "3")], (None, "[1][2][3]", ""));
    check(&[("overwrite:header.a", "$response.body.a")], (None, "[body]", ""));
    check(
        &[("remove:header.a", "''"), ("append:header.b", "$response.header.a")],
        (None, "", "[1,2]"),
    );
    check(&[("append:header.b", "$context.requestId")], (None, "[1][2]", "[JCJXri3_PHcEP_Q=]"));
    check(&[("append:header.b", "$stageVariables.env")], (None, "[1][2]", "[prod]"));
    check(
        &[("append:header.b", "<${response.header.A}|${response.body.a}>")],
        (None, "[1][2]", "[<1,2|body>]"),
    );
    // What finds nothing skips its key; here there is no client to keep out.
    check(&[("overwrite:header.a", "$response.header.nosuch")], (None, "[1][2]", ""));
    check(&[("overwrite:header.a", "$context.authorizer.nosuch")], (None, "[1][2]", ""));
    // A line end is refused.
    check(&[("append:header.b", "$response.body.line")], (None, "[1][2]", ""));
    check(&[("overwrite:header.a", "$response.body.line")], (None, "", ""));
}

/// Section 8.2: `overwrite:statuscode`.
#[test]
fn statuses_are_overwritten() {
    let rows = [
        ("403", Some(403)),
        ("200", Some(200)),
        ("599", Some(599)),
        ("$response.header.x-status", Some(404)),
        ("${response.body.status}", Some(418)),
        ("$response.body.low", None),
        ("$response.header.x-wrong", None),
        ("$response.header.a", None),
        ("$response.header.nosuch", None),
        ("4${response.body.nosuch}", None),
    ];
    for (value, expected) in rows {
        check(&[("overwrite:statuscode", value)], (expected, "[1][2]", ""));
    }
}

/// Section 8.2: exact match only, of the integration's status.
#[test]
fn the_status_chooses() {
    let mapping = compile(&[
        (
            "500",
            &[("append:header.header1", "$context.requestId"), ("overwrite:statuscode", "403")],
        ),
        ("404", &[("append:header.error", "$stageVariables.nosuch")]),
        ("201", &[]),
    ])
    .expect("the guide's own example");
    for (status, expected) in
        [(200, false), (201, false), (403, false), (404, true), (500, true), (501, false)]
    {
        assert_eq!(mapping.for_status(status).is_some(), expected, "{status}");
    }
    let needs_body = |value| {
        let mapping = compile(&[("200", &[("append:header.a", value)])]).expect("compiles");
        mapping.for_status(200).expect("mapped").needs_body()
    };
    assert!(needs_body("$response.body.a") && needs_body("-${response.body}"));
    assert!(!needs_body("$response.header.body"));
    let status =
        compile(&[("200", &[("overwrite:statuscode", "$response.body.a")])]).expect("compiles");
    assert!(status.for_status(200).expect("mapped").needs_body());
}

#[test]
fn what_cannot_be_understood_is_named() {
    let rows = [
        ("199", ("remove:header.a", "''"), "199: not a status code from 200 to 599"),
        ("600", ("remove:header.a", "''"), "600: not a status code from 200 to 599"),
        ("2xx", ("remove:header.a", "''"), "2xx: not a status code from 200 to 599"),
        ("0200", ("remove:header.a", "''"), "0200: not a status code from 200 to 599"),
        ("+20", ("remove:header.a", "''"), "+20: not a status code from 200 to 599"),
        ("200", ("overwrite:path", "/"), "200.overwrite:path: not a destination"),
        ("200", ("append:header.Via", "x"), "200.append:header.Via: the header is reserved"),
        (
            "200",
            ("overwrite:statuscode", "600"),
            "200.overwrite:statuscode: \"600\" is not a status code from 200 to 599",
        ),
        (
            "200",
            ("overwrite:statuscode", "199"),
            "200.overwrite:statuscode: \"199\" is not a status code from 200 to 599",
        ),
        (
            "200",
            ("overwrite:statuscode", ""),
            "200.overwrite:statuscode: \"\" is not a status code from 200 to 599",
        ),
        (
            "200",
            ("append:header.a", "$request.header.a"),
            "200.append:header.a: \"request.header.a\" is a source of the other direction",
        ),
        (
            "200",
            ("append:header.a", "$response.path"),
            "200.append:header.a: \"response.path\" is not a source",
        ),
        (
            "200",
            ("append:header.a", "$response.querystring.a"),
            "200.append:header.a: \"response.querystring.a\" is not a source",
        ),
    ];
    for (status, entry, message) in rows {
        let error = compile(&[(status, &[entry])]).expect_err(message);
        assert_eq!(error.to_string(), message);
    }
}
