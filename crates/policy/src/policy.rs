//! A whole document. Follows "Grammar of the IAM JSON policy language" and the pages of `Version`,
//! `Id` and `Statement` in the IAM user guide.
//!
//! Stricter than AWS where AWS lets a policy stand that does nothing: empty lists and objects are
//! refused. More lenient in one place: a `Sid` may be any text, since authorizers' are.

use crate::document::{Node, elements, string};
use crate::error::{At, PolicyError, Problem, shown};
use crate::limits::{DOCUMENT_BYTES_MAX, DOCUMENT_CHARACTERS_MAX};
use crate::statement::{Effect, Statement};
use crate::text::Version;

#[cfg(test)]
mod tests;

/// A policy, ready to be evaluated.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Denying statements first.
    pub(crate) statements: Box<[Statement]>,
}

impl Policy {
    /// Reads a policy document.
    ///
    /// # Errors
    ///
    /// [`PolicyError`] names the element that is refused, and why.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        check_length(text)?;
        let document = serde_json::from_str::<Node>(text)
            .map_err(|error| At::Document.error(Problem::Json(error.to_string())))?;
        let at = At::Document;
        let [version, id, statement] = elements(&document, &at, ["Version", "Id", "Statement"])?;
        let version = version.map_or(Ok(Version::V2008), read_version)?;
        if let Some(id) = id {
            string(id, &At::Element(&at, "Id"))?;
        }
        let Some(statement) = statement else {
            return Err(at.error(Problem::Missing("Statement")));
        };
        let mut statements = read_statements(statement, version)?;
        statements.sort_by_key(|statement| statement.effect == Effect::Allow);
        Ok(Self { statements: statements.into() })
    }

    /// Every condition key that a condition or a policy variable asks for, in lower case; a key
    /// may come more than once. For a caller that refuses keys it will never have a value for.
    pub fn condition_keys(&self) -> impl Iterator<Item = &str> {
        self.statements.iter().flat_map(Statement::condition_keys)
    }
}

fn check_length(text: &str) -> Result<(), PolicyError> {
    let too_long = |size, unit, limit| At::Document.error(Problem::TooLong { size, unit, limit });
    if text.len() > DOCUMENT_BYTES_MAX {
        return Err(too_long(text.len(), "bytes", DOCUMENT_BYTES_MAX));
    }
    let characters = text.chars().filter(|character| !character.is_whitespace()).count();
    if characters > DOCUMENT_CHARACTERS_MAX {
        return Err(too_long(characters, "characters", DOCUMENT_CHARACTERS_MAX));
    }
    Ok(())
}

fn read_version(node: &Node) -> Result<Version, PolicyError> {
    let at = At::Element(&At::Document, "Version");
    match string(node, &at)? {
        "2012-10-17" => Ok(Version::V2012),
        "2008-10-17" => Ok(Version::V2008),
        other => Err(at.error(Problem::Version(shown(other)))),
    }
}

fn read_statements(node: &Node, version: Version) -> Result<Vec<Statement>, PolicyError> {
    let at = At::Element(&At::Document, "Statement");
    let Node::List(nodes) = node else {
        return Ok(vec![Statement::read(node, &at, version)?]);
    };
    if nodes.is_empty() {
        return Err(at.error(Problem::Empty));
    }
    let mut statements = Vec::with_capacity(nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        statements.push(Statement::read(node, &At::Index(&at, index), version)?);
    }
    Ok(statements)
}
