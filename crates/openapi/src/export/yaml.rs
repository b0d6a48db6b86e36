//! A document as YAML: block style, every text value in double quotes, as AWS writes it.
//!
//! Written by hand, since the parser we have writes nothing: with every value quoted there is one
//! question left, whether a key may stand plain.

use super::output::{Object, Value, quoted};

pub(super) fn write(document: &Object) -> String {
    let mut text = String::new();
    write_members(document, 0, &mut text);
    text
}

/// Writes an object's members, each on its line but for the first, whose line has begun.
fn write_members(object: &Object, depth: usize, text: &mut String) {
    for (index, (name, value)) in object.members().iter().enumerate() {
        if index > 0 {
            indent(depth, text);
        }
        let key = key(name);
        // A longer key has to announce itself (YAML 1.2.2 section 8.2.2).
        if key.len() > IMPLICIT_KEY_BYTES_MAX {
            text.push_str("? ");
            text.push_str(&key);
            text.push('\n');
            indent(depth, text);
        } else {
            text.push_str(&key);
        }
        text.push(':');
        write_value(value, depth, text);
    }
}

const IMPLICIT_KEY_BYTES_MAX: usize = 1000;

fn write_value(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(object) if !object.is_empty() => {
            text.push('\n');
            indent(depth + 1, text);
            write_members(object, depth + 1, text);
        }
        Value::List(items) if !items.is_empty() => {
            text.push('\n');
            for item in items {
                indent(depth, text);
                text.push('-');
                write_item(item, depth, text);
            }
        }
        _ => write_scalar(value, text),
    }
}

fn write_item(item: &Value, depth: usize, text: &mut String) {
    match item {
        Value::Object(object) if !object.is_empty() => {
            text.push(' ');
            write_members(object, depth + 1, text);
        }
        _ => write_value(item, depth + 1, text),
    }
}

fn write_scalar(value: &Value, text: &mut String) {
    text.push(' ');
    match value {
        Value::Text(value) => text.push_str(&quoted(value)),
        Value::Integer(value) => text.push_str(&value.to_string()),
        Value::Boolean(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::List(_) => text.push_str("[]"),
        Value::Object(_) => text.push_str("{}"),
    }
    text.push('\n');
}

fn indent(depth: usize, text: &mut String) {
    text.extend(std::iter::repeat_n("  ", depth));
}

/// A key is plain if nobody can take it for anything but a text, in YAML 1.1 either: `/pets/{id}`
/// and `$default` are, `200` and `yes` are not.
fn key(name: &str) -> String {
    let begins =
        name.starts_with(|first: char| first.is_ascii_alphabetic() || "/$".contains(first));
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/$_.{}+-".contains(&byte);
    if begins && name.bytes().all(plain) && !is_reserved(name) {
        name.to_owned()
    } else {
        quoted(name)
    }
}

fn is_reserved(name: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    WORDS.iter().any(|word| name.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Node;

    #[test]
    fn keys_are_plain_where_nothing_else_can_be_meant() {
        let rows = [
            ("/pets/{id}", "/pets/{id}"),
            ("/{proxy+}", "/{proxy+}"),
            ("/$default", "/$default"),
            ("x-amazon-apigateway-any-method", "x-amazon-apigateway-any-method"),
            ("200", "\"200\""),
            ("1.0", "\"1.0\""),
            ("yes", "\"yes\""),
            ("Null", "\"Null\""),
            ("~", "\"~\""),
            ("", "\"\""),
            ("a: b", "\"a: b\""),
            ("append:header.x", "\"append:header.x\""),
            ("<<", "\"<<\""),
            ("/it's", "\"/it's\""),
            ("{x}", "\"{x}\""),
            ("-", "\"-\""),
            ("é", "\"é\""),
        ];
        for (name, expected) in rows {
            assert_eq!(key(name), expected, "{name}");
        }
    }

    #[test]
    fn every_character_and_any_length_is_read_back() {
        // The thousands that nobody escapes are thinned out.
        let all = (char::MIN..=char::MAX)
            .filter(|&c| c < '\u{3000}' || u32::from(c) % 61 == 0 || c > '\u{10fff0}');
        let text = all.chain(['\u{fffe}', '\u{ffff}', '\u{feff}']).collect::<String>();
        for name in [text.as_str(), "long ".repeat(1000).as_str()] {
            let mut inner = Object::default();
            inner.set(name, name);
            let mut document = Object::default();
            document.set(name, vec![inner.into()]);
            let inner = Node::Map([(name.to_owned(), Node::Text(name.to_owned()))].into());
            let expected = Node::Map([(name.to_owned(), Node::List(vec![inner]))].into());
            for written in [write(&document), super::super::output::json(&document)] {
                assert!(Node::parse(&written).expect("parses") == expected);
            }
        }
    }
}
