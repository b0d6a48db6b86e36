//! JSON for structures, taken by its word: serde would read an array as a structure's members in
//! order, and an object with one member as the name of an enum's variant.

use serde::de::value::StringDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error as _, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Map, Value};

/// No database keeps it in a text.
const NUL: &str = "the character U+0000 is not allowed";

/// Deserializes a value strictly.
#[derive(Debug)]
pub(crate) struct StrictJson(pub(crate) Value);

impl<'de> Deserializer<'de> for StrictJson {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => visitor.visit_seq(StrictItems(items.into_iter())),
            Value::Object(members) => visitor.visit_map(StrictMembers::new(members)),
            Value::String(text) if text.contains('\0') => Err(Error::custom(NUL)),
            scalar => scalar.deserialize_any(visitor),
        }
    }

    /// `null` is a member that is not there.
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(_) => Err(Error::invalid_type(Unexpected::Seq, &visitor)),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let unexpected = match self.0 {
            Value::String(name) => {
                let name: StringDeserializer<Error> = name.into_deserializer();
                return visitor.visit_enum(name);
            }
            Value::Null => Unexpected::Unit,
            Value::Bool(value) => Unexpected::Bool(value),
            Value::Number(_) => Unexpected::Other("number"),
            Value::Array(_) => Unexpected::Seq,
            Value::Object(_) => Unexpected::Map,
        };
        Err(Error::invalid_type(unexpected, &"a string"))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map identifier ignored_any
    }
}

struct StrictItems(std::vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for StrictItems {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        self.0.next().map(|item| seed.deserialize(StrictJson(item))).transpose()
    }
}

struct StrictMembers {
    members: serde_json::map::IntoIter,
    value: Option<Value>,
}

impl StrictMembers {
    fn new(members: Map<String, Value>) -> Self {
        Self { members: members.into_iter(), value: None }
    }
}

impl<'de> MapAccess<'de> for StrictMembers {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        let Some((key, value)) = self.members.next() else {
            return Ok(None);
        };
        if key.contains('\0') {
            return Err(Error::custom(NUL));
        }
        self.value = Some(value);
        let key: StringDeserializer<Error> = key.into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, Error> {
        let value = self.value.take().ok_or_else(|| Error::custom("a value without its key"))?;
        seed.deserialize(StrictJson(value))
    }
}

#[cfg(test)]
mod tests {
    use gatewright_types::{CreateApi, CreateRoute, CreateStage};
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
        serde_path_to_error::deserialize(StrictJson(value)).map_err(|error| error.to_string())
    }

    #[test]
    fn structures_are_objects_and_enums_are_strings() {
        for (value, expected) in [
            (json!([]), "invalid type: sequence, expected struct CreateApi"),
            (json!({"corsConfiguration": []}), "corsConfiguration: invalid type: sequence"),
            (json!({"ipAddressType": 5}), "ipAddressType: invalid type: number"),
            (json!({"ipAddressType": {"ipv4": null}}), "ipAddressType: invalid type: map"),
            (json!({"ipAddressType": "ipv5"}), "ipAddressType: unknown variant `ipv5`"),
            (json!({"tags": {"a": 1}}), "tags.a: invalid type: integer `1`"),
            (json!({"name": ["x"]}), "name: invalid type: sequence, expected a string"),
            (json!({"name": "a\u{0}"}), "name: the character U+0000 is not allowed"),
            (json!({"tags": {"a\u{0}": "b"}}), "tags.?: the character U+0000 is not allowed"),
        ] {
            let error = read::<CreateApi>(value).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
        let throttled = json!({"routeSettings": {"GET /": {"throttlingBurstLimit": 1.5}}});
        let error = read::<CreateStage>(throttled).expect_err("a float is no integer");
        assert!(error.starts_with("routeSettings.GET /.throttlingBurstLimit: "), "{error}");
    }

    #[test]
    fn null_is_absent_and_numbers_fit() {
        let route: CreateRoute = read(json!({"target": null, "unknown": [{}]})).expect("reads");
        assert_eq!(route.target, None);
        let stage: CreateStage =
            read(json!({"defaultRouteSettings": {"throttlingRateLimit": 5}})).expect("reads");
        assert_eq!(stage.default_route_settings.and_then(|s| s.throttling_rate_limit), Some(5.0));
    }
}
