//! Resource Integration (spec/management-api.md section 2.3).

mod http;
mod members;
mod parameter_mapping;
mod subtype;
mod upstream;
mod websocket;

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{CreateIntegration, Integration, UpdateIntegration, limits};

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, missing, unknown_api};

pub(crate) use members::{check, checked_new};

/// `CreateIntegration`.
pub(crate) async fn create_integration(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateIntegration = call.body()?;
    let mut change = Change::begin(call).await?;
    let integration = checked_new(call, change.api.protocol_type, request)?;
    if change.write.integration_count(&change.api.api_id).await? >= limits::INTEGRATIONS_PER_API_MAX
    {
        return Err(OperationError::bad_request(format!(
            "An API has at most {} integrations",
            limits::INTEGRATIONS_PER_API_MAX
        )));
    }
    let inserted = change.write.integration_insert(&change.api.api_id, &integration).await;
    inserted.map_err(|error| conflict(error, &integration))?;
    change.publish(call).await?;
    answer(&integration)
}

/// `DeleteIntegration`.
pub(crate) async fn delete_integration(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let target = format!("integrations/{}", call.integration_id());
    let routes = change.write.route_list_all(&change.api.api_id).await?;
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
    if !change.write.integration_delete(&change.api.api_id, &call.integration_id()).await? {
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
        None => Err(missing(call, &mut read, unknown_integration(call)).await),
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
    let integration =
        change.write.integration_fetch(&change.api.api_id, &call.integration_id()).await?;
    let integration = integration.ok_or_else(|| unknown_integration(call))?;
    let integration = members::updated(call, change.api.protocol_type, integration, request)?;
    let updated = change.write.integration_update(&change.api.api_id, &integration).await;
    updated.map_err(|error| conflict(error, &integration))?;
    change.publish(call).await?;
    answer(&integration)
}

/// A database's refusal of an integration.
pub(crate) fn conflict(error: StoreError, integration: &Integration) -> OperationError {
    match error {
        StoreError::Conflict(Constraint::IntegrationVpcLink) => {
            let id = integration.connection_id.as_deref().unwrap_or_default();
            OperationError::not_found(format!("Invalid VpcLink identifier specified {id}"))
        }
        other => other.into(),
    }
}

/// 404 for the integration a call names.
pub(crate) fn unknown_integration(call: &Call<'_>) -> OperationError {
    OperationError::not_found(format!(
        "Invalid Integration identifier specified {}",
        call.parameter("integrationId")
    ))
}
