//! Patch operations of the v1 API (`patch-operations`): what each resource's have in common.

use std::str::FromStr;

use gatewright_types::{PatchOperation, PatchOperations, limits};

use crate::call::Call;
use crate::error::OperationError;
use crate::validation::invalid;

/// The operations a call asks for.
pub(crate) fn operations(call: &Call<'_>) -> Result<Vec<PatchOperation>, OperationError> {
    let request: PatchOperations = call.body()?;
    let operations = request.patch_operations.unwrap_or_default();
    if operations.len() > limits::PATCH_OPERATIONS_MAX {
        let bound = format!("at most {} operations", limits::PATCH_OPERATIONS_MAX);
        return Err(invalid("patchOperations", bound));
    }
    Ok(operations)
}

/// 400 for a path that the resource does not have, or not under this operation; AWS's text, two
/// spaces included (boto/boto3#2629).
pub(crate) fn invalid_path(operation: &PatchOperation, legal: &[&str]) -> OperationError {
    OperationError::bad_request(format!(
        "Invalid patch path  '{}' specified for op '{}'. Must be one of: [{}]",
        operation.path,
        operation.op.as_str(),
        legal.join(", ")
    ))
}

/// The value of an operation that needs one.
pub(crate) fn value(operation: &PatchOperation) -> Result<&str, OperationError> {
    operation.value.as_deref().ok_or_else(|| invalid(&operation.path, "a value is needed"))
}

/// The value as a number, or anything else that is read from a text.
pub(crate) fn parsed<T: FromStr>(operation: &PatchOperation) -> Result<T, OperationError> {
    let text = value(operation)?;
    text.parse().map_err(|_| invalid(&operation.path, format!("'{text}'")))
}

/// A part of a path as it is meant (RFC 6901).
pub(crate) fn unescaped(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}
