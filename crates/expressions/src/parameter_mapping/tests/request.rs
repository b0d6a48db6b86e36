use gatewright_types::limits::{MAPPED_BODY_BYTES_MAX, MAPPED_VALUE_BYTES_MAX};
use http::HeaderValue;

use super::{Sample, compile};

/// A value as it reaches an appended header; `None` when the key is skipped.
#[track_caller]
fn check_value(sample: &Sample, value: &str, expected: Option<&str>) {
    let sent = sample.map(&[("append:header.new", value)]);
    let expected = expected.map_or_else(String::new, |text| format!("[{text}]"));
    assert_eq!(sent.header("new"), expected, "{value}");
}

/// Section 8.3, line by line.
#[test]
fn values() {
    let rows = [
        ("$request.header.header1", Some("one")),
        ("$request.header.HEADER1", Some("one")),
        ("${request.header.header1}", Some("one")),
        ("$request.header.many", Some("a,b, c")),
        ("$request.header.empty", Some("")),
        ("$request.header.latin", Some("caf\u{e9}")),
        ("<${request.header.latin}>", Some("<caf\u{e9}>")),
        ("$request.header.nosuch", None),
        ("$request.querystring.q", Some("1,+ x")),
        ("$request.querystring.Q", Some("2")),
        ("$request.querystring.n[]", Some("5")),
        ("$request.querystring.empty", Some("")),
        ("$request.querystring.nosuch", None),
        ("$request.body.name", Some("Rex")),
        ("$request.body['name']", Some("Rex")),
        ("$request.body.tags[1]", Some("y")),
        ("$request.body.tags", Some(r#"["x","y"]"#)),
        ("$request.body.n", Some(r#"{"a":1}"#)),
        ("$request.body.n.a", Some("1")),
        ("$request.body.none", None),
        ("$request.body.nosuch", None),
        ("$request.path", Some("/pets/7/a b/c")),
        ("$request.path.id", Some("7")),
        ("$request.path.rest", Some("a b/c")),
        // Routes share integrations: a variable of another route's is nothing.
        ("$request.path.nosuch", None),
        ("$context.requestId", Some("JCJXri3_PHcEP_Q=")),
        ("$context.extendedRequestId", Some("JCJXri3_PHcEP_Q=")),
        ("$context.authorizer.claims.sub", Some("0a1b")),
        ("$context.authorizer.tenant", Some("blue")),
        ("$context.authorizer.empty", None),
        // Access logs print a dash; mappings do not.
        ("$context.authorizer.nosuch", None),
        ("$stageVariables.env", Some("prod")),
        ("$stageVariables.nosuch", None),
        ("static text", Some("static text")),
        ("", Some("")),
        ("''", Some("''")),
        // Mixed: what finds nothing leaves its place empty.
        ("${request.path.id} ${request.path.rest}", Some("7 a b/c")),
        ("a-${request.header.nosuch}-b", Some("a--b")),
        ("${request.header.nosuch}${context.authorizer.nosuch}", Some("")),
        ("${stageVariables.env}/${stageVariables.nosuch}", Some("prod/")),
        ("id=${context.requestId};", Some("id=JCJXri3_PHcEP_Q=;")),
        // No expressions.
        ("costs $5", Some("costs $5")),
        ("$5", Some("$5")),
        ("a $request.header.header1", Some("a $request.header.header1")),
        ("}{$ }", Some("}{$ }")),
    ];
    for (value, expected) in rows {
        check_value(&Sample::default(), value, expected);
    }
}

/// Sections 8.1 and 8.3: the order, and the recipe of the guide.
#[test]
fn headers_are_removed_overwritten_and_appended() {
    let sample = Sample::default();
    let renamed = sample.map(&[
        ("append:header.header2", "$request.header.header1"),
        ("remove:header.header1", "''"),
    ]);
    assert_eq!(
        (renamed.header("header1"), renamed.header("header2")),
        (String::new(), "[one]".to_owned())
    );

    let sent = sample.map(&[
        ("append:header.many", "appended"),
        ("overwrite:header.Many", "${request.header.many}!"),
        ("remove:header.MANY", "$this is not looked at ${"),
    ]);
    assert_eq!(sent.header("many"), "[a,b, c!][appended]");

    // 16, row 31: appending is one more line.
    let sent = sample.map(&[("append:header.header1", "two"), ("overwrite:header.host", "h")]);
    assert_eq!(
        (sent.header("header1"), sent.header("host")),
        ("[one][two]".to_owned(), "[h]".to_owned())
    );
    assert_eq!((sent.path, sent.query), (None, None));
}

#[test]
fn what_the_gateway_says_is_not_left_to_the_client() {
    let rows = [
        // A value: it replaces the client's.
        ("$context.authorizer.claims.sub", "[0a1b]"),
        // None: the client's goes all the same.
        ("$context.authorizer.claims.role", ""),
        ("$context.authorizer.empty", ""),
        ("$stageVariables.nosuch", ""),
        // What is the client's to say anyway: the key is skipped (8.3).
        ("$request.header.nosuch", "[forged]"),
        ("$request.querystring.nosuch", "[forged]"),
        ("$request.body.nosuch", "[forged]"),
        // A value that may not stand in a header.
        ("$context.authorizer.evil", ""),
        ("$request.body.line", ""),
        ("x${request.body.line}", ""),
    ];
    for (value, expected) in rows {
        let sent = Sample::default().map(&[("overwrite:header.x-user", value)]);
        assert_eq!(sent.header("x-user"), expected, "{value}");
    }
    let sent =
        Sample::default().map(&[("overwrite:querystring.user", "$context.authorizer.claims.role")]);
    assert_eq!(sent.query.as_deref(), Some("q=1&Q=2&q=%2B+x&empty=&n%5B%5D=5"));
    let sent = Sample::default().map(&[("append:header.x-user", "$context.authorizer.evil")]);
    assert_eq!(sent.header("x-user"), "[forged]");
    assert_eq!(sent.header("x-admin"), "");
}

#[track_caller]
fn check_query(query: Option<&'static str>, parameters: &[(&str, &str)], expected: Option<&str>) {
    let sample = Sample { query, ..Sample::default() };
    assert_eq!(sample.map(parameters).query.as_deref(), expected, "{query:?} {parameters:?}");
}

/// Section 8.1, query parameters.
#[test]
fn query_strings() {
    let remove = ("remove:querystring.a", "''");
    check_query(Some("a=1&b=2&a=3"), &[remove], Some("b=2"));
    check_query(Some("%61=1&A=2&b"), &[remove], Some("A=2&b"));
    check_query(Some("a"), &[remove], Some(""));
    check_query(None, &[remove], Some(""));
    check_query(Some("x=%zz&&y=%2f+%20"), &[remove], Some("x=%zz&&y=%2f+%20"));
    check_query(Some("&a=1&"), &[remove], Some("&"));

    let append = ("append:querystring.a", "n w");
    check_query(None, &[append], Some("a=n%20w"));
    check_query(Some(""), &[append], Some("a=n%20w"));
    check_query(Some("a=1"), &[append], Some("a=1&a=n%20w"));

    let overwrite = ("overwrite:querystring.a", "${request.header.header1}&b=2#%");
    check_query(Some("a=1&z=1&a=2"), &[overwrite], Some("z=1&a=one%26b%3D2%23%25"));
    check_query(Some("z=1"), &[overwrite, append, remove], Some("z=1&a=one%26b%3D2%23%25&a=n%20w"));
    check_query(Some("a=1"), &[("overwrite:querystring.a", "$request.header.nosuch")], None);
    check_query(Some("a=1"), &[("append:querystring.x", "$request.header.nosuch")], None);

    // Names with case, encoded where they must be.
    check_query(Some("A=1&a=2"), &[("overwrite:querystring.A", "3")], Some("a=2&A=3"));
    check_query(Some("n%5B%5D=1&n[]=2"), &[("overwrite:querystring.n[]", "3")], Some("n%5B%5D=3"));
    // What is not UTF-8 goes through as it is.
    check_query(
        Some("r=%FF%00"),
        &[("append:querystring.b", "$request.querystring.r")],
        Some("r=%FF%00&b=%FF%00"),
    );
    check_query(
        None,
        &[("append:querystring.b", "$stageVariables.host")],
        Some("b=h:80/x%3Fy%3D1%26z"),
    );
}

/// Section 8.5.
#[test]
fn paths() {
    let rows = [
        ("/fixed", Some("/fixed")),
        ("fixed", Some("/fixed")),
        ("", Some("/")),
        // A configured path may be encoded already.
        ("/a%20b/100%/é?x#y", Some("/a%20b/100%25/%C3%A9%3Fx%23y")),
        ("$request.path", Some("/pets/7/a%20b/c")),
        ("/v2/${request.path.rest}", Some("/v2/a%20b/c")),
        ("/v2/${request.querystring.q}", Some("/v2/1,+%20x")),
        ("/%${request.path.id}F", Some("/%257F")),
        ("${stageVariables.env}/${request.path.id}", Some("/prod/7")),
        ("$request.header.nosuch", None),
        ("/${request.header.nosuch}", Some("/")),
        ("$stageVariables.nosuch", None),
        ("$request.header.latin", Some("/caf%E9")),
        ("$context.authorizer.evil", Some("/a%0D%0Ax-admin:%201")),
    ];
    for (value, expected) in rows {
        let sent = Sample::default().map(&[("overwrite:path", value)]);
        assert_eq!(sent.path.as_deref(), expected, "{value}");
        assert_eq!(sent.query, None, "still forwarded");
    }
    let sample = Sample { variables: ["a?b=c#d%2F", ""], ..Sample::default() };
    let sent = sample.map(&[("overwrite:path", "/x/${request.path.id}")]);
    assert_eq!(sent.path.as_deref(), Some("/x/a%3Fb=c%23d%252F"));
}

/// Section 8.3: the body, and section 4: its bound.
#[test]
fn bodies() {
    let check = |body: &[u8], value: &str, expected: Option<&str>| {
        check_value(&Sample { body: body.to_vec(), ..Sample::default() }, value, expected);
    };
    check(b"whole text", "$request.body", Some("whole text"));
    check(b"\xff", "$request.body", Some("\u{ff}"));
    check(b"", "$request.body", None);
    check(b"a\nb", "$request.body", None);
    check(b"", "$request.body.a", None);
    check(b"{\"a\":1", "$request.body.a", None);
    check(b"{\"a\":\"\xff\"}", "$request.body.a", None);

    // White space before what is cut off, and before what decides.
    let padded = |start: &str, end: &str, bytes: usize| {
        [start, &" ".repeat(bytes - start.len() - end.len()), end].concat().into_bytes()
    };
    check(&padded("{\"a\":1}", "", MAPPED_BODY_BYTES_MAX + 1), "$request.body.a", Some("1"));
    check(&padded("{", "\"a\":1}", MAPPED_BODY_BYTES_MAX), "$request.body.a", Some("1"));
    check(&padded("{", "\"a\":1}", MAPPED_BODY_BYTES_MAX + 1), "$request.body.a", None);
}

#[test]
fn values_are_bounded() {
    let long = |bytes: usize| {
        let mut sample = Sample { body: vec![b'x'; bytes], ..Sample::default() };
        sample
            .headers
            .insert("long", HeaderValue::from_bytes(&vec![b'y'; bytes / 2]).expect("legal"));
        sample
    };
    for (bytes, kept) in [(MAPPED_VALUE_BYTES_MAX, true), (MAPPED_VALUE_BYTES_MAX + 2, false)] {
        for value in ["$request.body", "${request.header.long}${request.header.long}"] {
            let sent =
                long(bytes).map(&[("append:header.new", value), ("append:querystring.new", value)]);
            assert_eq!(sent.headers.contains_key("new"), kept, "{bytes} {value}");
            assert_eq!(sent.query.is_some(), kept, "{bytes} {value}");
        }
    }
}

/// Only a mapping that looks at the body makes the data plane wait for it.
#[test]
fn who_needs_the_body() {
    let rows = [
        (("append:header.a", "$request.body"), true),
        (("append:header.a", "x${request.body.a}"), true),
        (("overwrite:querystring.a", "$request.body[0]"), true),
        (("overwrite:path", "/${request.body.a}"), true),
        (("remove:header.a", "$request.body"), false),
        (("append:header.a", "$request.path"), false),
        (("append:header.a", "request.body"), false),
    ];
    for (entry, expected) in rows {
        assert_eq!(compile(&[entry]).expect("compiles").needs_body(), expected, "{entry:?}");
    }
}

/// performance.md 15: what is configured and what a client sent once is shared, not copied.
#[test]
fn lone_values_are_shared() {
    let sample = Sample::default();
    let sent = sample.map(&[("append:header.new", "$request.header.header1")]);
    assert_eq!(
        sent.headers["new"].as_bytes().as_ptr(),
        sample.headers["header1"].as_bytes().as_ptr()
    );
}
