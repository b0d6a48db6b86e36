//! Why a mapping is refused when a stage is compiled.

use crate::json_path::JsonPathError;

/// A mapping that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {problem}")]
pub struct MappingError {
    /// The key, such as `append:header.x`; of a response mapping with the status in front,
    /// `404.append:header.x`.
    pub key: String,
    /// What is wrong with it.
    pub problem: MappingProblem,
}

/// What is wrong with an entry of a mapping.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingProblem {
    /// The key names nothing that can be changed.
    #[error("not a destination")]
    Destination,
    /// The key names a header that is the gateway's own (section 8.4).
    #[error("the header is reserved")]
    ReservedHeader,
    /// A response mapping for a status that is none of 200 to 599.
    #[error("not a status code from 200 to 599")]
    Status,
    /// A value that begins like an expression or stands in `${}`, and is none.
    #[error("{0:?} is not a source")]
    UnknownSource(String),
    /// A source of the request in a response mapping, or the other way round.
    #[error("{0:?} is a source of the other direction")]
    OtherDirection(String),
    /// What follows `$request.body` or `$response.body`.
    #[error(transparent)]
    JsonPath(JsonPathError),
    /// `${` without `}`.
    #[error("a ${{ that is not closed")]
    Unclosed,
    /// `overwrite:statuscode` with a text that is none of 200 to 599.
    #[error("{0:?} is not a status code from 200 to 599")]
    StatusCode(String),
    /// A static text that may not stand in a header.
    #[error("{0:?} may not stand in a header")]
    HeaderValue(String),
    /// A parameter that an action of a service does not have.
    #[error("not a parameter of the action")]
    UnknownParameter,
    /// What must be a list of texts as JSON, or one expression that finds one.
    #[error("not a list of texts as JSON")]
    NotAList,
    /// What must be attributes as JSON, or one expression that finds them.
    #[error("not attributes as JSON")]
    NotAttributes,
    /// A text, stage variables put in, that is longer than a mapped value may be.
    #[error("longer than a value may be")]
    TooLong,
}
