//! Why a request has no signature that could be verified.

use crate::authorization::MalformedAuthorization;

/// The request has no signature, or none that is clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Neither an `Authorization` header nor a presigned query.
    #[error("Missing Authentication Token")]
    Missing,
    /// A signature in the query, and an `Authorization` header of whatever kind.
    #[error("Only one auth mechanism allowed: the Authorization header or query-string parameters")]
    HeaderAndQuery,
    /// A header or a parameter of the query is there more than once.
    #[error("'{0}' may be given only once")]
    Doubled(&'static str),
    /// The `Authorization` header is malformed.
    #[error(transparent)]
    Authorization(#[from] MalformedAuthorization),
    /// A parameter of a presigned query is missing or malformed.
    #[error(
        "AWS query-string parameters must include '{0}'. Re-examine the query-string parameters."
    )]
    Parameter(&'static str),
}
