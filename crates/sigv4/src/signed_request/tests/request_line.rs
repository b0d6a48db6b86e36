//! The method, the path and the query.

use super::*;

const METHOD: &[Row] = &[
    ("another", |sent| sent.method = "PUT", "body: Mismatch"),
    ("in lower case", |sent| sent.method = "post", "body: Mismatch"),
    ("none", |sent| sent.method = "", "body: Mismatch"),
];

const PATH: &[Row] = &[
    ("another stage", |sent| sent.path = "/dev/pets/a%2Fb".into(), "body: Mismatch"),
    ("another case", |sent| sent.path = "/Prod/pets/a%2Fb".into(), "body: Mismatch"),
    ("decoded slash", |sent| sent.path = "/prod/pets/a/b".into(), "body: Mismatch"),
    ("escape in lower case", |sent| sent.path = "/prod/pets/a%2fb".into(), "body: Mismatch"),
    ("encoded once more", |sent| sent.path = "/prod/pets/a%252Fb".into(), "body: Mismatch"),
    ("encoded letter", |sent| sent.path = "/prod/%70ets/a%2Fb".into(), "body: Mismatch"),
    ("slash at the end", |sent| sent.path.push('/'), "body: Mismatch"),
    ("two slashes", |sent| sent.path = "/prod//pets/a%2Fb".into(), "body: Mismatch"),
    ("two slashes first", |sent| sent.path = "//prod/pets/a%2Fb".into(), "body: Mismatch"),
    ("dot", |sent| sent.path = "/prod/./pets/a%2Fb".into(), "body: Mismatch"),
    ("dot at the end", |sent| sent.path.push_str("/."), "body: Mismatch"),
    ("two dots", |sent| sent.path = "/prod/x/../pets/a%2Fb".into(), "body: Mismatch"),
    ("two dots first", |sent| sent.path = "/../prod/pets/a%2Fb".into(), "body: Mismatch"),
    ("encoded dots", |sent| sent.path = "/prod/x/%2e%2e/pets/a%2Fb".into(), "body: Mismatch"),
    ("parameter of a segment", |sent| sent.path.push_str(";v=1"), "body: Mismatch"),
    ("query in the path", |sent| sent.path.push_str("%3Fa=1"), "body: Mismatch"),
    ("NUL", |sent| sent.path.push('\0'), "body: Mismatch"),
    ("none", |sent| sent.path.clear(), "body: Mismatch"),
];

const QUERY: &[Row] = &[
    ("other order", |sent| sent.query = "empty=&tag=a&tag=b%20c".into(), "verified"),
    ("escaped more than needed", |sent| sent.query("tag", "t%61g"), "verified"),
    ("space as +", |sent| sent.query("%20", "+"), "verified"),
    ("empty without =", |sent| sent.query("empty=", "empty"), "verified"),
    ("nothing between two &", |sent| sent.query("&", "&&"), "verified"),
    ("space as %2B", |sent| sent.query("%20", "%2B"), "body: Mismatch"),
    ("space encoded twice", |sent| sent.query("%20", "%2520"), "body: Mismatch"),
    ("one more", |sent| sent.query.push_str("&a=1"), "body: Mismatch"),
    ("one more, empty", |sent| sent.query.push_str("&="), "body: Mismatch"),
    ("one less", |sent| sent.query("&empty=", ""), "body: Mismatch"),
    ("none", |sent| sent.query.clear(), "body: Mismatch"),
    ("doubled", |sent| sent.query.push_str("&tag=a"), "body: Mismatch"),
    ("no longer doubled", |sent| sent.query("&tag=a", ""), "body: Mismatch"),
    ("values joined", |sent| sent.query("&tag=a", ",a"), "body: Mismatch"),
    ("value moved to another name", |sent| sent.query("tag=a", "empty=a"), "body: Mismatch"),
    ("name in another case", |sent| sent.query("tag", "Tag"), "body: Mismatch"),
    ("value in another case", |sent| sent.query("tag=a", "tag=A"), "body: Mismatch"),
    ("separated by ;", |sent| sent.query("&tag", ";tag"), "body: Mismatch"),
    ("encoded &", |sent| sent.query("&tag", "%26tag"), "body: Mismatch"),
    ("empty with a value", |sent| sent.query("empty=", "empty=0"), "body: Mismatch"),
    ("= in a value", |sent| sent.query("tag=a", "tag=a="), "body: Mismatch"),
    ("NUL", |sent| sent.query("tag=a", "tag=a%00"), "body: Mismatch"),
];

#[test]
fn what_was_asked_for_is_what_was_signed() {
    for rows in [METHOD, PATH, QUERY] {
        check(&Sent::by_header(), rows);
    }
}
