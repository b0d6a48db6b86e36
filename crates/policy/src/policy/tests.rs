use super::*;

/// A statement around an element, in a list behind another one.
fn with(element: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[
            {{"Effect":"Allow","Action":"*","Resource":"*"}},
            {{"Effect":"Allow",{element}}}]}}"#
    )
}

fn check(document: &str, expected: &str) {
    match Policy::parse(document) {
        Ok(_) => panic!("accepted: {document}"),
        Err(error) => assert_eq!(error.to_string(), expected, "{document}"),
    }
}

#[test]
fn valid_documents_are_read() {
    for document in [
        r#"{"Statement":{"Effect":"Deny","NotAction":"a:b","NotResource":"*"}}"#,
        r#"{"Version":"2008-10-17","Id":"x y","Statement":[{"Sid":"","Effect":"Allow","Action":["*"],"Resource":["*"]}]}"#,
        r#" { "Statement" : [ { "Resource":"*", "Action":"*", "Effect":"Allow", "Sid":"a b-c" } ] , "Version":"2012-10-17" } "#,
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"a:b":""}}}}"#,
    ] {
        Policy::parse(document).expect(document);
    }
}

#[test]
fn errors_name_the_document() {
    check("", "not JSON: EOF while parsing a value at line 1 column 0");
    check("{} {}", "not JSON: trailing characters at line 1 column 4");
    check("[]", "must be an object, not a list");
    check("{}", "Statement is missing");
    check(r#"{"Statement":[]}"#, "Statement: must not be empty");
    check(r#"{"Statement":"*"}"#, "Statement: must be an object, not a string");
    check(r#"{"Statement":[1]}"#, "Statement[0]: must be an object, not a number");
    check(
        r#"{"Version":"2026-01-01"}"#,
        "Version: must be 2012-10-17 or 2008-10-17, not '2026-01-01'",
    );
    check(r#"{"Version":20121017}"#, "Version: must be a string, not a number");
    check(r#"{"Id":null}"#, "Id: must be a string, not null");
    check(r#"{"Statements":[]}"#, "Statements: unknown element");
    check(r#"{"statement":[]}"#, "statement: unknown element");
    check(r#"{"Version":"2012-10-17","Version":"2012-10-17"}"#, "Version: stands there twice");
    check(r#"{"a\nb":1}"#, r"a\nb: unknown element");
}

#[test]
fn errors_name_the_statement() {
    let plain = r#""Action":"*","Resource":"*""#;
    check(r#"{"Statement":{"Action":"*","Resource":"*"}}"#, "Statement: Effect is missing");
    check(
        r#"{"Statement":{"Effect":"allow","Action":"*","Resource":"*"}}"#,
        "Statement.Effect: must be Allow or Deny, not 'allow'",
    );
    check(&with(r#""Action":"*""#), "Statement[1]: Resource or NotResource is missing");
    check(&with(r#""Resource":"*""#), "Statement[1]: Action or NotAction is missing");
    for (name, value) in
        [("Principal", r#""*""#), ("Principal", r#"{"AWS":"*"}"#), ("NotPrincipal", "[]")]
    {
        check(
            &with(&format!(r#"{plain},"{name}":{value}"#)),
            &format!(
                "Statement[1].{name}: not allowed: the policy applies to the identity it is attached to"
            ),
        );
    }
    check(&with(&format!(r#"{plain},"Effect":"Deny""#)), "Statement[1].Effect: stands there twice");
    check(
        &with(&format!(r#"{plain},"Conditions":{{}}"#)),
        "Statement[1].Conditions: unknown element",
    );
    check(
        &with(&format!(r#"{plain},"Sid":1"#)),
        "Statement[1].Sid: must be a string, not a number",
    );
    check(
        &with(&format!(r#"{plain},"NotAction":"a:b""#)),
        "Statement[1].NotAction: cannot stand beside Action",
    );
    check(
        &with(&format!(r#"{plain},"NotResource":"*""#)),
        "Statement[1].NotResource: cannot stand beside Resource",
    );
}

#[test]
fn errors_name_the_action() {
    let wrong = |text: &str| {
        format!(
            "'{text}' is not an action: must be * or service:Action, without wildcards in the service"
        )
    };
    check(&with(r#""Action":[],"Resource":"*""#), "Statement[1].Action: must not be empty");
    check(
        &with(r#""Action":{},"Resource":"*""#),
        "Statement[1].Action: must be a string, not an object",
    );
    check(
        &with(r#""Action":["a:b",true],"Resource":"*""#),
        "Statement[1].Action[1]: must be a string, not a boolean",
    );
    check(
        &with(r#""NotAction":[["a:b"]],"Resource":"*""#),
        "Statement[1].NotAction[0]: must be a string, not a list",
    );
    for text in [
        "",
        "GET",
        "apigateway",
        "apigateway:",
        ":GET",
        "api*:GET",
        "*:GET",
        "**",
        "a:b:c",
        "a:b c",
        "a:${aws:username}",
        "ä:b",
    ] {
        let found = with(&format!(r#""Action":"{text}","Resource":"*""#));
        check(&found, &format!("Statement[1].Action: {}", wrong(text)));
    }
}

#[test]
fn errors_name_the_resource() {
    check(&with(r#""Action":"*","Resource":[]"#), "Statement[1].Resource: must not be empty");
    check(
        &with(r#""Action":"*","Resource":["*","/apis"]"#),
        "Statement[1].Resource[1]: '/apis' is not a resource: must be an ARN or *",
    );
    check(
        &with(r#""Action":"*","NotResource":"arn:aws:s3:::${aws:username""#),
        "Statement[1].NotResource: a policy variable without its closing brace",
    );
    check(
        &with(r#""Action":"*","Resource":"arn:aws:s3:::${username}""#),
        "Statement[1].Resource: 'username' is not a condition key: must be service:name",
    );
}

#[test]
fn errors_name_the_condition() {
    for (condition, expected) in [
        ("null", ": must be an object, not null"),
        ("{}", ": must not be empty"),
        (r#"{"StringEquals":{}}"#, ".StringEquals: must not be empty"),
        (r#"{"StringEquals":[]}"#, ".StringEquals: must be an object, not a list"),
        (r#"{"StringEqual":{"a:b":"c"}}"#, ".StringEqual: unknown condition operator"),
        (r#"{"NullIfExists":{"a:b":true}}"#, ".NullIfExists: unknown condition operator"),
        (r#"{"BinaryEquals":{"a:b":"eA=="}}"#, ".BinaryEquals: unknown condition operator"),
        (r#"{"Bool":{"a:b":true},"Bool":{"a:c":true}}"#, ".Bool: stands there twice"),
        (r#"{"Bool":{"a:b":true,"a:b":true}}"#, ".Bool.a:b: stands there twice"),
        (r#"{"Bool":{"b":true}}"#, ".Bool.b: 'b' is not a condition key: must be service:name"),
        (
            r#"{"Bool":{"a:${b:c}":true}}"#,
            ".Bool.a:${b:c}: 'a:${b:c}' is not a condition key: must be service:name",
        ),
        (r#"{"Bool":{"a:b":[]}}"#, ".Bool.a:b: must not be empty"),
        (
            r#"{"Bool":{"a:b":null}}"#,
            ".Bool.a:b: must be a string, a number or a boolean, not null",
        ),
        (
            r#"{"Bool":{"a:b":["true",{}]}}"#,
            ".Bool.a:b[1]: must be a string, a number or a boolean, not an object",
        ),
        (r#"{"Bool":{"a:b":"yes"}}"#, ".Bool.a:b: 'yes' is not true or false"),
        (
            r#"{"Null":{"a:b":"${aws:username}"}}"#,
            ".Null.a:b: '${aws:username}' is not true or false",
        ),
        (r#"{"NumericEquals":{"a:b":["1","x"]}}"#, ".NumericEquals.a:b[1]: 'x' is not a number"),
        (
            r#"{"DateLessThan":{"a:b":"soon"}}"#,
            ".DateLessThan.a:b: 'soon' is not an ISO 8601 date or seconds since the epoch",
        ),
        (
            r#"{"IpAddress":{"a:b":"10.0.0.0/99"}}"#,
            ".IpAddress.a:b: '10.0.0.0/99' is not an IP address or a CIDR block",
        ),
        (
            r#"{"ArnLike":{"a:b":"arn:aws:s3"}}"#,
            ".ArnLike.a:b: 'arn:aws:s3' is not an ARN with six parts",
        ),
        (
            r#"{"StringLike":{"a:b":"${c:d, e}"}}"#,
            ".StringLike.a:b: a policy variable with a default that is not between single quotes",
        ),
    ] {
        let document = with(&format!(r#""Action":"*","Resource":"*","Condition":{condition}"#));
        check(&document, &format!("Statement[1].Condition{expected}"));
    }
}

#[test]
fn a_document_may_be_as_long_as_the_limit() {
    let with_sid = |length: usize| {
        let sid = "x".repeat(length);
        format!(r#"{{"Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Sid":"{sid}"}}}}"#)
    };
    let rest = with_sid(0).len();
    let most = with_sid(DOCUMENT_CHARACTERS_MAX - rest);
    Policy::parse(&most).expect("as long as the limit");
    let more = with_sid(DOCUMENT_CHARACTERS_MAX - rest + 1);
    check(&more, "the document has 10241 characters, more than 10240");
    // White space does not count, until it does.
    let spaces = |count: usize| most.clone() + &" ".repeat(count);
    Policy::parse(&spaces(DOCUMENT_BYTES_MAX - most.len())).expect("with white space");
    check(
        &spaces(DOCUMENT_BYTES_MAX - most.len() + 1),
        "the document has 65537 bytes, more than 65536",
    );
}

#[test]
fn hostile_documents_are_refused() {
    for document in [
        "[".repeat(10_000),
        r#"{"Statement":"#.repeat(700),
        format!(r#"{{"Statement":{{"Condition":{}}}}}"#, r#"{"a":"#.repeat(1_000)),
        "\u{feff}{}".to_owned(),
        "{\"Statement\":\u{0}}".to_owned(),
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"\ud800"}}"#.to_owned(),
        r#"{"Version":1e999}"#.to_owned(),
    ] {
        assert!(Policy::parse(&document).is_err());
    }
    // Long values are shortened in the message.
    let long = with(&format!(r#""Action":"{}","Resource":"*""#, "é".repeat(5_000)));
    let message = Policy::parse(&long).expect_err("no action").to_string();
    assert!(message.chars().count() < 300, "{message}");
}

#[test]
fn errors_have_parts() {
    let error = Policy::parse(&with(r#""Action":"x","Resource":"*""#)).expect_err("no action");
    assert_eq!(error.path(), "Statement[1].Action");
    assert_eq!(error.problem(), &Problem::Action("x".into()));
}

#[test]
fn condition_keys_are_known() {
    let policy = Policy::parse(&with(
        r#""Action":"*","Resource":["*","arn:aws:s3:::${aws:UserId}"],
           "Condition":{"StringLike":{"aws:RequestTag/Owner":"${aws:username, 'x'}"},
                        "ArnLike":{"aws:SourceArn":["${aws:PrincipalArn}","arn:aws:iam::${aws:PrincipalAccount}:*"]},
                        "Null":{"aws:TokenIssueTime":true}}"#,
    ));
    let policy = policy.expect("a policy");
    let keys = policy.condition_keys().collect::<Vec<_>>();
    assert_eq!(
        keys,
        [
            "aws:userid",
            "aws:requesttag/owner",
            "aws:username",
            "aws:sourcearn",
            "aws:principalarn",
            "aws:principalaccount",
            "aws:tokenissuetime",
        ]
    );
}
