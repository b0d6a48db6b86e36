//! Why a document is refused, in AWS's form where it is known.

use super::place::Place;

/// A document cannot be imported; nothing changes. Each text is the message of a 400 answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Neither JSON nor YAML, or out of bounds.
    #[error("Invalid OpenAPI input. {problem}")]
    Malformed {
        /// What is wrong, with line and column.
        problem: String,
    },
    /// JSON or YAML, but not OpenAPI 3.
    #[error("Invalid OpenAPI input. {found}")]
    NotOpenApi3 {
        /// What it is instead.
        found: String,
    },
    /// A member has no meaning where it stands.
    #[error("Errors found during import:\n\tParse issue: attribute {place} {problem}")]
    Invalid {
        /// The member, for example `paths.'/pets'(get).operationId`.
        place: String,
        /// What is wrong, as the rest of a sentence.
        problem: String,
    },
}

/// A member and what is wrong with it: an error, or a warning where the element can be skipped.
#[derive(Debug)]
pub(super) struct Problem {
    place: String,
    problem: String,
}

impl Problem {
    pub(super) fn new(place: &Place<'_>, problem: impl Into<String>) -> Self {
        Self { place: place.to_string(), problem: problem.into() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Parse issue: attribute {} {}", self.place, self.problem)
    }
}

impl From<Problem> for ImportError {
    fn from(Problem { place, problem }: Problem) -> Self {
        Self::Invalid { place, problem }
    }
}
