use super::methods::METHODS;
use super::*;

struct Routes {
    keys: Vec<&'static str>,
    table: RouteTable,
}

fn table(keys: &[&'static str]) -> Routes {
    Routes { keys: keys.to_vec(), table: RouteTable::new(&parsed(keys)) }
}

fn parsed(keys: &[&str]) -> Vec<HttpRouteKey> {
    keys.iter().map(|key| HttpRouteKey::parse(key).expect("a legal key")).collect()
}

/// `METHOD path` against a table: the route's key and the variables it binds.
fn check(routes: &Routes, request: &str, expected: Option<(&str, &[&str])>) {
    let (method, path) = request.split_once(' ').expect("method and path");
    let found = routes.table.find(method, path).map(|found| {
        let key = routes.keys[found.index];
        let count = HttpRouteKey::parse(key).expect("legal").variables().count();
        (key, (0..count).map(|index| found.variable(index)).collect::<Vec<_>>())
    });
    assert_eq!(
        found.as_ref().map(|(key, variables)| (*key, variables.as_slice())),
        expected,
        "{request}"
    );
}

#[test]
fn aws_worked_example() {
    let pets = table(&[
        "GET /pets/dog/1",
        "GET /pets/dog/{id}",
        "GET /pets/{proxy+}",
        "ANY /{proxy+}",
        "$default",
    ]);
    check(&pets, "GET /pets/dog/1", Some(("GET /pets/dog/1", &[])));
    check(&pets, "GET /pets/dog/2", Some(("GET /pets/dog/{id}", &["2"])));
    check(&pets, "GET /pets/cat/1", Some(("GET /pets/{proxy+}", &["cat/1"])));
    check(&pets, "POST /test/5", Some(("ANY /{proxy+}", &["test/5"])));
    check(&pets, "TRACE /test/5", None);
    check(&pets, "BREW /pets", None);
    check(&pets, "get /pets", None);
}

#[test]
fn precedence_is_kind_then_segments_then_method() {
    let routes = table(&[
        "ANY /a/b",
        "GET /a/{x}",
        "GET /{x}/b",
        "POST /a/{x}",
        "ANY /api/{proxy+}",
        "OPTIONS /{proxy+}",
        "GET /{a}/{b}/{c+}",
        "GET /a/{b}/c/{rest+}",
    ]);
    check(&routes, "GET /a/b", Some(("ANY /a/b", &[])));
    check(&routes, "GET /a/c", Some(("GET /a/{x}", &["c"])));
    check(&routes, "GET /z/b", Some(("GET /{x}/b", &["z"])));
    check(&routes, "PUT /a/c", None);
    check(&routes, "OPTIONS /api/x", Some(("ANY /api/{proxy+}", &["x"])));
    check(&routes, "OPTIONS /other", Some(("OPTIONS /{proxy+}", &["other"])));
    check(&routes, "GET /a/2/c/4/5", Some(("GET /a/{b}/c/{rest+}", &["2", "4/5"])));
    check(&routes, "GET /a/2/d/4", Some(("GET /{a}/{b}/{c+}", &["a", "2", "d/4"])));
}

#[test]
fn empty_segments_and_slashes() {
    let routes = table(&["GET /", "GET /pets", "GET /pets/{id}", "GET /metrics/{proxy+}"]);
    check(&routes, "GET /", Some(("GET /", &[])));
    check(&routes, "GET //", Some(("GET /", &[])));
    check(&routes, "GET //pets", Some(("GET /pets", &[])));
    check(&routes, "GET /pets/", None);
    check(&routes, "GET /pets//x", None);
    check(&routes, "GET /pets/x/", None);
    check(&routes, "GET /Pets", None);
    check(&routes, "GET /metrics", None);
    check(&routes, "GET /metrics/", Some(("GET /metrics/{proxy+}", &[""])));
    check(&routes, "GET /metrics//a", Some(("GET /metrics/{proxy+}", &["/a"])));
    check(&routes, "HEAD /pets", None);

    let proxy = table(&["ANY /{proxy+}"]);
    check(&proxy, "GET /", Some(("ANY /{proxy+}", &[""])));
    check(&proxy, "HEAD /a/b/", Some(("ANY /{proxy+}", &["a/b/"])));
    check(&proxy, "CONNECT /a", None);
    check(&table(&[]), "GET /", None);
}

/// The definition of section 2.2 as a list to search, to hold the tree against.
fn naive<'k>(keys: &[&'k str], method: &str, path: &str) -> Option<&'k str> {
    if !METHODS.iter().any(|(name, _)| *name == method) {
        return None;
    }
    let path = path.trim_start_matches('/');
    let requested = path.split('/').collect::<Vec<_>>();
    type Rank = (u8, Vec<u8>, u8);
    let mut best: Option<(Rank, &str)> = None;
    for key in keys {
        let rank = match HttpRouteKey::parse(key).expect("legal") {
            HttpRouteKey::Default => (2, Vec::new(), 0),
            HttpRouteKey::Path { method: wanted, segments } => {
                let any = wanted == RouteMethod::Any;
                let exact = METHODS.iter().any(|(name, m)| *name == method && *m == wanted);
                let root = segments.is_empty() && path.is_empty();
                if !(exact || any) || !(root || matches(&segments, &requested)) {
                    continue;
                }
                let kinds = segments
                    .iter()
                    .map(|segment| match segment {
                        PathSegment::Literal(_) => 0,
                        PathSegment::Variable(_) => 1,
                        PathSegment::Greedy(_) => 2,
                    })
                    .collect::<Vec<u8>>();
                (u8::from(kinds.contains(&2)), kinds, u8::from(any))
            }
        };
        if best.as_ref().is_none_or(|(best, _)| rank < *best) {
            best = Some((rank, key));
        }
    }
    best.map(|(_, key)| key)
}

