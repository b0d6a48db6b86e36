use std::collections::BTreeMap;

use super::super::{MappingError, MappingProblem, RequestMapping};
use super::compile;

/// Sections 8.1, 8.3 and 8.4.
#[test]
fn what_cannot_be_understood_is_named() {
    let rows = [
        ("append:path", "/", "not a destination"),
        ("overwrite:statuscode", "200", "not a destination"),
        ("header.a", "x", "not a destination"),
        ("append:header.a b", "x", "not a destination"),
        ("overwrite:header.Authorization", "x", "the header is reserved"),
        ("remove:header.X-Amzn-Trace-Id", "''", "the header is reserved"),
        ("append:header.a", "$request.cookie.a", "\"request.cookie.a\" is not a source"),
        ("append:header.a", "$request", "\"request\" is not a source"),
        ("append:header.a", "$request.header.", "\"request.header.\" is not a source"),
        ("append:header.a", "$request.header.a b", "\"request.header.a b\" is not a source"),
        ("append:header.a", "$request.querystring.", "\"request.querystring.\" is not a source"),
        ("append:header.a", "$request.path.", "\"request.path.\" is not a source"),
        ("append:header.a", "$request.path/x", "\"request.path/x\" is not a source"),
        ("append:header.a", "$request.bodyx", "\"request.bodyx\" is not a source"),
        ("append:header.a", "$nosuch", "\"nosuch\" is not a source"),
        ("append:header.a", "x${}", "\"\" is not a source"),
        ("append:header.a", "x${$request.path}", "\"$request.path\" is not a source"),
        ("append:header.a", "$context.nosuch", "\"context.nosuch\" is not a source"),
        (
            "append:header.a",
            "$context.authorizer.claims.cognito:groups",
            "\"context.authorizer.claims.cognito:groups\" is not a source",
        ),
        ("append:header.a", "$stageVariables.", "\"stageVariables.\" is not a source"),
        ("append:header.a", "$stageVariables.a-b", "\"stageVariables.a-b\" is not a source"),
        (
            "append:header.a",
            "$response.header.a",
            "\"response.header.a\" is a source of the other direction",
        ),
        (
            "append:header.a",
            "$request.body..a",
            "no name (recursive descent is not supported) at character 1 of the path \"..a\"",
        ),
        (
            "append:header.a",
            "x${request.body.a[?(@.b)]}",
            "a filter, which is not supported at character 3 of the path \".a[?(@.b)]\"",
        ),
        ("append:header.a", "x${request.path", "a ${ that is not closed"),
        ("append:header.a", "${", "a ${ that is not closed"),
        ("overwrite:path", "/${request.path", "a ${ that is not closed"),
        ("append:header.a", "a\r\nb: c", "\"a\\r\\nb: c\" may not stand in a header"),
        ("append:header.a", "a\0", "\"a\\0\" may not stand in a header"),
    ];
    for (key, value, problem) in rows {
        let error = compile(&[("append:header.ok", "x"), (key, value)]).expect_err(value);
        assert_eq!(error.to_string(), format!("{key}: {problem}"), "{value:?}");
    }
}

#[test]
fn a_text_is_bounded() {
    let key = "append:header.a".to_owned();
    let parameters = BTreeMap::from([(key.clone(), "${stageVariables.long}".repeat(3))]);
    let long = "x".repeat(5000);
    let error = RequestMapping::compile(&parameters, &[], |_| Some(&long)).expect_err("too long");
    assert_eq!(error, MappingError { key, problem: MappingProblem::TooLong });
}
