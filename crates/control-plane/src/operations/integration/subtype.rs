//! AWS service actions of HTTP APIs (`http-api-develop-integrations-aws-services-reference`).

use gatewright_expressions::ServiceParameters;
use gatewright_types::{Integration, IntegrationSubtype, limits};

use crate::error::OperationError;
use crate::validation::{invalid, texts_at_most};

/// The rules of an integration with a subtype.
pub(super) fn check(name: &str, integration: &Integration) -> Result<(), OperationError> {
    let bad = |text: &str| OperationError::bad_request(text);
    let version = integration.payload_format_version.as_deref();
    let subtype = match (IntegrationSubtype::parse(name), version) {
        (Some(subtype), Some("1.0")) => subtype,
        (Some(_), None) => {
            return Err(bad("PayloadFormatVersion is a required parameter for integration"));
        }
        _ => return Err(bad(&format!("Operation: {name} is not supported."))),
    };
    if integration.integration_uri.is_some() {
        return Err(invalid("integrationUri", "must not be set beside integrationSubtype"));
    }
    if integration.integration_method.is_some() {
        return Err(invalid("integrationMethod", "must not be set beside integrationSubtype"));
    }
    if integration.credentials_arn.is_none() {
        return Err(bad(&format!(
            "Role ARN must be specified for AWS integration configuration with Subtype: {name}"
        )));
    }
    let given = integration.request_parameters.as_ref();
    texts_at_most("requestParameters", given, limits::PARAMETER_CHARS_MAX)?;
    let given = given.cloned().unwrap_or_default();
    if !subtype.required().iter().all(|wanted| given.contains_key(*wanted)) {
        return Err(bad(&format!(
            "Operation: {name} requires enabling passthrough, or defining all of the following parameters in the parameter mapping: [{}]",
            subtype.required().join(", ")
        )));
    }
    if let Some(key) = given.keys().find(|key| subtype.parameter(key).is_none()) {
        return Err(invalid("requestParameters", format!("{name} takes no parameter '{key}'")));
    }
    // Stage variables are a stage's: what only they can spoil is told when it is published.
    ServiceParameters::compile(subtype, &given, &[], |_| None).map_err(|error| {
        bad(&format!(
            "Invalid selection expression specified: Validation Result: warnings : [], errors : [{error}]"
        ))
    })?;
    super::parameter_mapping::check_http_response(integration.response_parameters.as_ref())
}
