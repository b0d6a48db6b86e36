//! A document to be written: objects whose members keep their order, and JSON.

/// A value.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<Value>),
    Object(Object),
}

/// An object; members are set once each.
#[derive(Debug, Default)]
pub(super) struct Object(Vec<(String, Value)>);

impl Object {
    pub(super) fn set(&mut self, name: impl Into<String>, value: impl Into<Value>) {
        self.0.push((name.into(), value.into()));
    }

    pub(super) fn set_some(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn members(&self) -> &[(String, Value)] {
        &self.0
    }
}

/// Indented JSON.
pub(super) fn json(document: &Object) -> String {
    let mut text = String::new();
    write_object(document, 0, &mut text);
    text.push('\n');
    text
}

fn write(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Text(value) => text.push_str(&quoted(value)),
        Value::Integer(value) => text.push_str(&value.to_string()),
        Value::Boolean(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Object(object) => write_object(object, depth, text),
        Value::List(items) if items.is_empty() => text.push_str("[]"),
        Value::List(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                new_line(index > 0, depth + 1, text);
                write(item, depth + 1, text);
            }
            new_line(false, depth, text);
            text.push(']');
        }
    }
}

fn write_object(object: &Object, depth: usize, text: &mut String) {
    if object.is_empty() {
        text.push_str("{}");
        return;
    }
    text.push('{');
    for (index, (name, value)) in object.members().iter().enumerate() {
        new_line(index > 0, depth + 1, text);
        text.push_str(&quoted(name));
        text.push_str(": ");
        write(value, depth + 1, text);
    }
    new_line(false, depth, text);
    text.push('}');
}

fn new_line(after_comma: bool, depth: usize, text: &mut String) {
    text.push_str(if after_comma { ",\n" } else { "\n" });
    text.extend(std::iter::repeat_n("  ", depth));
}

/// A text in double quotes, as JSON and YAML alike read it: what YAML calls not printable (YAML
/// 1.2.2 section 5.1) is escaped, and all of that lies in the range of JSON's four digits.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            ' '..='~' | '\u{a0}'..='\u{fffd}' | '\u{10000}'.. if !breaks_line(character) => {
                quoted.push(character);
            }
            other => quoted.push_str(&format!("\\u{:04x}", u32::from(other))),
        }
    }
    quoted.push('"');
    quoted
}

/// Line breaks of YAML 1.1, and the byte order mark.
fn breaks_line(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Integer(integer)
    }
}

impl From<bool> for Value {
    fn from(boolean: bool) -> Self {
        Self::Boolean(boolean)
    }
}

impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Self::List(items)
    }
}

impl From<&[String]> for Value {
    fn from(texts: &[String]) -> Self {
        Self::List(texts.iter().map(|text| text.as_str().into()).collect())
    }
}

impl From<Object> for Value {
    fn from(object: Object) -> Self {
        Self::Object(object)
    }
}

impl From<&std::collections::BTreeMap<String, String>> for Value {
    fn from(map: &std::collections::BTreeMap<String, String>) -> Self {
        Self::Object(Object(
            map.iter().map(|(name, value)| (name.clone(), value.as_str().into())).collect(),
        ))
    }
}
