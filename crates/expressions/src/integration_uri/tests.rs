use gatewright_types::{Origin, Scheme};

use super::{IntegrationUri, IntegrationUriError, TargetPath};

fn compile(uri: &str, path_variables: &[&str]) -> Result<IntegrationUri, IntegrationUriError> {
    IntegrationUri::compile(uri, path_variables, |name| match name {
        "host" => Some("orders.internal:8080"),
        "version" => Some("v2"),
        _ => None,
    })
}

/// `uri` for a route with variables `a` and `rest`, whose values are given.
#[track_caller]
fn check(
    uri: &str,
    values: [&str; 2],
    appended: Option<&str>,
    query: Option<&str>,
    expected: &str,
) {
    let uri = compile(uri, &["a", "rest"]).expect("compiles");
    let mut target = String::new();
    let path = appended.map_or(TargetPath::Own, TargetPath::Appended);
    uri.target.write(&mut target, |index| values[index], path, query);
    assert_eq!(target, expected);
}

#[test]
fn a_replaced_path_leaves_the_query() {
    let uri = compile("http://h/a/{a}?x={a}", &["a"]).expect("compiles");
    let mut target = String::new();
    uri.target.write(&mut target, |_| "1 2", TargetPath::Replaced("/%20"), Some("y=3"));
    assert_eq!(target, "/%20?x=1%202&y=3");
}

#[test]
fn targets_are_filled_in() {
    check("http://h", ["", ""], None, None, "/");
    check("http://h/x/y", ["", ""], None, None, "/x/y");
    check("http://h/{a}", ["1", ""], None, None, "/1");
    check("http://h/p/{rest}", ["", "b/c"], None, None, "/p/b/c");
    check("http://h/{rest}", ["", ""], None, None, "/");
    check("http://h/x-{a}.json?k={a}&z=1", ["v", ""], None, None, "/x-v.json?k=v&z=1");
    check("http://h/${stageVariables.version}/x", ["", ""], None, None, "/v2/x");
}

#[test]
fn the_clients_query_follows_the_uris_own() {
    check("http://h/x", ["", ""], None, Some("q=1&q=2%20"), "/x?q=1&q=2%20");
    check("http://h/x?own=1", ["", ""], None, Some("q=1"), "/x?own=1&q=1");
    check("http://h/x", ["", ""], None, Some(""), "/x");
}

#[test]
fn a_default_route_appends_the_path() {
    check("http://h", ["", ""], Some("/store/checkout"), None, "/store/checkout");
    check("http://h/", ["", ""], Some("/store"), None, "/store");
    check("http://h/base", ["", ""], Some("/store"), Some("a=b"), "/base/store?a=b");
    check("http://h/", ["", ""], Some("//x"), None, "//x");
}

#[test]
fn what_a_request_brings_stays_in_its_place() {
    check("http://h/{a}", ["a b?c#d%\r\n", ""], None, None, "/a%20b%3Fc%23d%25%0D%0A");
    check("http://h/{a}", ["é", ""], None, None, "/%C3%A9");
    check("http://h/x?k={a}", ["1&admin=1+2;c", ""], None, None, "/x?k=1%26admin%3D1%2B2%3Bc");
    check("http://h/a%20b c", ["", ""], None, None, "/a%20b%20c");
}

#[test]
fn origins_are_read() {
    let rows = [
        ("http://Example.com/x", Scheme::Http, "example.com", 80, "example.com"),
        ("https://example.com", Scheme::Https, "example.com", 443, "example.com"),
        ("HTTP://10.0.0.1:8080?x", Scheme::Http, "10.0.0.1", 8080, "10.0.0.1:8080"),
        ("http://[::1]:90/", Scheme::Http, "::1", 90, "[::1]:90"),
        ("http://[2001:db8::1]", Scheme::Http, "2001:db8::1", 80, "[2001:db8::1]"),
        (
            "http://${stageVariables.host}/x",
            Scheme::Http,
            "orders.internal",
            8080,
            "orders.internal:8080",
        ),
    ];
    for (uri, scheme, host, port, authority) in rows {
        let uri = compile(uri, &[]).expect("compiles");
        assert_eq!(*uri.origin(), Origin { scheme, host: host.to_owned(), port });
        assert_eq!(uri.authority(), authority);
    }
}

#[test]
fn what_cannot_be_called_is_named() {
    use IntegrationUriError::{
        MissingStageVariable, NotHttp, UnknownPathVariable, VariableInAuthority,
    };
    let rows = [
        ("ftp://h", NotHttp),
        ("h/x", NotHttp),
        ("http://", NotHttp),
        ("http://h:99999", NotHttp),
        ("http://h:+80", NotHttp),
        ("http://user@h/", NotHttp),
        ("http://[::1/", NotHttp),
        ("http://h/{a", NotHttp),
        ("http://h/${stageVariables.x", NotHttp),
        ("http://${stageVariables.x}/", MissingStageVariable("x".to_owned())),
        ("http://h/{b}", UnknownPathVariable("b".to_owned())),
        ("http://{a}/x", VariableInAuthority),
    ];
    for (uri, error) in rows {
        assert_eq!(compile(uri, &["a"]), Err(error), "{uri}");
    }
}
