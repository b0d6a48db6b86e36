//! Policy variables in resources and conditions.

use super::*;

fn check_resource(version: &str, resource: &str, arn: &str, keys: &str, expected: Decision) {
    let policy = format!(
        r#"{{"Version":"{version}","Statement":{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}}}"#
    );
    check(&policy, &[("iam:GetUser", arn, keys, expected)]);
}

#[test]
fn variables_in_resources() {
    for (resource, arn, keys, expected) in [
        (
            "arn:aws:iam::*:user/${aws:username}",
            "arn:aws:iam::1:user/bob",
            "aws:username=bob",
            Allowed,
        ),
        (
            "arn:aws:iam::*:user/${AWS:UserName}",
            "arn:aws:iam::1:user/bob",
            "aws:username=bob",
            Allowed,
        ),
        (
            "arn:aws:iam::*:user/${aws:username}",
            "arn:aws:iam::1:user/eve",
            "aws:username=bob",
            ImplicitlyDenied,
        ),
        ("arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/", "", ImplicitlyDenied),
        (
            "arn:aws:iam::*:user/${aws:username}",
            "arn:aws:iam::1:user/",
            "aws:username=",
            ImplicitlyDenied,
        ),
        // A value's wildcards are characters.
        (
            "arn:aws:iam::*:user/${aws:username}",
            "arn:aws:iam::1:user/bob",
            "aws:username=*",
            ImplicitlyDenied,
        ),
        ("arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::1:user/*", "aws:username=*", Allowed),
        (
            "arn:aws:iam::*:user/${aws:username}",
            "arn:aws:iam::1:user/b",
            "aws:username=?",
            ImplicitlyDenied,
        ),
        // Nor is a value read as a variable again.
        (
            "arn:aws:iam::*:user/${a:b}",
            "arn:aws:iam::1:user/bob",
            "a:b=${aws:username}; aws:username=bob",
            ImplicitlyDenied,
        ),
        ("arn:aws:s3:::b/${aws:username}/*", "arn:aws:s3:::b/bob/x/y", "aws:username=bob", Allowed),
        (
            "arn:aws:s3:::b/${aws:username}/*",
            "arn:aws:s3:::b/bobby/x",
            "aws:username=bob",
            ImplicitlyDenied,
        ),
        ("arn:aws:s3:::*/${aws:username}/*", "arn:aws:s3:::b/c/bob/x", "aws:username=bob", Allowed),
        ("arn:aws:s3:::*-${aws:username}", "arn:aws:s3:::b-bob", "aws:username=bob", Allowed),
        (
            "arn:aws:s3:::${aws:PrincipalTag/a}-${aws:PrincipalTag/b}-*",
            "arn:aws:s3:::x-y-z",
            "aws:PrincipalTag/a=x; aws:PrincipalTag/b=y",
            Allowed,
        ),
        (
            "arn:aws:s3:::${aws:PrincipalTag/a}-${aws:PrincipalTag/b}-*",
            "arn:aws:s3:::x--z",
            "aws:PrincipalTag/a=x",
            ImplicitlyDenied,
        ),
        ("arn:aws:s3:::${aws:userid, 'anonymous'}/*", "arn:aws:s3:::anonymous/x", "", Allowed),
        (
            "arn:aws:s3:::${aws:userid, 'anonymous'}/*",
            "arn:aws:s3:::anonymous/x",
            "aws:userid=me",
            ImplicitlyDenied,
        ),
        (
            "arn:aws:s3:::${aws:userid, 'anonymous'}/*",
            "arn:aws:s3:::me/x",
            "aws:userid=me",
            Allowed,
        ),
        // A multivalued key is no variable.
        ("arn:aws:s3:::${aws:TagKeys}", "arn:aws:s3:::a", "aws:TagKeys+=a", ImplicitlyDenied),
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/*", "", Allowed),
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/x", "", ImplicitlyDenied),
        ("arn:aws:s3:::b/${?}${$}", "arn:aws:s3:::b/?$", "", Allowed),
    ] {
        check_resource("2012-10-17", resource, arn, keys, expected);
    }
}

#[test]
fn the_older_version_has_no_variables() {
    for (resource, arn, expected) in [
        ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/bob", ImplicitlyDenied),
        ("arn:aws:s3:::b/${aws:username}", "arn:aws:s3:::b/${aws:username}", Allowed),
        ("arn:aws:s3:::b/${*}", "arn:aws:s3:::b/${anything}", Allowed),
        ("arn:aws:s3:::b/${", "arn:aws:s3:::b/${", Allowed),
    ] {
        check_resource("2008-10-17", resource, arn, "aws:username=bob", expected);
    }
    // Without a version, too.
    check(
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${aws:username}"}}"#,
        &[("a:b", "arn:aws:s3:::bob", "aws:username=bob", ImplicitlyDenied)],
    );
}

/// "The resource that includes a policy variable with no value will not match any resource", so
/// `NotResource` leaves nothing out.
#[test]
fn not_resource_with_a_variable_without_value() {
    check(
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::${aws:username}"}}"#,
        &[
            ("a:b", "arn:aws:s3:::bob", "aws:username=bob", ImplicitlyDenied),
            ("a:b", "arn:aws:s3:::bob", "", ExplicitlyDenied),
        ],
    );
}

#[test]
fn variables_in_conditions() {
    for (condition, keys, expected) in [
        (
            r#"{"StringEquals":{"a:owner":"${aws:username}"}}"#,
            "a:owner=bob; aws:username=bob",
            true,
        ),
        (
            r#"{"StringEquals":{"a:owner":"${aws:username}"}}"#,
            "a:owner=eve; aws:username=bob",
            false,
        ),
        (r#"{"StringEquals":{"a:owner":"${aws:username}"}}"#, "a:owner=", false),
        (r#"{"StringNotEquals":{"a:owner":"${aws:username}"}}"#, "a:owner=bob", true),
        (
            r#"{"StringNotEquals":{"a:owner":"${aws:username}"}}"#,
            "a:owner=bob; aws:username=bob",
            false,
        ),
        (r#"{"StringEquals":{"a:owner":["${aws:username}","root"]}}"#, "a:owner=root", true),
        (
            r#"{"StringEqualsIgnoreCase":{"a:owner":"${aws:username}"}}"#,
            "a:owner=BOB; aws:username=bob",
            true,
        ),
        (
            r#"{"StringLike":{"s3:prefix":["","home/","home/${aws:username}/*"]}}"#,
            "s3:prefix=home/bob/x; aws:username=bob",
            true,
        ),
        (
            r#"{"StringLike":{"s3:prefix":["","home/","home/${aws:username}/*"]}}"#,
            "s3:prefix=; aws:username=bob",
            true,
        ),
        (
            r#"{"StringLike":{"s3:prefix":["","home/","home/${aws:username}/*"]}}"#,
            "s3:prefix=home/eve/; aws:username=bob",
            false,
        ),
        (r#"{"StringLike":{"a:b":"${aws:username, '*'}"}}"#, "a:b=x", false),
        (r#"{"StringEquals":{"a:b":"${*}"}}"#, "a:b=*", true),
        (
            r#"{"ArnLike":{"a:arn":"arn:aws:iam::${aws:PrincipalAccount}:role/*"}}"#,
            "a:arn=arn:aws:iam::1:role/x/y; aws:PrincipalAccount=1",
            true,
        ),
        (
            r#"{"ArnLike":{"a:arn":"arn:aws:iam::${aws:PrincipalAccount}:role/*"}}"#,
            "a:arn=arn:aws:iam::2:role/x; aws:PrincipalAccount=1",
            false,
        ),
        (
            r#"{"ArnEquals":{"a:arn":"${aws:PrincipalArn}"}}"#,
            "a:arn=arn:aws:iam::1:user/a:b; aws:PrincipalArn=arn:aws:iam::1:user/a:b",
            true,
        ),
        (
            r#"{"ArnEquals":{"a:arn":"${aws:PrincipalArn}"}}"#,
            "a:arn=arn:aws:iam::1:user/a; aws:PrincipalArn=arn:aws:iam::1:user/*",
            false,
        ),
        (
            r#"{"ArnNotEquals":{"a:arn":"${aws:PrincipalArn}"}}"#,
            "a:arn=arn:aws:iam::1:user/a",
            true,
        ),
    ] {
        assert_eq!(holds(condition, keys), expected, "{condition} with {keys}");
    }
}
