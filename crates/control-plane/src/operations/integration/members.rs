//! From the members of a call to an integration, and the rules of both protocols.

use std::collections::BTreeMap;

use gatewright_types::{
    ConnectionType, CreateIntegration, Integration, IntegrationId, ProtocolType, TlsConfig,
    UpdateIntegration, limits,
};

use super::{http, websocket};
use crate::call::Call;
use crate::error::OperationError;
use crate::validation::{created_text, invalid, merge_texts, text_at_most, updated_text};

/// An integration out of the members of a create call.
pub(crate) fn checked_new(
    call: &Call<'_>,
    protocol: ProtocolType,
    request: CreateIntegration,
) -> Result<Integration, OperationError> {
    let integration_type = request.integration_type.ok_or_else(|| {
        OperationError::bad_request("IntegrationType is a required parameter for integration")
    })?;
    let mut integration = Integration {
        api_gateway_managed: None,
        connection_id: created_text(request.connection_id),
        connection_type: request.connection_type.unwrap_or_default(),
        content_handling_strategy: request.content_handling_strategy,
        credentials_arn: created_text(request.credentials_arn),
        description: created_text(request.description),
        integration_id: IntegrationId::generate(&*call.plane.ids),
        integration_method: created_text(request.integration_method),
        integration_response_selection_expression: None,
        integration_subtype: created_text(request.integration_subtype),
        integration_type,
        integration_uri: created_text(request.integration_uri),
        passthrough_behavior: request.passthrough_behavior,
        payload_format_version: created_text(request.payload_format_version),
        request_parameters: request.request_parameters.filter(|map| !map.is_empty()),
        request_templates: request.request_templates.filter(|map| !map.is_empty()),
        response_parameters: request.response_parameters.filter(|map| !map.is_empty()),
        template_selection_expression: created_text(request.template_selection_expression),
        timeout_in_millis: timeout(call, protocol, request.timeout_in_millis)?
            .unwrap_or_else(|| timeout_default(protocol)),
        tls_config: request.tls_config,
    };
    complete(protocol, &mut integration);
    check(protocol, &integration)?;
    Ok(integration)
}

/// An integration with the members of an update call laid over it.
pub(super) fn updated(
    call: &Call<'_>,
    protocol: ProtocolType,
    mut integration: Integration,
    request: UpdateIntegration,
) -> Result<Integration, OperationError> {
    if integration.integration_subtype.is_some() && request.integration_subtype.is_none() {
        return Err(OperationError::bad_request("Invalid integration URI specified"));
    }
    if let Some(connection_type) = request.connection_type {
        integration.connection_type = connection_type;
    }
    if let Some(integration_type) = request.integration_type {
        integration.integration_type = integration_type;
    }
    if let Some(timeout) = timeout(call, protocol, request.timeout_in_millis)? {
        integration.timeout_in_millis = timeout;
    }
    if let Some(strategy) = request.content_handling_strategy {
        integration.content_handling_strategy = Some(strategy);
    }
    if let Some(behavior) = request.passthrough_behavior {
        integration.passthrough_behavior = Some(behavior);
    }
    // Some of these cannot be emptied: an empty text leaves them missing, which the check refuses.
    let texts = [
        (&mut integration.integration_method, request.integration_method),
        (&mut integration.integration_uri, request.integration_uri),
        (&mut integration.integration_subtype, request.integration_subtype),
        (&mut integration.payload_format_version, request.payload_format_version),
        (&mut integration.connection_id, request.connection_id),
        (&mut integration.credentials_arn, request.credentials_arn),
        (&mut integration.description, request.description),
        (&mut integration.template_selection_expression, request.template_selection_expression),
    ];
    for (current, new) in texts {
        *current = updated_text(current.take(), new);
    }
    if let Some(new) = request.request_parameters {
        let mut parameters = integration.request_parameters.take().unwrap_or_default();
        if integration.integration_subtype.is_some() && new.values().any(String::is_empty) {
            return Err(OperationError::bad_request(
                "Invalid selection expression specified: Validation Result: warnings : [], errors : [Mapping expression missing source or destination]",
            ));
        }
        merge_texts(&mut parameters, new);
        integration.request_parameters = Some(parameters).filter(|map| !map.is_empty());
    }
    if let Some(new) = request.response_parameters {
        integration.response_parameters =
            merged_responses(integration.response_parameters.take(), new);
    }
    if let Some(templates) = request.request_templates {
        integration.request_templates = Some(templates).filter(|map| !map.is_empty());
    }
    if let Some(tls_config) = request.tls_config {
        integration.tls_config = Some(tls_config);
    }
    complete(protocol, &mut integration);
    check(protocol, &integration)?;
    Ok(integration)
}

