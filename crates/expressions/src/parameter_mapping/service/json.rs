//! The JSON that lists and attributes are given as.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::Attribute;

/// `["a","b"]`.
pub(super) fn list(text: &str) -> Option<Vec<String>> {
    serde_json::from_str(text).ok()
}

/// `{"name":{"DataType":"Number","StringValue":1.50}}`, in its order. A number or a truth value is
/// the text that it is written as, and a member that is `null` is none.
pub(super) fn attributes(text: &str) -> Option<Vec<Attribute>> {
    let Pairs(attributes) = serde_json::from_str::<Pairs<Pairs<&RawValue>>>(text).ok()?;
    let attribute = |(name, Pairs(members)): (String, Pairs<&RawValue>)| {
        let members = members.into_iter().filter(|(_, value)| value.get() != "null");
        let members = members.map(|(name, value)| Some((name, scalar(value)?)));
        Some(Attribute { name, members: members.collect::<Option<_>>()? })
    };
    attributes.into_iter().map(attribute).collect()
}

fn scalar(value: &RawValue) -> Option<String> {
    match value.get().as_bytes().first()? {
        b'"' => serde_json::from_str(value.get()).ok(),
        b'{' | b'[' => None,
        _ => Some(value.get().to_owned()),
    }
}

/// An object, in its order.
struct Pairs<V>(Vec<(String, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor(PhantomData))
    }
}

struct PairsVisitor<V>(PhantomData<V>);

impl<'de, V: Deserialize<'de>> Visitor<'de> for PairsVisitor<V> {
    type Value = Pairs<V>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<V>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(pair) = map.next_entry()? {
            pairs.push(pair);
        }
        Ok(Pairs(pairs))
    }
}
