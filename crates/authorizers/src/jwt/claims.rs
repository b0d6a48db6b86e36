//! A token's claims (RFC 7519 section 4): each name once.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde_json::Value;

/// Claims by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims(BTreeMap<String, Value>);

impl Claims {
    /// A claim as it stands in the token.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The scopes: `scope`, separated by spaces, or `scp`, a list or likewise. Whatever is not a
    /// text is none.
    pub(super) fn scopes(&self) -> Vec<String> {
        let texts = |value: &Value| match value {
            Value::String(text) => {
                text.split(' ').filter(|s| !s.is_empty()).map(str::to_owned).collect()
            }
            Value::Array(entries) => {
                entries.iter().filter_map(Value::as_str).map(str::to_owned).collect()
            }
            _ => Vec::new(),
        };
        match (self.get("scope"), self.get("scp")) {
            (Some(Value::String(scope)), _) => texts(&Value::String(scope.clone())),
            (_, Some(scp)) => texts(scp),
            _ => Vec::new(),
        }
    }

    /// Every claim as backends get it: a text. Numbers and Booleans as they are written, lists as Go
    /// prints them (`[a b]`), objects as JSON; null is left out.
    pub(super) fn rendered(&self) -> BTreeMap<String, String> {
        self.0
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| {
                let mut text = String::new();
                render(value, &mut text);
                (name.clone(), text)
            })
            .collect()
    }
}

fn render(value: &Value, text: &mut String) {
    match value {
        Value::String(string) => text.push_str(string),
        Value::Array(entries) => {
            text.push('[');
            for (index, entry) in entries.iter().enumerate() {
                if index > 0 {
                    text.push(' ');
                }
                render(entry, text);
            }
            text.push(']');
        }
        other => text.push_str(&other.to_string()),
    }
}

impl<'de> Deserialize<'de> for Claims {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Unique;

        impl<'de> Visitor<'de> for Unique {
            type Value = Claims;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("claims")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Claims, A::Error> {
                let mut claims = BTreeMap::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    // Two readers could see different tokens (RFC 7519 section 4).
                    if claims.insert(name, value).is_some() {
                        return Err(A::Error::custom("a claim comes twice"));
                    }
                }
                Ok(Claims(claims))
            }
        }

        deserializer.deserialize_map(Unique)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(text: &str) -> Claims {
        serde_json::from_str(text).expect("claims")
    }

    #[test]
    fn backends_get_texts() {
        let rendered = claims(
            r#"{"sub":"a","exp":1785675600,"email_verified":true,"cognito:groups":["admin","power user"],
            "n":null,"rate":1.5,"nested":{"a":[1,null]},"mixed":[1,true,["x"],{"k":"v"}],"empty":[]}"#,
        )
        .rendered();
        let expected = [
            ("cognito:groups", "[admin power user]"),
            ("email_verified", "true"),
            ("empty", "[]"),
            ("exp", "1785675600"),
            ("mixed", r#"[1 true [x] {"k":"v"}]"#),
            ("nested", r#"{"a":[1,null]}"#),
            ("rate", "1.5"),
            ("sub", "a"),
        ];
        let found = rendered.iter().map(|(name, text)| (&**name, &**text)).collect::<Vec<_>>();
        assert_eq!(found, expected);
    }

    #[test]
    fn scopes_are_texts() {
        let rows: [(&str, &[&str]); 9] = [
            (r#"{"scope":"a b  c"}"#, &["a", "b", "c"]),
            (r#"{"scp":["a","b c"]}"#, &["a", "b c"]),
            (r#"{"scp":"a b"}"#, &["a", "b"]),
            (r#"{"scope":"a","scp":["b"]}"#, &["a"]),
            (r#"{"scope":5,"scp":["b"]}"#, &["b"]),
            (r#"{"scope":["a"]}"#, &[]),
            (r#"{"scp":[5,"a",null]}"#, &["a"]),
            (r#"{"scp":{"a":1}}"#, &[]),
            ("{}", &[]),
        ];
        for (text, expected) in rows {
            assert_eq!(claims(text).scopes(), expected, "{text}");
        }
    }

    #[test]
    fn a_claim_that_comes_twice_is_none() {
        assert!(serde_json::from_str::<Claims>(r#"{"sub":"a","sub":"b"}"#).is_err());
        assert!(serde_json::from_str::<Claims>(r#"["sub"]"#).is_err());
    }
}
