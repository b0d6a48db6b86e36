//! What an HTTP API's integration may be.

use gatewright_types::{ConnectionType, Integration, IntegrationType};

use super::upstream::{check_method, check_url};
use super::{parameter_mapping, subtype};
use crate::error::OperationError;
use crate::validation::{invalid, websocket_only};

/// A Lambda function is always called by POST; the pass-through behaviour is dropped, since proxies
/// always pass through (Terraform sends it).
pub(super) fn complete(integration: &mut Integration) {
    if integration.integration_type == IntegrationType::AwsProxy
        && integration.integration_subtype.is_none()
        && integration.integration_method.is_none()
    {
        integration.integration_method = Some("POST".to_owned());
    }
    integration.passthrough_behavior = None;
}

/// The rules between its members.
pub(super) fn check(integration: &Integration) -> Result<(), OperationError> {
    let bad = |text: &str| OperationError::bad_request(text);
    let kind = integration.integration_type;
    if !matches!(kind, IntegrationType::AwsProxy | IntegrationType::HttpProxy) {
        return Err(bad(
            "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)",
        ));
    }
    websocket_only("contentHandlingStrategy", integration.content_handling_strategy.is_some())?;
    websocket_only("requestTemplates", integration.request_templates.is_some())?;
    let expression = integration.template_selection_expression.is_some();
    websocket_only("templateSelectionExpression", expression)?;
    if let Some(name) = &integration.integration_subtype {
        if kind != IntegrationType::AwsProxy {
            return Err(invalid("integrationSubtype", "needs integrationType AWS_PROXY"));
        }
        return subtype::check(name, integration);
    }
    match integration.payload_format_version.as_deref() {
        None => {
            return Err(bad("PayloadFormatVersion is a required parameter for integration"));
        }
        Some("2.0") if kind == IntegrationType::HttpProxy => {
            return Err(bad(
                "PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY",
            ));
        }
        Some("1.0" | "2.0") => {}
        Some(other) => return Err(bad(&format!("Unsupported PayloadFormatVersion: {other}"))),
    }
    parameter_mapping::check_http_request(integration.request_parameters.as_ref())?;
    parameter_mapping::check_http_response(integration.response_parameters.as_ref())?;
    match kind {
        IntegrationType::HttpProxy => check_http_proxy(integration),
        _ if integration.integration_uri.is_none() => Err(bad("Invalid integration URI specified")),
        _ => check_lambda(integration),
    }
}

fn check_http_proxy(integration: &Integration) -> Result<(), OperationError> {
    let method = integration.integration_method.as_deref().ok_or_else(|| {
        OperationError::bad_request(
            "HttpMethod parameter method must be specified for integrationType HTTPPROXY",
        )
    })?;
    check_method(method)?;
    let uri = integration.integration_uri.as_deref();
    match integration.connection_type {
        ConnectionType::Internet => check_url(uri),
        // On-prem a plain URL says at once where the link leads (design.md section 5).
        ConnectionType::VpcLink if uri.is_some_and(is_private) || check_url(uri).is_ok() => Ok(()),
        ConnectionType::VpcLink => Err(OperationError::bad_request(
            "For VpcLink VPC_LINK, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN.",
        )),
    }
}

/// The ARN of a listener or a Cloud Map service.
fn is_private(uri: &str) -> bool {
    uri.starts_with("arn:")
        && (uri.contains(":elasticloadbalancing:") && uri.contains(":listener/")
            || uri.contains(":servicediscovery:") && uri.contains(":service/"))
}

fn check_lambda(integration: &Integration) -> Result<(), OperationError> {
    if integration.connection_type == ConnectionType::VpcLink {
        return Err(invalid("connectionType", "VPC_LINK needs integrationType HTTP_PROXY"));
    }
    let uri = integration.integration_uri.as_deref().unwrap_or_default();
    if !uri.starts_with("arn:") && !uri.contains("${stageVariables.") {
        return Err(OperationError::bad_request("Invalid integration URI specified"));
    }
    integration.integration_method.as_deref().map_or(Ok(()), check_method)
}
