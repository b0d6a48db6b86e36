//! Resource Integration (spec/management-api.md section 2.3).

use std::collections::BTreeMap;

use gatewright_types::{
    ConnectionType, CreateIntegration, Integration, IntegrationId, IntegrationType, TlsConfig,
    UpdateIntegration, limits,
};

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, unknown_api};
use crate::validation::{created_text, merge_texts, text_at_most, updated_text};

/// `CreateIntegration`.
pub(crate) async fn create_integration(call: &Call<'_>) -> Result<Answer, OperationError> {
    let integration = checked_new(call, call.body()?)?;
    let mut change = Change::begin(call).await?;
    let api_id = change.api.api_id.clone();
    if change.write.integration_count(&api_id).await? >= limits::INTEGRATIONS_PER_API_MAX {
        return Err(OperationError::bad_request(format!(
            "An API has at most {} integrations",
            limits::INTEGRATIONS_PER_API_MAX
        )));
    }
    change.write.integration_insert(&api_id, &integration).await?;
    change.publish(call).await?;
    answer(&integration)
}

/// `DeleteIntegration`.
pub(crate) async fn delete_integration(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let api_id = change.api.api_id.clone();
    let target = format!("integrations/{}", call.integration_id());
    let routes = change.write.route_list_all(&api_id).await?;
    let users = routes
        .iter()
        .filter(|route| route.target.as_deref() == Some(&target))
        .map(|route| route.route_id.as_str())
        .collect::<Vec<_>>();
    if !users.is_empty() {
        return Err(OperationError::Conflict(format!(
            "Cannot delete Integration because it is referenced by the following Routes with Ids: [{}]",
            users.join(", ")
        )));
    }
    if !change.write.integration_delete(&api_id, &call.integration_id()).await? {
        return Err(unknown_integration(call));
    }
    change.publish(call).await?;
    Ok(None)
}

/// `GetIntegration`.
pub(crate) async fn get_integration(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut read = call.plane.store.read().await?;
    match read.integration_fetch(&call.api_id(), &call.integration_id()).await? {
        Some(integration) => answer(&integration),
        None if read.api_fetch(&call.api_id()).await?.is_none() => Err(unknown_api(call)),
        None => Err(unknown_integration(call)),
    }
}

/// `GetIntegrations`.
pub(crate) async fn get_integrations(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut read = call.plane.store.read().await?;
    if read.api_fetch(&call.api_id()).await?.is_none() {
        return Err(unknown_api(call));
    }
    pagination::answer_items(call, read.integration_list(&call.api_id(), &page).await?)
}

/// `UpdateIntegration`.
pub(crate) async fn update_integration(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateIntegration = call.body()?;
    let mut change = Change::begin(call).await?;
    let api_id = change.api.api_id.clone();
    let integration = change.write.integration_fetch(&api_id, &call.integration_id()).await?;
    let integration = integration.ok_or_else(|| unknown_integration(call))?;
    let integration = updated(integration, request)?;
    change.write.integration_update(&api_id, &integration).await?;
    change.publish(call).await?;
    answer(&integration)
}

/// An integration out of the members of a create call.
pub(crate) fn checked_new(
    call: &Call<'_>,
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
        // HTTP APIs take the member and drop it.
        passthrough_behavior: None,
        payload_format_version: created_text(request.payload_format_version),
        request_parameters: request.request_parameters.filter(|map| !map.is_empty()),
        request_templates: request.request_templates.filter(|map| !map.is_empty()),
        response_parameters: request.response_parameters.filter(|map| !map.is_empty()),
        template_selection_expression: created_text(request.template_selection_expression),
        timeout_in_millis: timeout(request.timeout_in_millis)?
            .unwrap_or(limits::HTTP_INTEGRATION_TIMEOUT_MS),
        tls_config: request.tls_config,
    };
    complete(&mut integration);
    check(&integration)?;
    Ok(integration)
}

fn updated(
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
    if let Some(timeout) = timeout(request.timeout_in_millis)? {
        integration.timeout_in_millis = timeout;
    }
    if let Some(strategy) = request.content_handling_strategy {
        integration.content_handling_strategy = Some(strategy);
    }
    // These cannot be emptied: an empty text leaves them missing, which the check refuses.
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
    complete(&mut integration);
    check(&integration)?;
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
    Some(merged).filter(|map| !map.is_empty())
}

