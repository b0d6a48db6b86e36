use serde_json::value::RawValue;

use super::JsonPath;

const BODY: &str = r#"{
    "name": "Rex", "age": 4.50, "id": 12345678901234567890123, "good": true, "owner": null,
    "address": {"zip": "1010", "city": "Wien" , "a b": {"c.d": 1}},
    "tags": ["x", "y z", "\"q\" \\ \n é"], "empty": [], "text": "",
    "pets": [{"id": 1, "n": "a"}, {"id": 2}, {"x": 3}], "n": 1, "n": 2
}"#;

fn find(path: &str, body: &str) -> Option<String> {
    let document = serde_json::from_str::<&RawValue>(body).expect("JSON");
    let mut out = b"kept ".to_vec();
    JsonPath::parse(path).expect(path).write(document, &mut out)?;
    Some(String::from_utf8(out.split_off(5)).expect("text"))
}

/// Section 8.3: JSON results.
#[test]
fn values_are_found_and_written() {
    let rows = [
        (".name", Some("Rex")),
        ("['name']", Some("Rex")),
        ("[\"name\"]", Some("Rex")),
        // A number keeps its spelling.
        (".age", Some("4.50")),
        (".id", Some("12345678901234567890123")),
        (".good", Some("true")),
        // null: nothing.
        (".owner", None),
        (".text", Some("")),
        (".address", Some(r#"{"zip":"1010","city":"Wien","a b":{"c.d":1}}"#)),
        (".address.zip", Some("1010")),
        (".address['a b']['c.d']", Some("1")),
        (".tags", Some(r#"["x","y z","\"q\" \\ \n é"]"#)),
        (".tags[0]", Some("x")),
        (".tags[1]", Some("y z")),
        (".tags[2]", Some("\"q\" \\ \n é")),
        (".tags[-1]", Some("\"q\" \\ \n é")),
        (".tags[3]", None),
        (".tags[-4]", None),
        (".tags[*]", Some(r#"["x","y z","\"q\" \\ \n é"]"#)),
        (".empty", Some("[]")),
        (".empty[*]", None),
        (".pets[*].id", Some("[1,2]")),
        (".pets[*].nosuch", None),
        (".pets[0].*", Some(r#"[1,"a"]"#)),
        (".pets[*][*]", Some(r#"[1,"a",2,3]"#)),
        (".address.*.zip", None),
        (".n", Some("2")),
        // Another kind than the step asks for.
        (".name.x", None),
        (".name[0]", None),
        (".tags.x", None),
        (".address[0]", None),
        (".nosuch.x", None),
    ];
    for (path, expected) in rows {
        assert_eq!(find(path, BODY).as_deref(), expected, "{path}");
    }
    assert_eq!(find("[1].a", r#"[0, {"a": "b"}]"#).as_deref(), Some("b"));
    assert_eq!(find("[0]", "7"), None);
    assert_eq!(find(".\u{e9}-x", "{\"\u{e9}-x\":1}").as_deref(), Some("1"));
    let half = r#"{"\ud800": 1, "a": "\ud800", "b": 2}"#;
    assert_eq!((find(".b", half), find("[*]", half)), (None, None));
    assert_eq!(find(".a", r#"{"a": "\ud800"}"#), None);
    assert_eq!(find(".a", "{\"\\u0061\": \"\\u00e9\"}").as_deref(), Some("é"));
}

#[test]
fn what_is_no_path_is_named() {
    let rows = [
        (
            ".a..b",
            "no name (recursive descent is not supported) at character 3 of the path \".a..b\"",
        ),
        (".", "no name (recursive descent is not supported) at character 1 of the path \".\""),
        ("é", "neither a dot nor a bracket at character 1 of the path \"é\""),
        (
            ".é[?(@.x)]",
            "a filter, which is not supported at character 3 of the path \".é[?(@.x)]\"",
        ),
        ("[0:2]", "a slice or union, which is not supported at character 1 of the path \"[0:2]\""),
        ("[0,1]", "a slice or union, which is not supported at character 1 of the path \"[0,1]\""),
        ("[]", "no index at character 1 of the path \"[]\""),
        ("[-]", "no index at character 1 of the path \"[-]\""),
        ("[x]", "no index at character 1 of the path \"[x]\""),
        ("[+1]", "no index at character 1 of the path \"[+1]\""),
        (
            "[99999999999]",
            "an index that is too large at character 1 of the path \"[99999999999]\"",
        ),
        ("[0", "a bracket that is not closed at character 1 of the path \"[0\""),
        ("['a", "a quote that is not closed at character 1 of the path \"['a\""),
        ("['a'x]", "a bracket that is not closed at character 1 of the path \"['a'x]\""),
        (".a b", "a name that needs brackets and quotes at character 1 of the path \".a b\""),
        (
            ".length()",
            "a name that needs brackets and quotes at character 1 of the path \".length()\"",
        ),
        (".a]", "a name that needs brackets and quotes at character 1 of the path \".a]\""),
    ];
    for (path, message) in rows {
        assert_eq!(JsonPath::parse(path).expect_err(path).to_string(), message);
    }
}

/// 100 KB of brackets take no stack.
#[test]
fn hostile_documents_cost_a_reading_a_step() {
    let depth = 50_000;
    let nested = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(find("[0][0][0]", &nested).map(|text| text.len()), Some(2 * (depth - 3)));
    assert_eq!(find("[*][*]", &nested).map(|text| text.len()), Some(2 * (depth - 2) + 2));
    let wide = format!("[{}0]", "0,".repeat(depth));
    assert_eq!(find("[-1]", &wide).as_deref(), Some("0"));
}
