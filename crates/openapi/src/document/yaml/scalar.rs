//! What a scalar is, by its tag, its style and its spelling.

use saphyr_parser::{ScalarStyle, Tag};

use crate::document::Node;

pub(super) fn scalar(text: String, style: ScalarStyle, tag: Option<&Tag>) -> Node {
    match tag {
        Some(tag) if tag.is_yaml_core_schema() && tag.suffix != "str" => plain(text),
        None if style == ScalarStyle::Plain => plain(text),
        Some(_) | None => Node::Text(text),
    }
}

/// `!!str` and its kind, and `!`, which says that a scalar is a text.
pub(super) fn is_known(tag: &Tag) -> bool {
    tag.is_yaml_core_schema() || (tag.handle.is_empty() && tag.suffix == "!")
}

/// Of CloudFormation, most likely, which whoever imports has to resolve first.
pub(super) fn unknown_tag(tag: &Tag) -> String {
    format!("the tag {tag} is unknown")
}

/// What an unquoted scalar is (YAML 1.2.2 section 10.3.2).
fn plain(text: String) -> Node {
    match text.as_str() {
        "" | "~" | "null" | "Null" | "NULL" => Node::Null,
        "true" | "True" | "TRUE" => Node::Boolean(true),
        "false" | "False" | "FALSE" => Node::Boolean(false),
        _ if is_number(&text) => Node::Number(text),
        _ => Node::Text(text),
    }
}

fn is_number(text: &str) -> bool {
    let digits = |rest: &str, digit: fn(u8) -> bool| !rest.is_empty() && rest.bytes().all(digit);
    if let Some(octal) = text.strip_prefix("0o") {
        return digits(octal, |byte| matches!(byte, b'0'..=b'7'));
    }
    if let Some(hexadecimal) = text.strip_prefix("0x") {
        return digits(hexadecimal, |byte| byte.is_ascii_hexdigit());
    }
    // The alphabet first: Rust's own reading also knows `inf` and `nan`.
    text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && text.parse::<f64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn scalars_follow_the_core_schema_and_keep_their_spelling() {
        let rows = [
            ("2.0", r#"Number("2.0")"#),
            ("1.10", r#"Number("1.10")"#),
            ("-5", r#"Number("-5")"#),
            ("0x1F", r#"Number("0x1F")"#),
            ("1e400", r#"Number("1e400")"#),
            (".inf", r#"Text(".inf")"#),
            ("'2.0'", r#"Text("2.0")"#),
            ("! 2.0", r#"Text("2.0")"#),
            ("!!str 2.0", r#"Text("2.0")"#),
            ("2017-04-21T04:08:08Z", r#"Text("2017-04-21T04:08:08Z")"#),
            ("1.2.3", r#"Text("1.2.3")"#),
            ("yes", r#"Text("yes")"#),
            ("True", "Boolean(true)"),
            ("~", "Null"),
            ("\"\\u00e9\"", "Text(\"é\")"),
            ("|\n  a\n  b\n", r#"Text("a\nb\n")"#),
            ("200: a", r#"Map({"200": Text("a")})"#),
        ];
        for (text, expected) in rows {
            assert_eq!(format!("{:?}", parse(text).expect(text)), expected, "{text}");
        }
    }
}
