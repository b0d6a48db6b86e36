//! `$ref` inside a document (RFC 6901 pointers). Other files are not fetched: a reference to one is
//! missing.

use gatewright_types::limits;
use percent_encoding::percent_decode_str;

use super::error::Problem;
use super::findings::Findings;
use super::object::not_of_type;
use super::place::{Place, shown};
use crate::document::Node;

pub(super) struct References<'a> {
    root: &'a Node,
}

/// Where a chain of references ends.
pub(super) struct Followed<'a> {
    pub(super) node: &'a Node,
    /// The last reference; absent if there was none.
    pub(super) pointer: Option<&'a str>,
}

impl<'a> References<'a> {
    pub(super) fn new(root: &'a Node) -> Self {
        Self { root }
    }

    /// Follows `$ref`s, or stays where none is.
    ///
    /// # Errors
    ///
    /// A target is missing, or no text, or the references run in a circle.
    pub(super) fn follow(
        &self,
        node: &'a Node,
        place: &Place<'_>,
    ) -> Result<Followed<'a>, Problem> {
        let mut followed = Followed { node, pointer: None };
        for _ in 0..limits::IMPORT_REFERENCES_MAX {
            let Some(pointer) = reference(followed.node, place)? else { return Ok(followed) };
            let node = self.target(pointer).ok_or_else(|| missing(place, pointer))?;
            followed = Followed { node, pointer: Some(pointer) };
        }
        Err(Problem::new(place, "refers to itself, or through too many references"))
    }

    /// Warns of the references of a part that has no other meaning for an HTTP API.
    pub(super) fn check(&self, node: &Node, place: &Place<'_>, findings: &mut Findings) {
        match node {
            Node::List(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.check(item, &place.index(index), findings);
                }
            }
            Node::Map(members) => {
                if let Ok(Some(pointer)) = reference(node, place)
                    && self.target(pointer).is_none()
                {
                    findings.warn(missing(place, pointer).to_string());
                }
                for (name, member) in members {
                    match (name.as_str(), member) {
                        // Data, in which `$ref` is a name like any other.
                        ("example" | "examples" | "default" | "enum", _) => {}
                        // AWS's texts leave the media type out.
                        ("content", Node::Map(media_types)) => {
                            let place = place.member(name);
                            for media_type in media_types.values() {
                                self.check(media_type, &place, findings);
                            }
                        }
                        _ => self.check(member, &place.member(name), findings),
                    }
                }
            }
            Node::Null | Node::Boolean(_) | Node::Number(_) | Node::Text(_) => {}
        }
    }

    fn target(&self, pointer: &str) -> Option<&'a Node> {
        let decoded = percent_decode_str(pointer.strip_prefix('#')?).decode_utf8().ok()?;
        let mut node = self.root;
        if decoded.is_empty() {
            return Some(node);
        }
        for name in decoded.strip_prefix('/')?.split('/') {
            let name = name.replace("~1", "/").replace("~0", "~");
            node = match node {
                Node::Map(members) => members.get(&name)?,
                Node::List(items) => items.get(name.parse::<usize>().ok()?)?,
                Node::Null | Node::Boolean(_) | Node::Number(_) | Node::Text(_) => return None,
            };
        }
        Some(node)
    }
}

/// The `$ref` of an object, if it has one.
fn reference<'n>(node: &'n Node, place: &Place<'_>) -> Result<Option<&'n str>, Problem> {
    let Node::Map(members) = node else { return Ok(None) };
    match members.get("$ref") {
        None | Some(Node::Null) => Ok(None),
        Some(Node::Text(pointer)) => Ok(Some(pointer)),
        Some(_) => Err(not_of_type(&place.member("$ref"), "string")),
    }
}

fn missing(place: &Place<'_>, pointer: &str) -> Problem {
    Problem::new(&place.member(&shown(pointer)), "is missing")
}
