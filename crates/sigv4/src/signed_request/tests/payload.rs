//! The body, and the header that has its hash.

use super::*;

const BODY: &[Row] = &[
    ("another", |sent| sent.body[2] = b'N', "body: Mismatch"),
    ("truncated", |sent| sent.body.truncate(13), "body: Mismatch"),
    ("longer", |sent| sent.body.push(b'\n'), "body: Mismatch"),
    ("none", |sent| sent.body.clear(), "body: Mismatch"),
];

const HASHED: &[Row] = &[
    ("another body", |sent| sent.body[2] = b'N', "body: ContentHash"),
    ("body truncated", |sent| sent.body.truncate(13), "body: ContentHash"),
    ("body longer", |sent| sent.body.push(b'\n'), "body: ContentHash"),
    ("no body", |sent| sent.body.clear(), "body: ContentHash"),
    ("spaces around the hash", |sent| sent.value("x-amz-content-sha256").push(b' '), "verified"),
    // A wrong signature is told without the body.
    ("another path", |sent| sent.path.push('/'), "head: Mismatch"),
    (
        "another digit of the signature",
        |sent| sent.authorization("=3920", "=4920"),
        "head: Mismatch",
    ),
    (
        "another digit of the hash",
        |sent| sent.value("x-amz-content-sha256")[0] = b'4',
        "head: Mismatch",
    ),
    (
        "another body and its hash",
        |sent| {
            sent.body.clear();
            sent.set(
                "x-amz-content-sha256",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            );
        },
        "head: Mismatch",
    ),
    (
        "hash in upper case",
        |sent| sent.value("x-amz-content-sha256").make_ascii_uppercase(),
        "head: ContentHash",
    ),
    ("hash truncated", |sent| sent.value("x-amz-content-sha256").truncate(63), "head: ContentHash"),
    ("hash longer", |sent| sent.value("x-amz-content-sha256").push(b'0'), "head: ContentHash"),
    ("hash empty", |sent| sent.set("x-amz-content-sha256", ""), "head: ContentHash"),
    (
        "unsigned payload",
        |sent| sent.set("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        "head: UnsignedPayload",
    ),
    (
        "chunks that are signed",
        |sent| sent.set("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"),
        "head: UnsignedPayload",
    ),
    (
        "chunks that are not signed",
        |sent| sent.set("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
        "head: UnsignedPayload",
    ),
    (
        "unsigned payload in lower case",
        |sent| sent.set("x-amz-content-sha256", "unsigned-payload"),
        "head: ContentHash",
    ),
    (
        "two hashes",
        |sent| sent.add("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
        r#"read: Doubled("x-amz-content-sha256")"#,
    ),
    (
        "no hash",
        |sent| sent.remove("x-amz-content-sha256"),
        r#"head: AbsentHeader("x-amz-content-sha256")"#,
    ),
    (
        "a hash that is not signed",
        |sent| sent.authorization("x-amz-content-sha256;", ""),
        r#"head: UnsignedHeader("x-amz-content-sha256")"#,
    ),
];

#[test]
fn the_body_is_the_one_that_was_signed() {
    check(&Sent::by_header(), BODY);
    check(&Sent::with_hash(), HASHED);
}
