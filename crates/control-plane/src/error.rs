//! What an operation can answer instead of success, by AWS's exception names.

use gatewright_store::StoreError;

/// A refusal; the message is what the account may see.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OperationError {
    /// `BadRequestException`.
    #[error("{0}")]
    BadRequest(String),
    /// `NotFoundException`.
    #[error("{0}")]
    NotFound(String),
    /// `ConflictException`.
    #[error("{0}")]
    Conflict(String),
    /// A refusal at the front door, by its own exception name.
    #[error("{message}")]
    Forbidden { name: &'static str, message: String },
    /// The body is larger than any operation takes.
    #[error("Request Too Long")]
    RequestEntityTooLarge,
    /// The body did not arrive whole.
    #[error("the request's body did not arrive whole")]
    Incomplete,
    /// An operation of the reference that this version does not have.
    #[error("{0} is not implemented by this version of Gatewright")]
    NotImplemented(&'static str),
    /// The store failed; AWS's clients retry this.
    #[error("Service Unavailable")]
    ServiceUnavailable(#[source] StoreError),
    /// A bug or a damaged store.
    #[error("Internal Server Error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl OperationError {
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::BadRequest(message.into())
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::NotFound(message.into())
    }
}

/// A conflict that an operation expects is mapped where it is expected; what comes here is none.
impl From<StoreError> for OperationError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::ServiceUnavailable(error),
            other => Self::Internal(other.into()),
        }
    }
}
