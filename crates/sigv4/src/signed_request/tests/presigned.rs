//! A signature in the query.

use super::*;

const FORM: &[Row] = &[
    (
        "other order",
        |sent| {
            let mut pairs = sent.query.split('&').collect::<Vec<_>>();
            pairs.reverse();
            sent.query = pairs.join("&");
        },
        "verified",
    ),
    ("escape in lower case", |sent| sent.query("%2F", "%2f"), "verified"),
    (
        "slashes that are not escaped",
        |sent| sent.query = sent.query.replace("%2F", "/"),
        "verified",
    ),
    ("an escaped name", |sent| sent.query("X-Amz-Expires", "X%2DAmz%2DExpires"), "verified"),
    (
        "no algorithm",
        |sent| sent.query("X-Amz-Algorithm", "X"),
        r#"read: Parameter("X-Amz-Algorithm")"#,
    ),
    (
        "no credential",
        |sent| sent.query("X-Amz-Credential", "X"),
        r#"read: Parameter("X-Amz-Credential")"#,
    ),
    ("no date", |sent| sent.query("X-Amz-Date", "X"), r#"read: Parameter("X-Amz-Date")"#),
    ("no expiry", |sent| sent.query("X-Amz-Expires", "X"), r#"read: Parameter("X-Amz-Expires")"#),
    (
        "no list",
        |sent| sent.query("X-Amz-SignedHeaders", "X"),
        r#"read: Parameter("X-Amz-SignedHeaders")"#,
    ),
    (
        "no signature",
        |sent| sent.query("X-Amz-Signature", "X"),
        r#"read: Parameter("X-Amz-Signature")"#,
    ),
    (
        "names in lower case",
        |sent| sent.query = sent.query.replace("X-Amz", "x-amz"),
        "read: Missing",
    ),
    (
        "two algorithms",
        |sent| sent.query.push_str("&X-Amz-Algorithm=AWS4-HMAC-SHA256"),
        r#"read: Doubled("X-Amz-Algorithm")"#,
    ),
    (
        "two credentials",
        |sent| sent.query.push_str("&X-Amz-Credential="),
        r#"read: Doubled("X-Amz-Credential")"#,
    ),
    (
        "two dates",
        |sent| sent.query.push_str("&X-Amz-Date=20260102T030405Z"),
        r#"read: Doubled("X-Amz-Date")"#,
    ),
    (
        "two expiries",
        |sent| sent.query.push_str("&X-Amz-Expires=604800"),
        r#"read: Doubled("X-Amz-Expires")"#,
    ),
    (
        "two lists",
        |sent| sent.query.push_str("&X-Amz-SignedHeaders=host"),
        r#"read: Doubled("X-Amz-SignedHeaders")"#,
    ),
    (
        "two signatures",
        |sent| sent.query.push_str("&X-Amz-Signature=0"),
        r#"read: Doubled("X-Amz-Signature")"#,
    ),
    (
        "two expiries, one escaped",
        |sent| sent.query.push_str("&X%2dAmz-Expires=1"),
        r#"read: Doubled("X-Amz-Expires")"#,
    ),
    (
        "SHA-1",
        |sent| sent.query("HMAC-SHA256", "HMAC-SHA1"),
        r#"read: Parameter("X-Amz-Algorithm")"#,
    ),
    (
        "SigV4A",
        |sent| sent.query("HMAC-SHA256", "ECDSA-P256-SHA256"),
        r#"read: Parameter("X-Amz-Algorithm")"#,
    ),
    (
        "and a header",
        |sent| sent.headers.extend(Sent::with_date().headers.split_off(3)),
        "read: HeaderAndQuery",
    ),
    ("and a token", |sent| sent.add("authorization", "Bearer x"), "read: HeaderAndQuery"),
    ("and an empty header", |sent| sent.add("authorization", ""), "read: HeaderAndQuery"),
];

const REQUEST: &[Row] = &[
    ("another method", |sent| sent.method = "DELETE", "body: Mismatch"),
    ("another path", |sent| sent.path.push('/'), "body: Mismatch"),
    ("another host", |sent| sent.set("host", "other.example"), "body: Mismatch"),
    ("a body", |sent| sent.body.push(b'x'), "body: Mismatch"),
    ("one more parameter", |sent| sent.query.insert_str(0, "a=1&"), "body: Mismatch"),
    ("one more after the signature", |sent| sent.query.push_str("&a=1"), "body: Mismatch"),
    (
        "a token after the signature",
        |sent| sent.query.push_str("&X-Amz-Security-Token=t"),
        "body: Mismatch",
    ),
    (
        "a signature in lower case, too",
        |sent| sent.query.push_str("&x-amz-signature=0"),
        "body: Mismatch",
    ),
    ("one less", |sent| sent.query("empty=&", ""), "body: Mismatch"),
    (
        "x-amz-* that is not signed",
        |sent| sent.add("x-amz-date", "20260102T030405Z"),
        r#"head: UnsignedHeader("x-amz-date")"#,
    ),
    ("a header that needs no signature", |sent| sent.add("accept", "*/*"), "verified"),
];

const SCOPE: &[Row] = &[
    ("another key", |sent| sent.query("AKIDEXAMPLE", "AKIDOTHER"), "unknown key"),
    ("a slash in the key", |sent| sent.query("AKID", "AKID%2F"), "unknown key"),
    ("no key", |sent| sent.query("AKIDEXAMPLE", ""), r#"read: Parameter("X-Amz-Credential")"#),
    ("no text", |sent| sent.query("AKID", "%FF"), r#"read: Parameter("X-Amz-Credential")"#),
    ("another day", |sent| sent.query("E%2F20260102", "E%2F20260103"), "head: ScopeDate"),
    (
        "another region",
        |sent| sent.query("eu-west-1", "us-east-1"),
        r#"head: ScopeRegion("us-east-1")"#,
    ),
    (
        "another service",
        |sent| sent.query("execute-api", "s3"),
        r#"head: ScopeService("execute-api")"#,
    ),
    (
        "another terminator",
        |sent| sent.query("aws4_request", "x"),
        r#"read: Parameter("X-Amz-Credential")"#,
    ),
];

const LIST: &[Row] = &[
    ("another header", |sent| sent.query("s=host", "s=accept"), r#"head: UnsignedHeader("host")"#),
    (
        "one that is absent",
        |sent| sent.query("s=host", "s=accept%3Bhost"),
        r#"head: AbsentHeader("accept")"#,
    ),
    (
        "one twice",
        |sent| sent.query("s=host", "s=host%3Bhost"),
        r#"read: Parameter("X-Amz-SignedHeaders")"#,
    ),
    ("empty", |sent| sent.query("s=host", "s="), r#"read: Parameter("X-Amz-SignedHeaders")"#),
];

const SIGNATURE: &[Row] = &[
    ("another digit", |sent| sent.query("=ebc3", "=fbc3"), "body: Mismatch"),
    ("a digit less", |sent| sent.query("4241", "424"), "body: Mismatch"),
    ("a digit more", |sent| sent.query.push('0'), "body: Mismatch"),
    ("in upper case", |sent| sent.query("=ebc3", "=EBC3"), "body: Mismatch"),
    (
        "empty",
        |sent| sent.query.truncate(sent.query.len() - 64),
        r#"read: Parameter("X-Amz-Signature")"#,
    ),
    ("a space before it", |sent| sent.query("=ebc3", "=+ebc3"), "body: Mismatch"),
];

const EXPIRY: &[Row] = &[
    ("just in time", |sent| sent.age = 300, "verified"),
    ("a second late", |sent| sent.age = 301, "head: PresignedExpired"),
    ("in 300 s", |sent| sent.age = -300, "verified"),
    ("in 301 s", |sent| sent.age = -301, "head: NotYetCurrent"),
    ("a second more", |sent| sent.query("s=300", "s=301"), "body: Mismatch"),
    ("a week", |sent| sent.query("s=300", "s=604800"), "body: Mismatch"),
    (
        "a week and a second",
        |sent| sent.query("s=300", "s=604801"),
        r#"read: Parameter("X-Amz-Expires")"#,
    ),
    ("0 s", |sent| sent.query("s=300", "s=0"), r#"read: Parameter("X-Amz-Expires")"#),
    ("-1 s", |sent| sent.query("s=300", "s=-1"), r#"read: Parameter("X-Amz-Expires")"#),
    ("+300 s", |sent| sent.query("s=300", "s=%2B300"), r#"read: Parameter("X-Amz-Expires")"#),
    (
        "a space before it",
        |sent| sent.query("s=300", "s=+300"),
        r#"read: Parameter("X-Amz-Expires")"#,
    ),
    ("no number", |sent| sent.query("s=300", "s=5m"), r#"read: Parameter("X-Amz-Expires")"#),
    (
        "more than numbers hold",
        |sent| sent.query("s=300", "s=18446744073709551916"),
        r#"read: Parameter("X-Amz-Expires")"#,
    ),
    ("empty", |sent| sent.query("s=300", "s="), r#"read: Parameter("X-Amz-Expires")"#),
    ("date a second later", |sent| sent.query("0405Z", "0406Z"), "body: Mismatch"),
    ("date a day later", |sent| sent.query("=20260102T", "=20260103T"), "head: ScopeDate"),
    ("no date", |sent| sent.query("0405Z", "0465Z"), r#"read: Parameter("X-Amz-Date")"#),
];

const TOKEN: &[Row] = &[
    ("another token", |sent| sent.query("tok%2Fen", "token"), "body: Mismatch"),
    ("no token", |sent| sent.query("&X-Amz-Security-Token=tok%2Fen", ""), "body: Mismatch"),
    (
        "two tokens",
        |sent| sent.query.push_str("&X-Amz-Security-Token=t"),
        r#"read: Doubled("X-Amz-Security-Token")"#,
    ),
    (
        "a header, too",
        |sent| sent.add("x-amz-security-token", "tok/en"),
        r#"read: Doubled("X-Amz-Security-Token")"#,
    ),
];

#[test]
fn a_presigned_query_is_held_to_all_of_it() {
    for rows in [FORM, REQUEST, SCOPE, LIST, SIGNATURE, EXPIRY] {
        check(&Sent::presigned(), rows);
    }
    check(&Sent::presigned_with_token(), TOKEN);
}
