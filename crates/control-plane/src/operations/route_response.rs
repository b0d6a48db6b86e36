//! Resource RouteResponse of WebSocket APIs (spec/management-api.md section 2.5).

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{
    CreateRouteResponse, ProtocolType, RouteResponse, RouteResponseId, UpdateRouteResponse, limits,
};

use super::route::unknown_route;
use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, missing};
use crate::validation::{
    created_text, entries_at_most, missing_member, text_at_most, texts_at_most, updated_text,
};

/// `CreateRouteResponse`.
pub(crate) async fn create_route_response(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateRouteResponse = call.body()?;
    let mut change = begin(call).await?;
    let response = RouteResponse {
        model_selection_expression: created_text(request.model_selection_expression),
        response_models: request.response_models.filter(|map| !map.is_empty()),
        response_parameters: request.response_parameters.filter(|map| !map.is_empty()),
        route_response_id: RouteResponseId::generate(&*call.plane.ids),
        route_response_key: created_text(request.route_response_key)
            .ok_or_else(|| missing_member("routeResponseKey"))?,
    };
    check(&response)?;
    let route_id = call.route_id();
    let inserted =
        change.write.route_response_insert(&change.api.api_id, &route_id, &response).await;
    inserted.map_err(|error| conflict(error, &response))?;
    change.publish(call).await?;
    answer(&response)
}

/// `DeleteRouteResponse`.
pub(crate) async fn delete_route_response(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = begin(call).await?;
    let (route_id, id) = (call.route_id(), call.route_response_id());
    if !change.write.route_response_delete(&change.api.api_id, &route_id, &id).await? {
        return Err(unknown_route_response(call));
    }
    change.publish(call).await?;
    Ok(None)
}

/// `GetRouteResponse`.
pub(crate) async fn get_route_response(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut read = call.plane.store.read().await?;
    let (api_id, route_id) = (call.api_id(), call.route_id());
    match read.route_response_fetch(&api_id, &route_id, &call.route_response_id()).await? {
        Some(response) => answer(&response),
        None if read.route_fetch(&api_id, &route_id).await?.is_some() => {
            Err(unknown_route_response(call))
        }
        None => Err(missing(call, &mut read, unknown_route(call)).await),
    }
}

/// `GetRouteResponses`.
pub(crate) async fn get_route_responses(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut read = call.plane.store.read().await?;
    let (api_id, route_id) = (call.api_id(), call.route_id());
    if read.route_fetch(&api_id, &route_id).await?.is_none() {
        return Err(missing(call, &mut read, unknown_route(call)).await);
    }
    let listed = read.route_response_list(&api_id, &route_id, &page).await?;
    pagination::answer_items(call, listed)
}

/// `UpdateRouteResponse`.
pub(crate) async fn update_route_response(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateRouteResponse = call.body()?;
    let mut change = begin(call).await?;
    let (route_id, id) = (call.route_id(), call.route_response_id());
    let response = change.write.route_response_fetch(&change.api.api_id, &route_id, &id).await?;
    let mut response = response.ok_or_else(|| unknown_route_response(call))?;
    if let Some(key) = created_text(request.route_response_key) {
        response.route_response_key = key;
    }
    response.model_selection_expression = updated_text(
        response.model_selection_expression.take(),
        request.model_selection_expression,
    );
    // Terraform sends maps whole: what is sent replaces, and `{}` empties.
    if let Some(models) = request.response_models {
        response.response_models = Some(models).filter(|map| !map.is_empty());
    }
    if let Some(parameters) = request.response_parameters {
        response.response_parameters = Some(parameters).filter(|map| !map.is_empty());
    }
    check(&response)?;
    let updated =
        change.write.route_response_update(&change.api.api_id, &route_id, &response).await;
    updated.map_err(|error| conflict(error, &response))?;
    change.publish(call).await?;
    answer(&response)
}

/// Begins to change a response of a WebSocket API's route.
async fn begin(call: &Call<'_>) -> Result<Change, OperationError> {
    let mut change = Change::begin(call).await?;
    if change.api.protocol_type == ProtocolType::Http {
        return Err(OperationError::bad_request(
            "RouteResponses are currently not supported for this API protocol type. This is because the API may only be configured with proxy integration at this time.",
        ));
    }
    let route = change.write.route_fetch(&change.api.api_id, &call.route_id()).await?;
    match route {
        Some(_) => Ok(change),
        None => Err(unknown_route(call)),
    }
}

fn check(response: &RouteResponse) -> Result<(), OperationError> {
    if response.route_response_key != "$default" {
        return Err(OperationError::bad_request(
            "Currently, only $default is supported as a RouteResponseKey. The creation of the RouteResponse with a key of $default will indicate to API Gateway that this Route is intended to handle two-way communication.",
        ));
    }
    let models = response.response_models.as_ref();
    texts_at_most("responseModels", models, limits::NAME_CHARS_MAX)?;
    if let Some(parameters) = &response.response_parameters {
        entries_at_most("responseParameters", parameters.len())?;
        for key in parameters.keys() {
            text_at_most("responseParameters", Some(key), limits::MAP_KEY_CHARS_MAX)?;
        }
    }
    text_at_most(
        "modelSelectionExpression",
        response.model_selection_expression.as_deref(),
        limits::SELECTION_EXPRESSION_CHARS_MAX,
    )
}

fn conflict(error: StoreError, response: &RouteResponse) -> OperationError {
    match error {
        StoreError::Conflict(Constraint::RouteResponseKey) => OperationError::Conflict(format!(
            "RouteResponse with key {} already exists for this Route",
            response.route_response_key
        )),
        other => other.into(),
    }
}

fn unknown_route_response(call: &Call<'_>) -> OperationError {
    OperationError::not_found(format!(
        "Invalid RouteResponse identifier specified {}",
        call.parameter("routeResponseId")
    ))
}
