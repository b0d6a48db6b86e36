//! What a request line for an upstream says: path and query, filled in per request.

use crate::encode::{push_path, push_query_value};

/// Path and query of an integration's URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TargetTemplate {
    pub(super) path: Box<[Piece]>,
    pub(super) query: Box<[Piece]>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Literal(Box<str>),
    /// The route's path variable of this index.
    Variable(usize),
}

/// The path of a request for an upstream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetPath<'p> {
    /// The URI's own.
    Own,
    /// The URI's own, and this behind it, decoded.
    Appended(&'p str),
    /// This, encoded, instead of the URI's own.
    Replaced(&'p str),
    /// These, one behind the other, decoded, instead of the URI's own.
    Received([&'p str; 3]),
}

impl TargetTemplate {
    pub(super) fn is_root(&self) -> bool {
        let slash = |piece: &Piece| matches!(piece, Piece::Literal(text) if **text == *"/");
        self.query.is_empty() && self.path.iter().all(slash)
    }

    pub(super) fn has_variables(&self) -> bool {
        self.path.iter().chain(&self.query).any(|piece| matches!(piece, Piece::Variable(_)))
    }

    /// Writes the request target for one request.
    ///
    /// `variable` gives the decoded value of the route's path variable of an index; `query` is the
    /// client's own query string as received.
    pub fn write<'v>(
        &self,
        target: &mut String,
        variable: impl Fn(usize) -> &'v str,
        path: TargetPath<'_>,
        query: Option<&str>,
    ) {
        let start = target.len();
        match path {
            TargetPath::Replaced(path) => target.push_str(path),
            TargetPath::Received(parts) => parts.iter().for_each(|part| push_path(target, part)),
            TargetPath::Own => self.write_path(target, &variable),
            TargetPath::Appended(path) => {
                self.write_path(target, &variable);
                if target.len() > start && target.ends_with('/') && path.starts_with('/') {
                    target.pop();
                }
                push_path(target, path);
            }
        }
        if target.len() == start {
            target.push('/');
        }
        let mut separator = '?';
        if !self.query.is_empty() {
            target.push(separator);
            separator = '&';
            for piece in &self.query {
                match piece {
                    Piece::Literal(text) => target.push_str(text),
                    Piece::Variable(index) => push_query_value(target, variable(*index)),
                }
            }
        }
        if let Some(query) = query.filter(|query| !query.is_empty()) {
            target.push(separator);
            target.push_str(query);
        }
    }

    fn write_path<'v>(&self, target: &mut String, variable: impl Fn(usize) -> &'v str) {
        for piece in &self.path {
            match piece {
                Piece::Literal(text) => target.push_str(text),
                Piece::Variable(index) => push_path(target, variable(*index)),
            }
        }
    }
}