fn matches(segments: &[PathSegment], requested: &[&str]) -> bool {
    match (segments.split_first(), requested.split_first()) {
        (None, None) => true,
        (Some((PathSegment::Greedy(_), _)), Some(_)) => true,
        (Some((PathSegment::Literal(text), segments)), Some((first, requested))) => {
            text == first && matches(segments, requested)
        }
        (Some((PathSegment::Variable(_), segments)), Some((first, requested))) => {
            !first.is_empty() && matches(segments, requested)
        }
        _ => false,
    }
}

#[test]
fn one_of_many_routes_is_found() {
    let keys = (0..1000)
        .flat_map(|number| {
            let methods = ["GET", "POST", "ANY"].iter().take(1 + number % 3);
            methods.map(move |method| format!("{method} /r{number}/items/{{id}}"))
        })
        .collect::<Vec<_>>();
    let table = RouteTable::new(&parsed(&keys.iter().map(String::as_str).collect::<Vec<_>>()));
    for number in 0..1000 {
        for (method, last) in [("GET", 0), ("POST", 1), ("PUT", 2)] {
            let path = format!("/r{number}/items/{number}");
            let found = table.find(method, &path);
            let key = found.as_ref().map(|found| &*keys[found.index]);
            let named = if method == "PUT" { "ANY" } else { method };
            let expected = format!("{named} /r{number}/items/{{id}}");
            assert_eq!(key, (number % 3 >= last).then_some(&*expected), "{method} {number}");
            assert!(found.is_none_or(|found| found.variable(0) == number.to_string()));
        }
    }
    assert!(table.find("GET", "/r1000/items/1").is_none());
}

/// Every table of up to four keys out of a small alphabet, drawn by a fixed generator.
#[test]
fn the_tree_agrees_with_the_definition() {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).expect("31 bits") % below
    };
    for round in 0..20_000 {
        let mut keys = Vec::new();
        for _ in 0..=draw(5) {
            let mut key = ["GET /", "ANY /", "POST /"][draw(3)].to_owned();
            let depth = draw(4);
            for level in 0..depth {
                if level > 0 {
                    key.push('/');
                }
                let kinds = if level + 1 == depth { 5 } else { 4 };
                key.push_str(["a", "b", "d", "{v}", "{g+}"][draw(kinds)]);
            }
            if draw(12) == 0 {
                key = "$default".to_owned();
            }
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let keys = keys.iter().map(String::as_str).collect::<Vec<_>>();
        let table = RouteTable::new(&parsed(&keys));
        let mut path = String::new();
        for _ in 0..=draw(4) {
            path.push('/');
            path.push_str(["a", "b", "c", "d", ""][draw(5)]);
        }
        let method = ["GET", "POST", "PUT", "TRACE"][draw(4)];
        let expected = naive(&keys, method, &path);
        let found = table.find(method, &path).map(|found| keys[found.index]);
        assert_eq!(found, expected, "round {round}: {method} {path} in {keys:?}");
    }
}