/// What AWS fills in, and what it drops in silence because it can mean nothing.
fn complete(integration: &mut Integration) {
    if integration.integration_type == IntegrationType::AwsProxy
        && integration.integration_subtype.is_none()
        && integration.integration_method.is_none()
    {
        integration.integration_method = Some("POST".to_owned());
    }
    let no_tls = integration.connection_type == ConnectionType::Internet
        || integration.tls_config == Some(TlsConfig::default());
    if no_tls {
        integration.tls_config = None;
    }
}

/// The rules between an integration's members.
pub(crate) fn check(integration: &Integration) -> Result<(), OperationError> {
    let bad = OperationError::bad_request;
    text_at_most("description", integration.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    text_at_most("integrationUri", integration.integration_uri.as_deref(), limits::URI_CHARS_MAX)?;
    text_at_most(
        "connectionId",
        integration.connection_id.as_deref(),
        limits::CONNECTION_ID_CHARS_MAX,
    )?;
    let kind = integration.integration_type;
    if !matches!(kind, IntegrationType::AwsProxy | IntegrationType::HttpProxy) {
        return Err(bad(
            "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)",
        ));
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
    if integration.connection_type == ConnectionType::VpcLink && integration.connection_id.is_none()
    {
        return Err(bad("ConnectionId must be set to vpcLinkId for ConnectionType VPC_LINK"));
    }
    match kind {
        IntegrationType::HttpProxy => check_http_proxy(integration),
        _ => check_aws_proxy(integration),
    }
}

const METHODS: [&str; 8] = ["ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"];

fn check_http_proxy(integration: &Integration) -> Result<(), OperationError> {
    let bad = OperationError::bad_request;
    let Some(method) = integration.integration_method.as_deref() else {
        return Err(bad(
            "HttpMethod parameter method must be specified for integrationType HTTPPROXY",
        ));
    };
    if !METHODS.contains(&method) {
        return Err(bad(&format!(
            "Invalid value for 'integrationMethod': '{method}' is not a method"
        )));
    }
    let uri = integration.integration_uri.as_deref().unwrap_or_default();
    let variable_origin = uri.starts_with("${stageVariables.");
    if integration.connection_type == ConnectionType::Internet
        && !uri.starts_with("http://")
        && !uri.starts_with("https://")
        && !variable_origin
    {
        return Err(bad(
            "Invalid HTTP endpoint specified for URI: must begin with http:// or https://",
        ));
    }
    Ok(())
}

fn check_aws_proxy(integration: &Integration) -> Result<(), OperationError> {
    match &integration.integration_subtype {
        Some(subtype) if integration.credentials_arn.is_none() => {
            Err(OperationError::bad_request(format!(
                "Role ARN must be specified for AWS integration configuration with Subtype: {subtype}"
            )))
        }
        Some(subtype) if integration.payload_format_version.as_deref() != Some("1.0") => {
            Err(OperationError::bad_request(format!("Operation: {subtype} is not supported.")))
        }
        None if integration.integration_uri.is_none() => {
            Err(OperationError::bad_request("Invalid integration URI specified"))
        }
        _ => Ok(()),
    }
}

fn timeout(milliseconds: Option<i64>) -> Result<Option<u32>, OperationError> {
    let range = limits::INTEGRATION_TIMEOUT_MS_MIN..=limits::HTTP_INTEGRATION_TIMEOUT_MS;
    milliseconds
        .map(|milliseconds| {
            u32::try_from(milliseconds).ok().filter(|value| range.contains(value)).ok_or_else(
                || {
                    OperationError::bad_request(format!(
                        "Timeout should be between {} ms and {} ms",
                        range.start(),
                        range.end()
                    ))
                },
            )
        })
        .transpose()
}

fn unknown_integration(call: &Call<'_>) -> OperationError {
    OperationError::not_found(format!(
        "Invalid Integration identifier specified {}",
        call.parameter("integrationId")
    ))
}
