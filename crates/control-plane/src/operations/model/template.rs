//! A sample mapping template out of a JSON schema, as API Gateway generates them
//! (`models-mappings`): the schema's properties with values of their types, to be replaced by what
//! the message holds.

use std::fmt::Write;

use gatewright_types::limits;
use serde_json::Value;

/// Deeper properties are left out, and with them what refers to itself.
const DEPTH_MAX: usize = 16;

/// The template; a schema that is empty or no object describes an empty one.
pub(super) fn of_schema(schema: &str) -> String {
    let root = serde_json::from_str(schema).unwrap_or(Value::Null);
    let mut text = String::from("#set($inputRoot = $input.path('$'))\n");
    write_value(&mut text, &root, &root, 0);
    text
}

fn write_value(text: &mut String, root: &Value, schema: &Value, depth: usize) {
    let schema = resolved(root, schema);
    let kind = schema.get("type").and_then(Value::as_str);
    // Many properties that refer to each other would make a text of any length.
    let bounded = depth < DEPTH_MAX && text.len() < limits::TEMPLATE_CHARS_MAX;
    match (kind, schema.get("properties").and_then(Value::as_object)) {
        (_, Some(properties)) if bounded => {
            let indent = "  ".repeat(depth);
            text.push('{');
            for (number, (name, property)) in properties.iter().enumerate() {
                text.push_str(if number == 0 { "\n" } else { ",\n" });
                let key = Value::from(name.as_str());
                // Writing to a String cannot fail.
                let _ = write!(text, "{indent}  {key} : ");
                write_value(text, root, property, depth + 1);
            }
            let _ = write!(text, "\n{indent}}}");
        }
        (Some("array"), _) if bounded => {
            let indent = "  ".repeat(depth);
            let _ = write!(text, "[\n{indent}#foreach($elem in $inputRoot)\n{indent}  ");
            write_value(text, root, schema.get("items").unwrap_or(&Value::Null), depth + 1);
            let _ = write!(text, "#if($foreach.hasNext),#end\n{indent}#end\n{indent}]");
        }
        (Some("string"), _) => text.push_str("\"foo\""),
        (Some("integer"), _) => text.push_str("42"),
        (Some("number"), _) => text.push_str("3.14"),
        (Some("boolean"), _) => text.push_str("true"),
        (Some("null"), _) => text.push_str("null"),
        _ => text.push_str("{}"),
    }
}

/// Follows a `$ref` within the schema, once: what it leads to says the rest.
fn resolved<'s>(root: &'s Value, schema: &'s Value) -> &'s Value {
    schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|reference| root.pointer(reference.strip_prefix('#')?))
        .unwrap_or(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(schema: &str, expected: &str) {
        assert_eq!(of_schema(schema), format!("#set($inputRoot = $input.path('$'))\n{expected}"));
    }

    #[test]
    fn properties_have_values_of_their_types() {
        check("", "{}");
        check("{}", "{}");
        check(r#"{"type": "string"}"#, "\"foo\"");
        check(
            r#"{"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}"#,
            "{\n  \"id\" : 42,\n  \"name\" : \"foo\"\n}",
        );
        check(
            r#"{"type": "array", "items": {"properties": {"a": {"type": "boolean"}}}}"#,
            "[\n#foreach($elem in $inputRoot)\n  {\n    \"a\" : true\n  }#if($foreach.hasNext),#end\n#end\n]",
        );
    }

    #[test]
    fn references_are_followed_and_end() {
        let schema = r##"{"definitions": {"pet": {"properties": {"name": {"type": "string"}}}},
            "properties": {"pet": {"$ref": "#/definitions/pet"}}}"##;
        check(schema, "{\n  \"pet\" : {\n    \"name\" : \"foo\"\n  }\n}");
        let names = (0..20).map(|n| format!(r##""p{n}": {{"$ref": "#"}}"##)).collect::<Vec<_>>();
        let itself = format!("{{\"properties\": {{{}}}}}", names.join(","));
        assert!(of_schema(&itself).len() < 4 * limits::TEMPLATE_CHARS_MAX);
    }
}