type Responses = BTreeMap<String, BTreeMap<String, String>>;

/// By status; an empty map removes its status.
fn merged_responses(current: Option<Responses>, new: Responses) -> Option<Responses> {
    let mut merged = current.unwrap_or_default();
    for (status, parameters) in new {
        if parameters.is_empty() {
            merged.remove(&status);
        } else {
            merge_texts(merged.entry(status).or_default(), parameters);
        }
    }
    merged.retain(|_, parameters| !parameters.is_empty());
    Some(merged).filter(|map| !map.is_empty())
}

/// What AWS fills in, and what it drops in silence because it can mean nothing.
fn complete(protocol: ProtocolType, integration: &mut Integration) {
    let no_tls = integration.connection_type == ConnectionType::Internet
        || integration.tls_config == Some(TlsConfig::default());
    if no_tls {
        integration.tls_config = None;
    }
    match protocol {
        ProtocolType::Http => http::complete(integration),
        ProtocolType::Websocket => websocket::complete(integration),
    }
}

/// The rules between an integration's members.
pub(crate) fn check(
    protocol: ProtocolType,
    integration: &Integration,
) -> Result<(), OperationError> {
    let texts = [
        ("description", &integration.description, limits::DESCRIPTION_CHARS_MAX),
        ("integrationUri", &integration.integration_uri, limits::URI_CHARS_MAX),
        ("integrationMethod", &integration.integration_method, limits::METHOD_CHARS_MAX),
        ("connectionId", &integration.connection_id, limits::CONNECTION_ID_CHARS_MAX),
        ("credentialsArn", &integration.credentials_arn, limits::ARN_CHARS_MAX),
    ];
    for (member, text, characters_max) in texts {
        text_at_most(member, text.as_deref(), characters_max)?;
    }
    if let Some(arn) = integration.credentials_arn.as_deref().filter(|arn| !is_role(arn)) {
        return Err(invalid("credentialsArn", format!("'{arn}' is not the ARN of a role")));
    }
    let tls_name =
        integration.tls_config.as_ref().and_then(|tls| tls.server_name_to_verify.as_ref());
    text_at_most("tlsConfig.serverNameToVerify", tls_name.map(String::as_str), 512)?;
    if integration.connection_type == ConnectionType::VpcLink && integration.connection_id.is_none()
    {
        return Err(OperationError::bad_request(
            "ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK",
        ));
    }
    match protocol {
        ProtocolType::Http => http::check(integration),
        ProtocolType::Websocket => websocket::check(integration),
    }
}

/// A role, the caller's own credentials, or a stage variable that may become either.
fn is_role(arn: &str) -> bool {
    arn.starts_with("arn:") && arn.contains(":iam::") || arn.contains("${")
}

/// AWS's, however much more an operator allows to be asked for.
fn timeout_default(protocol: ProtocolType) -> u32 {
    match protocol {
        ProtocolType::Http => limits::HTTP_INTEGRATION_TIMEOUT_MS,
        ProtocolType::Websocket => limits::WEBSOCKET_INTEGRATION_TIMEOUT_MS,
    }
}

fn timeout(
    call: &Call<'_>,
    protocol: ProtocolType,
    milliseconds: Option<i64>,
) -> Result<Option<u32>, OperationError> {
    let max = match protocol {
        ProtocolType::Http => call.plane.settings.integration_timeout_ms_max,
        ProtocolType::Websocket => timeout_default(protocol),
    };
    let range = limits::INTEGRATION_TIMEOUT_MS_MIN..=max;
    let Some(milliseconds) = milliseconds else {
        return Ok(None);
    };
    match u32::try_from(milliseconds) {
        Ok(value) if range.contains(&value) => Ok(Some(value)),
        _ => Err(OperationError::bad_request(format!(
            "Timeout should be between {} ms and {} ms",
            range.start(),
            range.end()
        ))),
    }
}
