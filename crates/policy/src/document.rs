//! JSON as it was written: `serde_json::Value` would keep only the last of two equal keys, and a
//! policy that says `Effect` twice must be refused ("Individual elements must not contain multiple
//! instances of the same key", policy grammar notes).

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::error::{At, PolicyError, Problem};

/// A JSON value.
#[derive(Clone, Debug)]
pub(crate) enum Node {
    Null,
    Flag(bool),
    Number(serde_json::Number),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// An object's elements in the order of `known`.
///
/// # Errors
///
/// When it is no object, or has an element twice or one that is not `known`.
pub(crate) fn elements<'n, const N: usize>(
    node: &'n Node,
    at: &At<'_>,
    known: [&str; N],
) -> Result<[Option<&'n Node>; N], PolicyError> {
    let mut found = [None; N];
    for (name, value) in object(node, at)? {
        let at = At::Element(at, name);
        let position = known.iter().position(|known| known == name);
        let Some(slot) = position.and_then(|position| found.get_mut(position)) else {
            return Err(at.error(Problem::Unknown));
        };
        if slot.replace(value).is_some() {
            return Err(at.error(Problem::Duplicate));
        }
    }
    Ok(found)
}

/// An object's members, with at least one and no name twice.
pub(crate) fn members<'n>(
    node: &'n Node,
    at: &At<'_>,
) -> Result<&'n [(String, Node)], PolicyError> {
    let members = object(node, at)?;
    if members.is_empty() {
        return Err(at.error(Problem::Empty));
    }
    for (index, (name, _)) in members.iter().enumerate() {
        if members.iter().take(index).any(|(earlier, _)| earlier == name) {
            return Err(At::Element(at, name).error(Problem::Duplicate));
        }
    }
    Ok(members)
}

/// A string.
pub(crate) fn string<'n>(node: &'n Node, at: &At<'_>) -> Result<&'n str, PolicyError> {
    match node {
        Node::Text(text) => Ok(text),
        other => Err(at.error(Problem::Type { expected: "a string", found: other.kind() })),
    }
}

/// Reads a value, or each of a list of them; a single value may stand without its list.
pub(crate) fn each<T>(
    node: &Node,
    at: &At<'_>,
    read: impl Fn(&Node, &At<'_>) -> Result<T, PolicyError>,
) -> Result<Box<[T]>, PolicyError> {
    let Node::List(nodes) = node else {
        return Ok(Box::new([read(node, at)?]));
    };
    if nodes.is_empty() {
        return Err(at.error(Problem::Empty));
    }
    nodes.iter().enumerate().map(|(index, node)| read(node, &At::Index(at, index))).collect()
}

fn object<'n>(node: &'n Node, at: &At<'_>) -> Result<&'n [(String, Node)], PolicyError> {
    match node {
        Node::Object(members) => Ok(members),
        other => Err(at.error(Problem::Type { expected: "an object", found: other.kind() })),
    }
}

impl Node {
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Flag(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Flag(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Node, E> {
        Ok(serde_json::Number::from_f64(value).map_or(Node::Null, Node::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Node, E> {
        Ok(Node::Text(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = list.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = object.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }
}
