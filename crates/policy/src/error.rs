//! Why a document is refused, and where.

use std::fmt;

/// A document that is refused: where, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyError {
    path: String,
    problem: Problem,
}

impl PolicyError {
    /// The element, like `Statement[1].Action`; empty when the whole document is meant.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong with it.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.problem
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        self.problem.fmt(f)
    }
}

impl std::error::Error for PolicyError {}

/// What is wrong with an element. Values are shown shortened, and escaped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not JSON.
    #[error("not JSON: {0}")]
    Json(String),
    /// Longer than the limit.
    #[error("the document has {size} {unit}, more than {limit}")]
    TooLong {
        /// Its size.
        size: usize,
        /// What was counted.
        unit: &'static str,
        /// The limit.
        limit: usize,
    },
    /// A value of another JSON type.
    #[error("must be {expected}, not {found}")]
    Type {
        /// What stands here in a valid policy.
        expected: &'static str,
        /// What stands here.
        found: &'static str,
    },
    /// Not an element of the policy language.
    #[error("unknown element")]
    Unknown,
    /// The same element twice in one object.
    #[error("stands there twice")]
    Duplicate,
    /// A required element is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Two elements that exclude each other.
    #[error("cannot stand beside {0}")]
    Conflict(&'static str),
    /// A list or object without anything in it.
    #[error("must not be empty")]
    Empty,
    /// `Principal` or `NotPrincipal`.
    #[error("not allowed: the policy applies to the identity it is attached to")]
    Principal,
    /// Neither version of the policy language.
    #[error("must be 2012-10-17 or 2008-10-17, not '{0}'")]
    Version(String),
    /// Neither effect; they are case-sensitive.
    #[error("must be Allow or Deny, not '{0}'")]
    Effect(String),
    /// Not an action.
    #[error(
        "'{0}' is not an action: must be * or service:Action, without wildcards in the service"
    )]
    Action(String),
    /// Not a resource.
    #[error("'{value}' is not a resource: {reason}")]
    Resource {
        /// The text.
        value: String,
        /// The rule that it breaks.
        reason: &'static str,
    },
    /// Not a condition operator.
    #[error("unknown condition operator")]
    Operator,
    /// Not the name of a condition key.
    #[error("'{0}' is not a condition key: must be service:name")]
    Key(String),
    /// A value the operator cannot compare with.
    #[error("'{value}' is not {expected}")]
    Value {
        /// The text.
        value: String,
        /// What the operator compares with.
        expected: &'static str,
    },
    /// A policy variable that cannot be read.
    #[error("a policy variable {0}")]
    Variable(&'static str),
}

/// Where in the document the reader is; a chain of frames, so that nothing is built without need.
#[derive(Clone, Copy)]
pub(crate) enum At<'a> {
    Document,
    Element(&'a At<'a>, &'a str),
    Index(&'a At<'a>, usize),
}

impl At<'_> {
    pub(crate) fn error(&self, problem: Problem) -> PolicyError {
        PolicyError { path: self.to_string(), problem }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Document => Ok(()),
            Self::Element(At::Document, name) => f.write_str(&shown(name)),
            Self::Element(parent, name) => write!(f, "{parent}.{}", shown(name)),
            Self::Index(parent, index) => write!(f, "{parent}[{index}]"),
        }
    }
}

/// A text of the document as a message may hold it.
pub(crate) fn shown(text: &str) -> String {
    const CHARACTERS_MAX: usize = 100;
    let mut shown = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == CHARACTERS_MAX {
            shown.push('…');
            break;
        }
        if character.is_control() {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    shown
}
