//! Reading members by type, so that whatever is wrong is told with its place.
//!
//! `null` is absent, as everywhere in the management API. Scalars are forgiving in both directions:
//! a text member takes `2.0` and `true`, a number or Boolean takes its text, since YAML and
//! CloudFormation turn the one into the other.

use std::collections::BTreeMap;

use super::error::Problem;
use super::place::{Place, shown};
use crate::document::{Members, Node};

/// An object of the document.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    members: &'a Members,
    place: Place<'a>,
}

impl<'a> Object<'a> {
    pub(super) fn new(node: &'a Node, place: Place<'a>) -> Result<Self, Problem> {
        match node {
            Node::Map(members) => Ok(Self { members, place }),
            _ => Err(not_of_type(&place, "object")),
        }
    }

    pub(super) fn place(&self) -> &Place<'a> {
        &self.place
    }

    pub(super) fn members(&self) -> impl Iterator<Item = (&'a str, &'a Node)> + use<'a> {
        self.members.iter().map(|(name, node)| (name.as_str(), node))
    }

    pub(super) fn get(&self, name: &str) -> Option<&'a Node> {
        self.members.get(name).filter(|node| **node != Node::Null)
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Problem> {
        self.get(name).map(|node| text(node, &self.place.member(name))).transpose()
    }

    pub(super) fn required_text(&self, name: &str) -> Result<String, Problem> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    pub(super) fn boolean(&self, name: &str) -> Result<Option<bool>, Problem> {
        let Some(node) = self.get(name) else { return Ok(None) };
        match node.as_text() {
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            _ => Err(not_of_type(&self.place.member(name), "boolean")),
        }
    }

    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, Problem> {
        let Some(node) = self.get(name) else { return Ok(None) };
        match node.as_text().and_then(|text| text.parse().ok()) {
            Some(integer) => Ok(Some(integer)),
            None => Err(not_of_type(&self.place.member(name), "integer")),
        }
    }

    pub(super) fn object<'s>(&'s self, name: &'s str) -> Result<Option<Object<'s>>, Problem> {
        self.get(name).map(|node| Object::new(node, self.place.member(name))).transpose()
    }

    pub(super) fn list(&self, name: &str) -> Result<Option<&'a [Node]>, Problem> {
        match self.get(name) {
            None => Ok(None),
            Some(Node::List(items)) => Ok(Some(items)),
            Some(_) => Err(not_of_type(&self.place.member(name), "array")),
        }
    }

    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Problem> {
        self.list(name)?.map(|items| texts(items, &self.place.member(name))).transpose()
    }

    pub(super) fn text_map(&self, name: &str) -> Result<Option<BTreeMap<String, String>>, Problem> {
        let Some(object) = self.object(name)? else { return Ok(None) };
        let mut map = BTreeMap::new();
        for (key, node) in object.members() {
            map.insert(key.to_owned(), text(node, &object.place.member(key))?);
        }
        Ok(Some(map))
    }

    pub(super) fn missing(&self, name: &str) -> Problem {
        Problem::new(&self.place.member(name), "is missing")
    }

    /// A member whose text means nothing.
    pub(super) fn unknown(&self, name: &str, value: &str, expected: &str) -> Problem {
        let value = shown(value);
        Problem::new(&self.place.member(name), format!("is `{value}`, not {expected}"))
    }
}

pub(super) fn texts(items: &[Node], place: &Place<'_>) -> Result<Vec<String>, Problem> {
    items.iter().enumerate().map(|(index, item)| text(item, &place.index(index))).collect()
}

pub(super) fn not_of_type(place: &Place<'_>, expected: &str) -> Problem {
    Problem::new(place, format!("is not of type `{expected}`"))
}

fn text(node: &Node, place: &Place<'_>) -> Result<String, Problem> {
    node.as_text().map(str::to_owned).ok_or_else(|| not_of_type(place, "string"))
}
