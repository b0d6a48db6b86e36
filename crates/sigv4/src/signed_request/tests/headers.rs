//! The headers, and the list of those that are signed.

use super::*;

const VALUES: &[Row] = &[
    ("other order", |sent| sent.headers.reverse(), "verified"),
    ("spaces", |sent| sent.set("x-amz-meta", "  one \t two "), "verified"),
    ("one that needs no signature", |sent| sent.add("user-agent", "x"), "verified"),
    ("another value", |sent| sent.set("content-type", "text/html"), "body: Mismatch"),
    ("value in another case", |sent| sent.set("x-amz-meta", "One two"), "body: Mismatch"),
    ("no value", |sent| sent.set("x-amz-meta", ""), "body: Mismatch"),
    ("no space", |sent| sent.set("x-amz-meta", "onetwo"), "body: Mismatch"),
    ("value that is no text", |sent| sent.set("x-amz-meta", b"one two\xff"), "body: Mismatch"),
    ("two values", |sent| sent.add("content-type", "text/html"), "body: Mismatch"),
    ("the same value twice", |sent| sent.add("x-amz-meta", "one two"), "body: Mismatch"),
    ("signed and gone", |sent| sent.remove("x-amz-meta"), r#"head: AbsentHeader("x-amz-meta")"#),
    (
        "signed and gone, not x-amz-*",
        |sent| sent.remove("content-type"),
        r#"head: AbsentHeader("content-type")"#,
    ),
    (
        "x-amz-* that is not signed",
        |sent| sent.add("x-amz-acl", "public-read"),
        r#"head: UnsignedHeader("x-amz-acl")"#,
    ),
    (
        "token that is not signed",
        |sent| sent.add("x-amz-security-token", "t"),
        r#"head: UnsignedHeader("x-amz-security-token")"#,
    ),
    (
        "two tokens",
        |sent| {
            sent.add("x-amz-security-token", "t");
            sent.add("x-amz-security-token", "t");
        },
        r#"read: Doubled("x-amz-security-token")"#,
    ),
];

const HOST: &[Row] = &[
    ("another", |sent| sent.set("host", "other.example"), "body: Mismatch"),
    (
        "another API's",
        |sent| sent.set("host", "z9y8x7.execute-api.eu-west-1.amazonaws.com"),
        "body: Mismatch",
    ),
    ("with its port", |sent| sent.value("host").extend(b":443"), "body: Mismatch"),
    ("with a dot", |sent| sent.value("host").push(b'.'), "body: Mismatch"),
    ("in upper case", |sent| sent.value("host").make_ascii_uppercase(), "body: Mismatch"),
    ("none", |sent| sent.remove("host"), r#"head: AbsentHeader("host")"#),
    ("two", |sent| sent.add("host", "other.example"), r#"read: Doubled("host")"#),
    (
        "the same twice",
        |sent| sent.add("host", "a1b2c3.execute-api.eu-west-1.amazonaws.com"),
        r#"read: Doubled("host")"#,
    ),
];

const LIST: &[Row] = &[
    ("without host", |sent| sent.authorization("host;", ""), r#"head: UnsignedHeader("host")"#),
    (
        "without x-amz-date",
        |sent| sent.authorization("x-amz-date;", ""),
        r#"head: UnsignedHeader("x-amz-date")"#,
    ),
    (
        "without another x-amz-*",
        |sent| sent.authorization(";x-amz-meta", ""),
        r#"head: UnsignedHeader("x-amz-meta")"#,
    ),
    ("without content-type", |sent| sent.authorization("content-type;", ""), "body: Mismatch"),
    (
        "one more that is there",
        |sent| {
            sent.add("accept", "");
            sent.authorization("=content-type", "=accept;content-type");
        },
        "body: Mismatch",
    ),
    (
        "one more that is absent",
        |sent| sent.authorization("=content-type", "=accept;content-type"),
        r#"head: AbsentHeader("accept")"#,
    ),
    (
        "other order",
        |sent| sent.authorization("content-type;host", "host;content-type"),
        "body: Mismatch",
    ),
    ("in upper case", |sent| sent.authorization("host", "Host"), r#"head: UnsignedHeader("host")"#),
    (
        "with a space",
        |sent| sent.authorization("host;", "host ;"),
        r#"head: UnsignedHeader("host")"#,
    ),
    ("an empty name", |sent| sent.authorization("host;", "host;;"), r#"head: AbsentHeader("")"#),
    (
        "a name twice",
        |sent| sent.authorization("host;", "host;host;"),
        r#"read: Authorization(MalformedAuthorization { missing: "SignedHeaders" })"#,
    ),
    (
        "empty",
        |sent| sent.authorization("content-type;host;x-amz-date;x-amz-meta", ""),
        r#"read: Authorization(MalformedAuthorization { missing: "SignedHeaders" })"#,
    ),
];

#[test]
fn what_must_be_signed_is_signed_and_there() {
    for rows in [VALUES, HOST, LIST] {
        check(&Sent::by_header(), rows);
    }
}
