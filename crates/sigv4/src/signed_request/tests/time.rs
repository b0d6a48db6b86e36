//! When a request was signed.

use super::*;

const CLOCK: &[Row] = &[
    ("299 s ago", |sent| sent.age = 299, "verified"),
    ("300 s ago", |sent| sent.age = 300, "verified"),
    ("301 s ago", |sent| sent.age = 301, "head: Expired"),
    ("a year ago", |sent| sent.age = 31_536_000, "head: Expired"),
    ("in 299 s", |sent| sent.age = -299, "verified"),
    ("in 300 s", |sent| sent.age = -300, "verified"),
    ("in 301 s", |sent| sent.age = -301, "head: NotYetCurrent"),
];

const X_AMZ_DATE: &[Row] = &[
    ("a second later", |sent| sent.set("x-amz-date", "20260102T030406Z"), "body: Mismatch"),
    ("a day later", |sent| sent.set("x-amz-date", "20260103T030405Z"), "head: ScopeDate"),
    (
        "a day later, and so is the scope",
        |sent| {
            sent.set("x-amz-date", "20260103T030405Z");
            sent.authorization("20260102", "20260103");
            sent.age = 86_400;
        },
        "body: Mismatch",
    ),
    (
        "the last there is",
        |sent| {
            sent.set("x-amz-date", "99991231T235959Z");
            sent.authorization("20260102", "99991231");
        },
        "head: NotYetCurrent",
    ),
    (
        "the first there is",
        |sent| {
            sent.set("x-amz-date", "00000101T000000Z");
            sent.authorization("20260102", "00000101");
        },
        "head: Expired",
    ),
    ("no date", |sent| sent.set("x-amz-date", "yesterday"), "head: NoDate"),
    ("no such day", |sent| sent.set("x-amz-date", "20260230T030405Z"), "head: NoDate"),
    ("another form", |sent| sent.set("x-amz-date", "2026-01-02T03:04:05Z"), "head: NoDate"),
    ("no text", |sent| sent.set("x-amz-date", b"\xff"), "head: NoDate"),
    ("empty", |sent| sent.set("x-amz-date", ""), "head: NoDate"),
    ("none", |sent| sent.remove("x-amz-date"), "head: NoDate"),
    ("two", |sent| sent.add("x-amz-date", "20260102T030405Z"), r#"read: Doubled("x-amz-date")"#),
    (
        "none, but a date",
        |sent| {
            sent.remove("x-amz-date");
            sent.add("date", "Fri, 02 Jan 2026 03:04:05 GMT");
        },
        r#"head: AbsentHeader("x-amz-date")"#,
    ),
    ("another date", |sent| sent.add("date", "Thu, 01 Jan 1970 00:00:00 GMT"), "verified"),
];

const DATE: &[Row] = &[
    ("301 s ago", |sent| sent.age = 301, "head: Expired"),
    ("in another form", |sent| sent.set("date", "Fri, 02 Jan 2026 03:04:05 GMT"), "body: Mismatch"),
    ("a second later", |sent| sent.set("date", "Fri, 02 Jan 2026 03:04:06 GMT"), "body: Mismatch"),
    ("another weekday", |sent| sent.set("date", "Thu, 02 Jan 2026 03:04:05 GMT"), "head: NoDate"),
    ("another zone", |sent| sent.set("date", "Fri, 02 Jan 2026 03:04:05 +0100"), "head: NoDate"),
    ("an obsolete form", |sent| sent.set("date", "Fri Jan  2 03:04:05 2026"), "head: NoDate"),
    ("none", |sent| sent.remove("date"), "head: NoDate"),
    ("two", |sent| sent.add("date", "Fri, 02 Jan 2026 03:04:05 GMT"), "head: NoDate"),
    (
        "and x-amz-date",
        |sent| sent.add("x-amz-date", "20260102T030405Z"),
        r#"head: UnsignedHeader("x-amz-date")"#,
    ),
    ("and no x-amz-date", |sent| sent.add("x-amz-date", "never"), "head: NoDate"),
];

#[test]
fn a_request_was_signed_about_now() {
    check(&Sent::by_header(), CLOCK);
    check(&Sent::by_header(), X_AMZ_DATE);
    check(&Sent::with_date(), DATE);
}
