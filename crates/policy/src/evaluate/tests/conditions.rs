//! Every operator, with and without its key.

use super::*;

fn check_all(condition: &str, rows: &[(&str, bool)]) {
    for (keys, expected) in rows {
        assert_eq!(holds(condition, keys), *expected, "{condition} with {keys}");
    }
}

#[test]
fn string_operators() {
    check_all(
        r#"{"StringEquals":{"a:k":["x","Y*"]}}"#,
        &[
            ("a:k=x", true),
            ("A:K=x", true),
            ("a:k=X", false),
            ("a:k=Y*", true),
            ("a:k=Yz", false),
            ("", false),
        ],
    );
    check_all(
        r#"{"StringNotEquals":{"a:k":["x","y"]}}"#,
        &[("a:k=x", false), ("a:k=y", false), ("a:k=z", true), ("", true)],
    );
    check_all(
        r#"{"StringEqualsIgnoreCase":{"a:k":"École"}}"#,
        &[("a:k=éCOLE", true), ("a:k=ecole", false), ("", false)],
    );
    check_all(
        r#"{"StringNotEqualsIgnoreCase":{"a:k":"x"}}"#,
        &[("a:k=X", false), ("a:k=z", true), ("", true)],
    );
    check_all(
        r#"{"StringLike":{"a:k":["t1.*","m?"]}}"#,
        &[
            ("a:k=t1.micro", true),
            ("a:k=m3", true),
            ("a:k=m33", false),
            ("a:k=T1.micro", false),
            ("", false),
        ],
    );
    check_all(
        r#"{"StringNotLike":{"a:k":["a*","b*"]}}"#,
        &[("a:k=ab", false), ("a:k=ba", false), ("a:k=c", true), ("", true)],
    );
    check_all(
        r#"{"StringEquals":{"a:k":[10,true]}}"#,
        &[("a:k=10", true), ("a:k=true", true), ("a:k=false", false)],
    );
}

