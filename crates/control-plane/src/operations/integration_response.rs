//! Resource IntegrationResponse of WebSocket APIs (spec/management-api.md section 2.4).

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{
    CreateIntegrationResponse, IntegrationResponse, IntegrationResponseId, ProtocolType,
    UpdateIntegrationResponse, limits,
};

use super::integration::unknown_integration;
use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, missing};
use crate::validation::{
    created_text, invalid, missing_member, text_at_most, texts_at_most, updated_text,
};

/// `CreateIntegrationResponse`.
pub(crate) async fn create_integration_response(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateIntegrationResponse = call.body()?;
    let mut change = begin(call).await?;
    let response = IntegrationResponse {
        content_handling_strategy: request.content_handling_strategy,
        integration_response_id: IntegrationResponseId::generate(&*call.plane.ids),
        integration_response_key: created_text(request.integration_response_key)
            .ok_or_else(|| missing_member("integrationResponseKey"))?,
        response_parameters: request.response_parameters.filter(|map| !map.is_empty()),
        response_templates: request.response_templates.filter(|map| !map.is_empty()),
        template_selection_expression: created_text(request.template_selection_expression),
    };
    check(&response)?;
    let integration_id = call.integration_id();
    let inserted = change
        .write
        .integration_response_insert(&change.api.api_id, &integration_id, &response)
        .await;
    inserted.map_err(|error| conflict(error, &response))?;
    change.publish(call).await?;
    answer(&response)
}

/// `DeleteIntegrationResponse`.
pub(crate) async fn delete_integration_response(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = begin(call).await?;
    let (integration_id, id) = (call.integration_id(), call.integration_response_id());
    if !change.write.integration_response_delete(&change.api.api_id, &integration_id, &id).await? {
        return Err(unknown_integration_response(call));
    }
    change.publish(call).await?;
    Ok(None)
}

/// `GetIntegrationResponse`.
pub(crate) async fn get_integration_response(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut read = call.plane.store.read().await?;
    let (api_id, integration_id) = (call.api_id(), call.integration_id());
    match read
        .integration_response_fetch(&api_id, &integration_id, &call.integration_response_id())
        .await?
    {
        Some(response) => answer(&response),
        None if read.integration_fetch(&api_id, &integration_id).await?.is_some() => {
            Err(unknown_integration_response(call))
        }
        None => Err(missing(call, &mut read, unknown_integration(call)).await),
    }
}

/// `GetIntegrationResponses`.
pub(crate) async fn get_integration_responses(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut read = call.plane.store.read().await?;
    let (api_id, integration_id) = (call.api_id(), call.integration_id());
    if read.integration_fetch(&api_id, &integration_id).await?.is_none() {
        return Err(missing(call, &mut read, unknown_integration(call)).await);
    }
    let listed = read.integration_response_list(&api_id, &integration_id, &page).await?;
    pagination::answer_items(call, listed)
}

/// `UpdateIntegrationResponse`.
pub(crate) async fn update_integration_response(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateIntegrationResponse = call.body()?;
    let mut change = begin(call).await?;
    let (integration_id, id) = (call.integration_id(), call.integration_response_id());
    let response =
        change.write.integration_response_fetch(&change.api.api_id, &integration_id, &id).await?;
    let mut response = response.ok_or_else(|| unknown_integration_response(call))?;
    if let Some(strategy) = request.content_handling_strategy {
        response.content_handling_strategy = Some(strategy);
    }
    if let Some(key) = created_text(request.integration_response_key) {
        response.integration_response_key = key;
    }
    // Terraform sends maps whole: what is sent replaces, and `{}` empties.
    if let Some(parameters) = request.response_parameters {
        response.response_parameters = Some(parameters).filter(|map| !map.is_empty());
    }
    if let Some(templates) = request.response_templates {
        response.response_templates = Some(templates).filter(|map| !map.is_empty());
    }
    response.template_selection_expression = updated_text(
        response.template_selection_expression.take(),
        request.template_selection_expression,
    );
    check(&response)?;
    let updated = change
        .write
        .integration_response_update(&change.api.api_id, &integration_id, &response)
        .await;
    updated.map_err(|error| conflict(error, &response))?;
    change.publish(call).await?;
    answer(&response)
}

/// Begins to change a response of a WebSocket API's integration.
async fn begin(call: &Call<'_>) -> Result<Change, OperationError> {
    let mut change = Change::begin(call).await?;
    if change.api.protocol_type == ProtocolType::Http {
        return Err(OperationError::bad_request(
            "IntegrationResponses are currently not supported for this API protocol type. This is because the API may only be configured with proxy integration at this time.",
        ));
    }
    let integration =
        change.write.integration_fetch(&change.api.api_id, &call.integration_id()).await?;
    match integration {
        Some(_) => Ok(change),
        None => Err(unknown_integration(call)),
    }
}

fn check(response: &IntegrationResponse) -> Result<(), OperationError> {
    let key = &response.integration_response_key;
    text_at_most("integrationResponseKey", Some(key), limits::ROUTE_KEY_CHARS_MAX)?;
    let pattern = key.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    if key != "$default" && pattern.is_none_or(str::is_empty) {
        return Err(invalid("integrationResponseKey", "must be $default or a pattern, /2../"));
    }
    let parameters = response.response_parameters.as_ref();
    texts_at_most("responseParameters", parameters, limits::PARAMETER_CHARS_MAX)?;
    let templates = response.response_templates.as_ref();
    texts_at_most("responseTemplates", templates, limits::TEMPLATE_CHARS_MAX)?;
    text_at_most(
        "templateSelectionExpression",
        response.template_selection_expression.as_deref(),
        limits::SELECTION_EXPRESSION_CHARS_MAX,
    )
}

fn conflict(error: StoreError, response: &IntegrationResponse) -> OperationError {
    match error {
        StoreError::Conflict(Constraint::IntegrationResponseKey) => {
            OperationError::Conflict(format!(
                "IntegrationResponse with key {} already exists for this Integration",
                response.integration_response_key
            ))
        }
        other => other.into(),
    }
}

fn unknown_integration_response(call: &Call<'_>) -> OperationError {
    OperationError::not_found(format!(
        "Invalid IntegrationResponse identifier specified {}",
        call.parameter("integrationResponseId")
    ))
}
