//! From a refusal to an answer: the one place that knows status, `x-amzn-ErrorType` and body
//! (spec/management-api.md section 1.7).

use http::StatusCode;

use crate::error::OperationError;

/// Status and exception name of a refusal.
pub(crate) fn shape(error: &OperationError) -> (StatusCode, &'static str) {
    match error {
        OperationError::BadRequest(_) | OperationError::Incomplete => {
            (StatusCode::BAD_REQUEST, "BadRequestException")
        }
        OperationError::NotFound(_) => (StatusCode::NOT_FOUND, "NotFoundException"),
        OperationError::Conflict(_) => (StatusCode::CONFLICT, "ConflictException"),
        OperationError::Forbidden { name, .. } => (StatusCode::FORBIDDEN, name),
        OperationError::RequestEntityTooLarge => {
            (StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLargeException")
        }
        OperationError::NotImplemented(_) => {
            (StatusCode::NOT_IMPLEMENTED, "NotImplementedException")
        }
        OperationError::ServiceUnavailable(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailableException")
        }
        OperationError::Internal(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "InternalServerErrorException")
        }
    }
}

/// The body. Causes stay inside; they are for the log.
pub(crate) fn body(error: &OperationError) -> Vec<u8> {
    serde_json::json!({ "message": error.to_string() }).to_string().into_bytes()
}
