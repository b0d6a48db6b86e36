use super::*;

fn check(pattern: &str, arn: &str, expected: bool) {
    let pattern_read = ArnPattern::resource(pattern, Version::V2012).expect(pattern);
    assert_eq!(pattern_read.matches(Arn::parse(arn), &()), expected, "{pattern} {arn}");
}

#[test]
fn parts_match_part_by_part() {
    let arn = "arn:aws:execute-api:us-east-1:111122223333:abc/prod/GET/a:b/c";
    for (pattern, expected) in [
        ("*", true),
        ("**", true),
        ("arn:aws:execute-api:us-east-1:111122223333:abc/prod/GET/a:b/c", true),
        ("arn:aws:execute-api:*:*:*", true),
        ("arn:aws:execute-api:us-*:1111*:abc/*", true),
        ("arn:aws:execute-api:us-east-?:*:abc/*/GET/*", true),
        ("arn:*:execute-api:*:*:abc/*", true),
        ("arn:aws:execute-api:*:*:abc/*:b/c", true),
        ("arn:aws:execute-api:*:*:abc/prod/???/a?b/c", true),
        // The first five parts end at their colons.
        ("arn:aws:execute-api:*:*:GET/a:b/c", false),
        ("arn:aws:execute-api:us-east-1*3333:*:abc", false),
        // Case matters.
        ("arn:aws:execute-api:*:*:ABC/*", false),
        ("arn:aws:Execute-Api:*:*:*", false),
        ("arn:aws:execute-api:*:*:abc/*/get/*", false),
        // An empty part is one, too.
        ("arn:aws:execute-api:us-east-1::abc/*", false),
        ("arn:aws:execute-api::111122223333:abc/*", false),
    ] {
        check(pattern, arn, expected);
    }
}

#[test]
fn missing_parts_are_completed() {
    let arn = "arn:aws:apigateway:us-east-1::/apis/abc";
    check("arn:aws:apigateway", arn, true);
    check("arn:aws:apigateway:*", arn, true);
    check("arn:aws:apigateway:us-east-1", arn, true);
    check("arn:aws:apigateway:us-*", arn, true);
    check("arn:aws:apigateway:us-east-1:", arn, true);
    check("arn:aws:apigateway:eu-*", arn, false);
    check("arn:aws:apigateway:us-east-1:1", arn, false);
    check("arn:aws:execute-api:*", arn, false);
}

#[test]
fn only_a_star_matches_what_is_no_arn() {
    for text in ["*", "", "arn:aws:apigateway", "/apis/abc", "urn:aws:apigateway:us-east-1::/apis"]
    {
        check("*", text, true);
        check("arn:aws:apigateway:*:*:*", text, false);
    }
}

#[test]
fn other_texts_are_no_resources() {
    for (pattern, reason) in [
        ("", "must be an ARN or *"),
        ("/apis/*", "must be an ARN or *"),
        ("execute-api:/prod/*", "must be an ARN or *"),
        ("ARN:aws:apigateway:*:*:*", "must be an ARN or *"),
        ("a*", "must be an ARN or *"),
        ("arn:aws", "must be an ARN or *"),
        ("arn::apigateway:*:*:*", "must be an ARN or *"),
        ("arn:aws:*:*:*:*", "its service must be named, without wildcards"),
        ("arn:aws:*", "its service must be named, without wildcards"),
        ("arn:aws:api*:us-east-1::/*", "its service must be named, without wildcards"),
        ("arn:aws::us-east-1::/*", "its service must be named, without wildcards"),
        ("arn:aws:apigateway:us-east-1::", "it ends after its account"),
        (
            "arn:aws:execute-api:*:abc/prod/*",
            "its partition, region and account hold letters, digits, - and wildcards",
        ),
        (
            "arn:aws:execute-api:*:b/c:*",
            "its partition, region and account hold letters, digits, - and wildcards",
        ),
        (
            "arn:aws:execute-api:us-east-1:${aws:PrincipalAccount}:*",
            "variables stand only after its fifth colon",
        ),
    ] {
        let found = ArnPattern::resource(pattern, Version::V2012).expect_err(pattern);
        assert_eq!(found, Problem::Resource { value: pattern.into(), reason });
    }
}
