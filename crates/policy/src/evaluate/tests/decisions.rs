//! Which statement wins, and the `Not…` elements.

use super::*;

const API: &str = "arn:aws:apigateway:us-east-1::/apis/abc";

#[test]
fn an_explicit_deny_wins_in_any_order() {
    let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let deny = r#"{"Effect":"Deny","Action":"apigateway:DELETE","Resource":"*"}"#;
    for statements in [format!("[{allow},{deny}]"), format!("[{deny},{allow}]")] {
        check(
            &format!(r#"{{"Statement":{statements}}}"#),
            &[
                ("apigateway:DELETE", API, "", ExplicitlyDenied),
                ("apigateway:delete", API, "", ExplicitlyDenied),
                ("apigateway:GET", API, "", Allowed),
                ("anything:Else", "*", "", Allowed),
            ],
        );
    }
    check(&format!(r#"{{"Statement":{deny}}}"#), &[("apigateway:GET", API, "", ImplicitlyDenied)]);
}

#[test]
fn a_denied_condition_that_does_not_hold_denies_nothing() {
    check(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"apigateway:*","Resource":"*"},
            {"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":false}}}]}"#,
        &[
            ("apigateway:GET", API, "aws:SecureTransport=false", ExplicitlyDenied),
            ("apigateway:GET", API, "aws:SecureTransport=true", Allowed),
            ("apigateway:GET", API, "", Allowed),
        ],
    );
}

#[test]
fn not_action_and_not_resource() {
    check(
        r#"{"Statement":{"Effect":"Allow","NotAction":["apigateway:DELETE","execute-api:*"],"Resource":"*"}}"#,
        &[
            ("apigateway:GET", API, "", Allowed),
            ("APIGATEWAY:Delete", API, "", ImplicitlyDenied),
            ("execute-api:Invoke", API, "", ImplicitlyDenied),
        ],
    );
    check(
        r#"{"Statement":{"Effect":"Deny","Action":"apigateway:*","NotResource":["arn:aws:apigateway:*::/apis/abc","arn:aws:apigateway:*::/apis/abc/*"]}}"#,
        &[
            ("apigateway:GET", API, "", ImplicitlyDenied),
            (
                "apigateway:GET",
                "arn:aws:apigateway:us-east-1::/apis/abc/routes",
                "",
                ImplicitlyDenied,
            ),
            ("apigateway:GET", "arn:aws:apigateway:us-east-1::/apis/abcd", "", ExplicitlyDenied),
            ("apigateway:GET", "*", "", ExplicitlyDenied),
        ],
    );
}

#[test]
fn actions_match_with_wildcards_and_without_case() {
    for (pattern, action, expected) in [
        ("*", "apigateway:GET", true),
        ("*:*", "apigateway:GET", true),
        ("apigateway:*", "apigateway:PATCH", true),
        ("ApiGateway:Get", "apigateway:GET", true),
        ("apigateway:P*", "apigateway:PUT", true),
        ("apigateway:P*", "apigateway:GET", false),
        ("apigateway:?ET", "apigateway:GET", true),
        ("apigateway:?ET", "apigateway:ET", false),
        ("apigateway:GET", "apigateway:GETS", false),
        ("apigateway:*Domain", "apigateway:AddCertificateToDomain", true),
        ("apigateway:*", "apigatewayv2:GET", false),
        ("execute-api:Invoke", "execute-api:InvalidateCache", false),
    ] {
        let policy =
            format!(r#"{{"Statement":{{"Effect":"Allow","Action":"{pattern}","Resource":"*"}}}}"#);
        let expected = if expected { Allowed } else { ImplicitlyDenied };
        check(&policy, &[(action, API, "", expected)]);
    }
}

#[test]
fn several_policies_decide_together() {
    let parse = |text| Policy::parse(text).expect("a policy");
    let allow = parse(r#"{"Statement":{"Effect":"Allow","Action":"apigateway:*","Resource":"*"}}"#);
    let deny =
        parse(r#"{"Statement":{"Effect":"Deny","Action":"apigateway:DELETE","Resource":"*"}}"#);
    let other = parse(r#"{"Statement":{"Effect":"Allow","Action":"sts:*","Resource":"*"}}"#);
    let decide = |policies: &[&Policy], action| {
        evaluate(policies.iter().copied(), &Request { action, resource: API, context: &() })
    };
    assert_eq!(decide(&[], "apigateway:GET"), ImplicitlyDenied);
    assert_eq!(decide(&[&other], "apigateway:GET"), ImplicitlyDenied);
    assert_eq!(decide(&[&other, &allow], "apigateway:GET"), Allowed);
    assert_eq!(decide(&[&allow, &other], "apigateway:GET"), Allowed);
    assert_eq!(decide(&[&allow, &deny], "apigateway:GET"), Allowed);
    assert_eq!(decide(&[&allow, &deny], "apigateway:DELETE"), ExplicitlyDenied);
    assert_eq!(decide(&[&deny, &allow], "apigateway:DELETE"), ExplicitlyDenied);
}
