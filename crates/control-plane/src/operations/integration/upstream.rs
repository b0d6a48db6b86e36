//! What an integration calls: rules that both protocols share.

use gatewright_types::Integration;

use crate::error::OperationError;
use crate::validation::invalid;

/// Methods of an upstream, and `ANY` for the client's own.
pub(super) fn check_method(method: &str) -> Result<(), OperationError> {
    const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];
    if METHODS.contains(&method) {
        return Ok(());
    }
    Err(invalid("integrationMethod", format!("'{method}' is not a method")))
}

/// A URL, or a stage variable that may become one.
pub(super) fn check_url(uri: Option<&str>) -> Result<(), OperationError> {
    let uri = uri.unwrap_or_default();
    let legal = ["http://", "https://", "${stageVariables."];
    if legal.iter().any(|start| uri.starts_with(start)) {
        return Ok(());
    }
    Err(OperationError::bad_request(
        "Invalid HTTP endpoint specified for URI: must begin with http:// or https://",
    ))
}

/// Whether it calls a Lambda function, named by its ARN or by API Gateway's own of it.
pub(super) fn is_lambda(integration: &Integration) -> bool {
    integration.integration_uri.as_deref().is_some_and(|uri| uri.contains(":lambda:"))
}
