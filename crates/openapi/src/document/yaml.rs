//! The tree out of YAML 1.2 (core schema), with merge keys (`<<`), which YAML 1.1 readers such as
//! AWS's know.
//!
//! Built from the parser's events with a stack of our own, so depth costs no call stack. An alias
//! copies what it names; all copies together are bounded, so a document cannot grow by aliases.

mod scalar;

use std::collections::HashMap;

use gatewright_types::limits;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, ScanError, Tag};

use super::{Members, Node, malformed};
use crate::ImportError;
use scalar::{is_known, scalar, unknown_tag};

pub(super) fn parse(text: &str) -> Result<Node, ImportError> {
    let mut parser = Parser::new_from_str(text);
    let mut builder = Builder::default();
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| refused(&error))?;
        builder.event(event).map_err(|problem| at(span.start, &problem))?;
    }
    builder.root.ok_or_else(|| malformed("The document is empty"))
}

fn refused(error: &ScanError) -> ImportError {
    at(*error.marker(), error.info())
}

fn at(marker: Marker, problem: &str) -> ImportError {
    let (line, column) = (marker.line(), marker.col() + 1);
    malformed(format!("The document is not YAML: {problem} at line {line} column {column}"))
}

#[derive(Default)]
struct Builder {
    root: Option<Node>,
    open: Vec<Open>,
    /// Copies of the nodes that have an anchor.
    anchors: HashMap<usize, Node>,
    nodes: usize,
    copied_bytes: usize,
}

/// A list or an object that has begun and not ended.
struct Open {
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Node>),
    Map {
        members: Members,
        key: Option<Key>,
        /// Values of `<<`.
        merged: Vec<Node>,
    },
}

enum Key {
    Member(String),
    Merge,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                if let Some(tag) = tag.as_deref().filter(|tag| !is_known(tag)) {
                    return Err(unknown_tag(tag));
                }
                if self.takes_key() {
                    let merge = style == ScalarStyle::Plain && text == "<<";
                    return self.key(text.into_owned(), merge, anchor);
                }
                self.value(scalar(text.into_owned(), style, tag.as_deref()), anchor)
            }
            Event::Alias(anchor) => self.alias(anchor),
            Event::SequenceStart(anchor, tag) => {
                self.begin(anchor, tag.as_deref(), Content::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                let content =
                    Content::Map { members: Members::new(), key: None, merged: Vec::new() };
                self.begin(anchor, tag.as_deref(), content)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::DocumentStart(_) if self.root.is_some() => {
                Err("a second document begins".to_owned())
            }
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => Ok(()),
        }
    }

    fn takes_key(&self) -> bool {
        matches!(self.open.last(), Some(Open { content: Content::Map { key: None, .. }, .. }))
    }

    fn key(&mut self, text: String, merge: bool, anchor: usize) -> Result<(), String> {
        if anchor != 0 {
            self.keep(anchor, &Node::Text(text.clone()))?;
        }
        if let Some(Open { content: Content::Map { members, key, .. }, .. }) = self.open.last_mut()
        {
            if !merge && members.contains_key(&text) {
                return Err(format!("duplicate key `{text}`"));
            }
            *key = Some(if merge { Key::Merge } else { Key::Member(text) });
        }
        Ok(())
    }

    fn begin(&mut self, anchor: usize, tag: Option<&Tag>, content: Content) -> Result<(), String> {
        if self.takes_key() {
            return Err("a key is not a scalar".to_owned());
        }
        if self.open.len() == limits::IMPORT_NESTING_MAX {
            return Err(format!("more than {} levels", limits::IMPORT_NESTING_MAX));
        }
        if let Some(tag) = tag.filter(|tag| !is_known(tag)) {
            return Err(unknown_tag(tag));
        }
        self.open.push(Open { anchor, content });
        Ok(())
    }

    fn end(&mut self) -> Result<(), String> {
        let Some(Open { anchor, content }) = self.open.pop() else { return Ok(()) };
        let node = match content {
            Content::List(items) => Node::List(items),
            Content::Map { mut members, merged, .. } => {
                for node in merged {
                    merge(&mut members, node)?;
                }
                Node::Map(members)
            }
        };
        self.value(node, anchor)
    }

    fn alias(&mut self, anchor: usize) -> Result<(), String> {
        let node = self.anchors.get(&anchor).ok_or("an alias stands inside what it names")?;
        if self.takes_key() {
            let text = node.as_text().ok_or("a key is not a scalar")?.to_owned();
            return self.key(text, false, 0);
        }
        let node = node.clone();
        self.count_copy(&node)?;
        self.value(node, 0)
    }

    /// Puts a complete node where it belongs.
    fn value(&mut self, node: Node, anchor: usize) -> Result<(), String> {
        self.nodes += 1;
        if self.nodes > limits::IMPORT_NODES_MAX {
            return Err(format!("more than {} values", limits::IMPORT_NODES_MAX));
        }
        if anchor != 0 {
            self.keep(anchor, &node)?;
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map { members, key, merged }) => match key.take() {
                Some(Key::Merge) => merged.push(node),
                Some(Key::Member(name)) => {
                    members.insert(name, node);
                }
                None => return Err("a value has no key".to_owned()),
            },
        }
        Ok(())
    }

    fn keep(&mut self, anchor: usize, node: &Node) -> Result<(), String> {
        self.count_copy(node)?;
        self.anchors.insert(anchor, node.clone());
        Ok(())
    }

    fn count_copy(&mut self, node: &Node) -> Result<(), String> {
        let (nodes, bytes) = size(node);
        self.nodes += nodes;
        self.copied_bytes += bytes;
        if self.nodes > limits::IMPORT_NODES_MAX
            || self.copied_bytes > limits::IMPORT_ALIAS_BYTES_MAX
        {
            return Err("aliases make the document too large".to_owned());
        }
        Ok(())
    }
}

