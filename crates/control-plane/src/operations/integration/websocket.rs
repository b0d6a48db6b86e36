//! What a WebSocket API's integration may be.

use gatewright_types::{ConnectionType, Integration, IntegrationType, PassthroughBehavior, limits};

use super::parameter_mapping;
use super::upstream::{check_method, check_url, is_lambda};
use crate::error::OperationError;
use crate::validation::{invalid, text_at_most, texts_at_most};

/// What AWS fills in.
pub(super) fn complete(integration: &mut Integration) {
    use IntegrationType as T;
    integration.passthrough_behavior.get_or_insert(PassthroughBehavior::WhenNoMatch);
    // Before the check, which refuses another version: an absent one is 1.0, also for MOCK.
    integration.payload_format_version.get_or_insert_with(|| "1.0".to_owned());
    let kind = integration.integration_type;
    if matches!(kind, T::Aws | T::AwsProxy)
        && is_lambda(integration)
        && integration.integration_method.is_none()
    {
        integration.integration_method = Some("POST".to_owned());
    }
    if kind == T::Mock {
        integration.integration_method = None;
    }
    integration.integration_response_selection_expression = match kind {
        T::Mock | T::Http => Some("${integration.response.statuscode}".to_owned()),
        T::Aws => Some("${integration.response.body.errorMessage}".to_owned()),
        T::HttpProxy | T::AwsProxy => None,
    };
}

/// The rules between its members.
pub(super) fn check(integration: &Integration) -> Result<(), OperationError> {
    let bad = |text: &str| OperationError::bad_request(text);
    match integration.payload_format_version.as_deref() {
        None | Some("1.0") => {}
        Some(other) => return Err(bad(&format!("Unsupported PayloadFormatVersion: {other}"))),
    }
    let http_only = [
        ("integrationSubtype", integration.integration_subtype.is_some()),
        ("responseParameters", integration.response_parameters.is_some()),
        ("tlsConfig", integration.tls_config.is_some()),
    ];
    for (member, given) in http_only {
        if given {
            return Err(bad(&format!("{member} is only supported for HTTP APIs")));
        }
    }
    parameter_mapping::check_websocket_request(integration.request_parameters.as_ref())?;
    let templates = integration.request_templates.as_ref();
    texts_at_most("requestTemplates", templates, limits::TEMPLATE_CHARS_MAX)?;
    text_at_most(
        "templateSelectionExpression",
        integration.template_selection_expression.as_deref(),
        limits::SELECTION_EXPRESSION_CHARS_MAX,
    )?;
    check_uri(integration)
}

fn check_uri(integration: &Integration) -> Result<(), OperationError> {
    let bad = |text: &str| OperationError::bad_request(text);
    let uri = integration.integration_uri.as_deref();
    let private = integration.connection_type == ConnectionType::VpcLink;
    match integration.integration_type {
        IntegrationType::Mock if uri.is_some() => {
            Err(bad("Integration URI is not supported for MOCK integrations"))
        }
        IntegrationType::Mock if private => {
            Err(invalid("connectionType", "VPC_LINK needs integrationType HTTP or HTTP_PROXY"))
        }
        IntegrationType::Mock => Ok(()),
        IntegrationType::Http | IntegrationType::HttpProxy => {
            let method = integration.integration_method.as_deref().ok_or_else(|| {
                bad("HttpMethod parameter method must be specified for integrationType HTTPPROXY")
            })?;
            check_method(method)?;
            check_url(uri)
        }
        IntegrationType::Aws | IntegrationType::AwsProxy if private => {
            Err(invalid("connectionType", "VPC_LINK needs integrationType HTTP or HTTP_PROXY"))
        }
        IntegrationType::Aws | IntegrationType::AwsProxy => {
            let uri = uri.ok_or_else(|| bad("Invalid integration URI specified"))?;
            if !uri.starts_with("arn:") && !uri.contains("${stageVariables.") {
                return Err(bad("Invalid integration URI specified"));
            }
            let method = integration.integration_method.as_deref();
            check_method(method.ok_or_else(|| {
                bad("HttpMethod parameter method must be specified for integrationType AWS")
            })?)
        }
    }
}
