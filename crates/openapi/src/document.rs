//! An OpenAPI document as a tree of values, out of JSON or YAML.
//!
//! The tree is bounded in size and depth while it is built ([`limits`]), and no object in it had
//! the same key twice: which of the two was meant, nobody can know. Numbers keep the spelling of
//! the document as far as the format allows, since AWS makes texts of them (`version: 2.0`).

mod json;
mod yaml;

use std::collections::BTreeMap;

use gatewright_types::limits;

use crate::ImportError;

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    Null,
    Boolean(bool),
    Number(String),
    Text(String),
    List(Vec<Node>),
    Map(Members),
}

/// An object's members, by name.
pub(crate) type Members = BTreeMap<String, Node>;

impl Node {
    /// Parses a document: JSON if it begins as JSON does, else YAML.
    ///
    /// # Errors
    ///
    /// [`ImportError::Malformed`], with the line and column.
    pub(crate) fn parse(text: &str) -> Result<Self, ImportError> {
        if text.len() > limits::MANAGEMENT_BODY_BYTES_MAX {
            return Err(malformed(format!(
                "The document has more than {} bytes",
                limits::MANAGEMENT_BODY_BYTES_MAX
            )));
        }
        let text = text.trim_start_matches('\u{feff}');
        if !text.trim_start().starts_with('{') {
            return yaml::parse(text);
        }
        json::parse(text).or_else(|error| {
            // A flow mapping of YAML begins alike. What is neither is most likely JSON with a slip.
            let yaml = if error.is_syntax() { yaml::parse(text).ok() } else { None };
            yaml.ok_or_else(|| malformed(format!("The document is not JSON: {error}")))
        })
    }

    /// What a text member makes of a scalar; `None` for null, lists and objects.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            Self::Boolean(true) => Some("true"),
            Self::Boolean(false) => Some("false"),
            Self::Null | Self::List(_) | Self::Map(_) => None,
        }
    }
}

fn malformed(problem: impl Into<String>) -> ImportError {
    ImportError::Malformed { problem: problem.into() }
}