/// Values and bytes of text in a node.
fn size(node: &Node) -> (usize, usize) {
    let sum = |(nodes, bytes): (usize, usize), (more_nodes, more_bytes): (usize, usize)| {
        (nodes + more_nodes, bytes + more_bytes)
    };
    match node {
        Node::Null | Node::Boolean(_) => (1, 0),
        Node::Number(text) | Node::Text(text) => (1, text.len()),
        Node::List(items) => items.iter().map(size).fold((1, 0), sum),
        Node::Map(members) => {
            members.iter().map(|(name, node)| sum((0, name.len()), size(node))).fold((1, 0), sum)
        }
    }
}

/// Lays `<<`'s objects under the members that are written out; the first has precedence.
fn merge(members: &mut Members, node: Node) -> Result<(), String> {
    match node {
        Node::Map(more) => {
            for (name, value) in more {
                members.entry(name).or_insert(value);
            }
            Ok(())
        }
        Node::List(nodes) if !nodes.iter().any(|node| matches!(node, Node::List(_))) => {
            nodes.into_iter().try_for_each(|node| merge(members, node))
        }
        _ => Err("`<<` is neither an object nor a list of objects".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> String {
        match parse(text) {
            Ok(node) => format!("{node:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn aliases_and_merge_keys_copy() {
        assert_eq!(
            parsed("a: &x [1]\nb: *x"),
            r#"Map({"a": List([Number("1")]), "b": List([Number("1")])})"#
        );
        assert_eq!(
            parsed("a: &x {p: 1, q: 2}\nb:\n  q: 3\n  <<: *x\n"),
            r#"Map({"a": Map({"p": Number("1"), "q": Number("2")}), "b": Map({"p": Number("1"), "q": Number("3")})})"#
        );
    }

    #[test]
    fn refusals_name_a_line() {
        let rows = [
            ("a: 1\na: 2", "duplicate key `a` at line 2 column 1"),
            ("a: !Sub x", "the tag !Sub is unknown at line 1 column 4"),
            ("a: &x [*x]", "an alias stands inside what it names at line 1 column 8"),
            ("a: 1\n---\nb: 2", "a second document begins at line 2 column 1"),
            ("? [a]\n: 1", "a key is not a scalar at line 1 column 3"),
            ("<<: 1", "`<<` is neither an object nor a list of objects"),
        ];
        for (text, expected) in rows {
            let shown = parsed(text);
            assert!(shown.contains(expected), "{text}: {shown}");
        }
        assert_eq!(parsed(""), "Invalid OpenAPI input. The document is empty");
    }
}
