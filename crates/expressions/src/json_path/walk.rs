//! One step over the text of a JSON value.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::Step;

impl Step {
    /// Adds to `found` what this step finds in `value`; nothing where the value is of another kind.
    pub(super) fn select<'d>(&self, value: &'d RawValue, found: &mut Vec<&'d RawValue>) {
        let before = found.len();
        let mut json = serde_json::Deserializer::from_str(value.get());
        let read = match (value.get().as_bytes().first(), self) {
            (Some(b'{'), Self::Member(name)) => {
                json.deserialize_map(Members { name: Some(name), found })
            }
            (Some(b'{'), Self::Every) => json.deserialize_map(Members { name: None, found }),
            (Some(b'['), Self::Element(index)) => {
                json.deserialize_seq(Elements { index: Some(*index), found })
            }
            (Some(b'['), Self::Every) => json.deserialize_seq(Elements { index: None, found }),
            _ => return,
        };
        // The document was read before it came here; what can still fail is a name that is no text,
        // such as half of a surrogate pair. Then nothing is found in this object.
        if read.is_err() {
            found.truncate(before);
        }
    }
}

/// The member of a name, or every member, of an object.
struct Members<'s, 'd> {
    name: Option<&'s str>,
    found: &'s mut Vec<&'d RawValue>,
}

impl<'d> Visitor<'d> for Members<'_, 'd> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'d>>(self, mut members: A) -> Result<(), A::Error> {
        let start = self.found.len();
        while let Some(is_wanted) = members.next_key_seed(IsNamed(self.name))? {
            if !is_wanted {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            if self.name.is_some() {
                // Of two members with one name the later counts.
                self.found.truncate(start);
            }
            self.found.push(members.next_value()?);
        }
        Ok(())
    }
}

/// The element of an index, or every element, of an array.
struct Elements<'s, 'd> {
    index: Option<i32>,
    found: &'s mut Vec<&'d RawValue>,
}

impl<'d> Visitor<'d> for Elements<'_, 'd> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'d>>(self, mut elements: A) -> Result<(), A::Error> {
        let start = self.found.len();
        while let Some(element) = elements.next_element()? {
            self.found.push(element);
        }
        if let Some(index) = self.index {
            let chosen = at(&self.found[start..], index);
            self.found.truncate(start);
            self.found.extend(chosen);
        }
        Ok(())
    }
}

fn at<'d>(elements: &[&'d RawValue], index: i32) -> Option<&'d RawValue> {
    let distance = usize::try_from(index.unsigned_abs()).ok()?;
    let index = if index < 0 { elements.len().checked_sub(distance)? } else { distance };
    elements.get(index).copied()
}

/// Compares a member's name without keeping it; `None` takes every name.
struct IsNamed<'n>(Option<&'n str>);

impl<'d> DeserializeSeed<'d> for IsNamed<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'d>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for IsNamed<'_> {
    type Value = bool;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a member's name")
    }

    fn visit_str<E>(self, name: &str) -> Result<bool, E> {
        Ok(self.0.is_none_or(|wanted| wanted == name))
    }
}

/// Appends a value without the white space between its tokens.
pub(super) fn write_compact(value: &RawValue, out: &mut Vec<u8>) {
    let (mut in_string, mut escaped) = (false, false);
    for byte in value.get().bytes() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if byte.is_ascii_whitespace() {
            continue;
        } else {
            in_string = byte == b'"';
        }
        out.push(byte);
    }
}