#[test]
fn numeric_operators() {
    for (operator, below, equal, above, absent) in [
        ("NumericEquals", false, true, false, false),
        ("NumericNotEquals", true, false, true, true),
        ("NumericLessThan", true, false, false, false),
        ("NumericLessThanEquals", true, true, false, false),
        ("NumericGreaterThan", false, false, true, false),
        ("NumericGreaterThanEquals", false, true, true, false),
    ] {
        check_all(
            &format!(r#"{{"{operator}":{{"a:k":"10"}}}}"#),
            &[("a:k=9.5", below), ("a:k=10.0", equal), ("a:k=11", above), ("", absent)],
        );
    }
    check_all(
        r#"{"NumericEquals":{"a:k":[1,2.5]}}"#,
        &[("a:k=1", true), ("a:k=2.5", true), ("a:k=ten", false)],
    );
    check_all(r#"{"NumericNotEquals":{"a:k":1}}"#, &[("a:k=ten", true)]);
}

#[test]
fn date_operators() {
    for (operator, below, equal, above, absent) in [
        ("DateEquals", false, true, false, false),
        ("DateNotEquals", true, false, true, true),
        ("DateLessThan", true, false, false, false),
        ("DateLessThanEquals", true, true, false, false),
        ("DateGreaterThan", false, false, true, false),
        ("DateGreaterThanEquals", false, true, true, false),
    ] {
        for date in ["2020-04-01T00:00:00Z", "1585699200"] {
            check_all(
                &format!(r#"{{"{operator}":{{"aws:CurrentTime":"{date}"}}}}"#),
                &[
                    ("aws:CurrentTime=2020-03-31T23:59:59Z", below),
                    ("aws:CurrentTime=2020-04-01T02:00:00+02:00", equal),
                    ("aws:CurrentTime=1585699201", above),
                    ("", absent),
                ],
            );
        }
    }
    check_all(
        r#"{"DateGreaterThan":{"aws:CurrentTime":"2020-04-01T00:00:00Z"},"DateLessThan":{"aws:CurrentTime":"2020-06-30T23:59:59Z"}}"#,
        &[
            ("aws:CurrentTime=2020-05-01", true),
            ("aws:CurrentTime=2020-07-01", false),
            ("aws:CurrentTime=2020-03-01", false),
        ],
    );
    check_all(
        r#"{"DateLessThan":{"aws:EpochTime":1585699200}}"#,
        &[("aws:EpochTime=1585699199", true), ("aws:EpochTime=soon", false)],
    );
}

#[test]
fn bool_and_null() {
    check_all(
        r#"{"Bool":{"aws:SecureTransport":"true"}}"#,
        &[
            ("aws:SecureTransport=true", true),
            ("aws:SecureTransport=false", false),
            ("aws:SecureTransport=1", false),
            ("", false),
        ],
    );
    check_all(
        r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":false}}"#,
        &[("", true), ("aws:MultiFactorAuthPresent=true", false)],
    );
    check_all(
        r#"{"Null":{"a:k":"true"}}"#,
        &[("", true), ("a:k=x", false), ("a:k=", false), ("a:k+=", true)],
    );
    check_all(
        r#"{"Null":{"a:k":false}}"#,
        &[("", false), ("a:k=x", true), ("a:k=", true), ("a:k+=", false)],
    );
}

#[test]
fn address_operators() {
    let networks = r#"["203.0.113.0/24","2001:DB8:1234:5678::/64","192.0.2.1"]"#;
    for (keys, inside) in [
        ("aws:SourceIp=203.0.113.255", true),
        ("aws:SourceIp=203.0.114.0", false),
        ("aws:SourceIp=2001:db8:1234:5678::1", true),
        ("aws:SourceIp=2001:db8:1234:5679::1", false),
        ("aws:SourceIp=192.0.2.1", true),
        ("aws:SourceIp=192.0.2.2", false),
        ("aws:SourceIp=::ffff:203.0.113.9", true),
        ("aws:SourceIp=nowhere", false),
        ("", false),
    ] {
        check_all(&format!(r#"{{"IpAddress":{{"aws:SourceIp":{networks}}}}}"#), &[(keys, inside)]);
        check_all(
            &format!(r#"{{"NotIpAddress":{{"aws:SourceIp":{networks}}}}}"#),
            &[(keys, !inside)],
        );
    }
    check_all(
        r#"{"IpAddress":{"aws:SourceIp":"203.0.113.77/24"}}"#,
        &[("aws:SourceIp=203.0.113.1", true)],
    );
}

#[test]
fn arn_operators() {
    let pattern = "arn:aws:someservice:*:111122223333:finance/*";
    for (keys, like) in [
        ("aws:SourceArn=arn:aws:someservice:us-east-2:111122223333:finance/a:b/c", true),
        // AWS's own example of where StringLike would match.
        (
            "aws:SourceArn=arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
            false,
        ),
        ("aws:SourceArn=arn:aws:SomeService:us-east-2:111122223333:finance/a", false),
        ("aws:SourceArn=finance/a", false),
        ("", false),
    ] {
        for (operator, negated) in
            [("ArnEquals", false), ("ArnLike", false), ("ArnNotEquals", true), ("ArnNotLike", true)]
        {
            check_all(
                &format!(r#"{{"{operator}":{{"aws:SourceArn":"{pattern}"}}}}"#),
                &[(keys, like != negated)],
            );
        }
    }
    check_all(r#"{"ArnLike":{"a:k":"*"}}"#, &[("a:k=arn:aws:iam::1:root", true), ("", false)]);
    check_all(r#"{"ArnLike":{"a:k":"arn:aws:*:*:*:*"}}"#, &[("a:k=arn:aws:sns:r:1:t", true)]);
}

#[test]
fn if_exists_holds_without_its_key() {
    for (condition, without, other) in [
        (r#"{"StringEqualsIfExists":{"a:k":"x"}}"#, true, false),
        (r#"{"StringNotEqualsIfExists":{"a:k":"y"}}"#, true, false),
        (r#"{"NumericLessThanIfExists":{"a:k":"1"}}"#, true, false),
        (r#"{"IpAddressIfExists":{"a:k":"10.0.0.0/8"}}"#, true, false),
        (r#"{"ArnLikeIfExists":{"a:k":"*"}}"#, true, true),
        (r#"{"ForAnyValue:StringEqualsIfExists":{"a:k":"x"}}"#, true, false),
        (r#"{"ForAllValues:StringEqualsIfExists":{"a:k":"x"}}"#, true, false),
    ] {
        check_all(condition, &[("", without), ("a:k+=", without), ("a:k=y", other)]);
    }
}

#[test]
fn set_operators() {
    check_all(
        r#"{"ForAllValues:StringLike":{"aws:TagKeys":["env*","owner"]}}"#,
        &[
            ("aws:TagKeys+=env|owner", true),
            ("aws:TagKeys+=env|cost", false),
            ("aws:TagKeys=env", true),
            ("aws:TagKeys+=", true),
            ("aws:TagKeys=", true),
            ("aws:TagKeys+=|cost", false),
            ("", true),
        ],
    );
    check_all(
        r#"{"ForAllValues:StringNotEquals":{"aws:TagKeys":["secret"]}}"#,
        &[("aws:TagKeys+=a|b", true), ("aws:TagKeys+=a|secret", false), ("", true)],
    );
    check_all(
        r#"{"ForAnyValue:StringEquals":{"aws:TagKeys":["env","owner"]}}"#,
        &[
            ("aws:TagKeys+=cost|env", true),
            ("aws:TagKeys+=cost|Env", false),
            ("aws:TagKeys+=", false),
            ("aws:TagKeys=", false),
            ("", false),
        ],
    );
    check_all(
        r#"{"ForAnyValue:StringNotEquals":{"aws:TagKeys":["env","owner"]}}"#,
        &[("aws:TagKeys+=env|owner", false), ("aws:TagKeys+=env|cost", true), ("", false)],
    );
    check_all(
        r#"{"ForAnyValue:IpAddress":{"a:k":"10.0.0.0/8"}}"#,
        &[("a:k+=192.0.2.1|10.0.0.1", true)],
    );
}

#[test]
fn several_values_without_a_set_operator() {
    check_all(r#"{"StringEquals":{"a:k":"x"}}"#, &[("a:k+=y|x", true), ("a:k+=y|z", false)]);
    check_all(r#"{"StringNotEquals":{"a:k":"x"}}"#, &[("a:k+=y|x", false), ("a:k+=y|z", true)]);
}

#[test]
fn operators_and_keys_are_anded_and_values_ored() {
    let condition = r#"{"StringEquals":{"a:k":["x","y"],"a:l":"z"},"Bool":{"a:m":"true"}}"#;
    check_all(
        condition,
        &[
            ("a:k=x; a:l=z; a:m=true", true),
            ("a:k=y; a:l=z; a:m=true", true),
            ("a:k=z; a:l=z; a:m=true", false),
            ("a:k=x; a:l=x; a:m=true", false),
            ("a:k=x; a:l=z; a:m=false", false),
            ("a:k=x; a:l=z", false),
        ],
    );
}
