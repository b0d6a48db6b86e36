//! Requests that are larger than they should be: the work is in proportion to their bytes, and what
//! multiplies is refused. (A listener refuses heads over 10,240 bytes before.)

use super::*;

const MEGABYTE: usize = 1024 * 1024;
const KILOBYTES_64: usize = 64 * 1024;
const NO_SIGNED_HEADERS: &str =
    r#"read: Authorization(MalformedAuthorization { missing: "SignedHeaders" })"#;

const HEADER: &[Row] = &[
    ("1 MB that is not signed", |sent| sent.add("x-a", &"a".repeat(MEGABYTE)), "verified"),
    (
        "1 MB that is signed",
        |sent| sent.set("x-amz-meta", " a".repeat(MEGABYTE / 2)),
        "body: Mismatch",
    ),
    (
        "10,000 headers that are not signed",
        |sent| (0..10_000).for_each(|index| sent.add(&format!("x-{index}"), "a")),
        "verified",
    ),
    (
        "10,000 values of a signed header",
        |sent| (0..10_000).for_each(|_| sent.add("x-amz-meta", "a")),
        "body: Mismatch",
    ),
    (
        "a signed list of 100 names",
        |sent| {
            let names = (0..96).map(|index| format!("x-{index};")).collect::<String>();
            (0..96).for_each(|index| sent.add(&format!("x-{index}"), "a"));
            sent.authorization("x-amz-meta", &format!("{names}x-amz-meta"));
        },
        "body: Mismatch",
    ),
    (
        "a signed list of 101 names",
        |sent| {
            let names = (0..97).map(|index| format!("x-{index};")).collect::<String>();
            (0..97).for_each(|index| sent.add(&format!("x-{index}"), "a"));
            sent.authorization("x-amz-meta", &format!("{names}x-amz-meta"));
        },
        NO_SIGNED_HEADERS,
    ),
    (
        "a signed list of 10,000 names",
        |sent| {
            let names = (0..10_000).map(|index| format!("x-{index};")).collect::<String>();
            sent.authorization("x-amz-meta", &format!("{names}x-amz-meta"));
        },
        NO_SIGNED_HEADERS,
    ),
    (
        "a name of a 1 MB header 10,000 times",
        |sent| {
            sent.add("x-a", &"a".repeat(MEGABYTE));
            sent.authorization("x-amz-meta", &format!("{}x-amz-meta", "x-a;".repeat(10_000)));
        },
        NO_SIGNED_HEADERS,
    ),
    (
        "10,000 parameters",
        |sent| sent.authorization("Credential", &format!("{}Credential", "a=b,".repeat(10_000))),
        "verified",
    ),
    (
        "1 MB of slashes",
        |sent| sent.authorization("AKIDEXAMPLE", &"/".repeat(MEGABYTE)),
        "unknown key",
    ),
    ("a path of 64 KB", |sent| sent.path.push_str(&"%".repeat(KILOBYTES_64)), "body: Mismatch"),
    ("a query of 64 KB", |sent| sent.query.push_str(&"&".repeat(KILOBYTES_64)), "verified"),
    (
        "a query of 10,000 names",
        |sent| sent.query.push_str(&"&a=+".repeat(10_000)),
        "body: Mismatch",
    ),
];

const QUERY: &[Row] = &[
    (
        "a list of 10,000 names",
        |sent| {
            let names = (0..10_000).map(|index| format!("x-{index}%3B")).collect::<String>();
            sent.query("s=host", &format!("s={names}host"));
        },
        r#"read: Parameter("X-Amz-SignedHeaders")"#,
    ),
    (
        "10,000 signatures",
        |sent| sent.query.push_str(&"&X-Amz-Signature=0".repeat(10_000)),
        r#"read: Doubled("X-Amz-Signature")"#,
    ),
    (
        "a token of 64 KB",
        |sent| {
            sent.query
                .push_str(&format!("&X-Amz-Security-Token={}", "%20".repeat(KILOBYTES_64 / 3)))
        },
        "body: Mismatch",
    ),
];

#[test]
fn size_costs_its_share() {
    check(&Sent::by_header(), HEADER);
    check(&Sent::presigned(), QUERY);
}
