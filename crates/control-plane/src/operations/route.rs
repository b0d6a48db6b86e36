//! Resource Route (spec/management-api.md section 2.2).

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{
    AuthorizationType, AuthorizerId, CreateRoute, HttpRouteKey, Route, RouteId, StageName,
    UpdateRoute, limits,
};

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, unknown_api};
use crate::validation::{created_text, text_at_most, updated_text};

/// `CreateRoute`.
pub(crate) async fn create_route(call: &Call<'_>) -> Result<Answer, OperationError> {
    let route = checked_new(call, call.body()?)?;
    let mut change = Change::begin(call).await?;
    let api_id = change.api.api_id.clone();
    if change.write.route_count(&api_id).await? >= limits::ROUTES_PER_API_MAX {
        return Err(OperationError::bad_request(format!(
            "An API has at most {} routes",
            limits::ROUTES_PER_API_MAX
        )));
    }
    let inserted = change.write.route_insert(&api_id, &route).await;
    inserted.map_err(|error| conflict(error, &route))?;
    change.publish(call).await?;
    answer(&route)
}

/// `DeleteRoute`.
pub(crate) async fn delete_route(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let api_id = change.api.api_id.clone();
    let route = change.write.route_fetch(&api_id, &call.route_id()).await?;
    if route.ok_or_else(|| unknown_route(call))?.api_gateway_managed == Some(true) {
        return Err(OperationError::bad_request("Cannot modify a managed resource"));
    }
    change.write.route_delete(&api_id, &call.route_id()).await?;
    change.publish(call).await?;
    Ok(None)
}

/// `GetRoute`.
pub(crate) async fn get_route(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut read = call.plane.store.read().await?;
    match read.route_fetch(&call.api_id(), &call.route_id()).await? {
        Some(route) => answer(&route),
        None if read.api_fetch(&call.api_id()).await?.is_none() => Err(unknown_api(call)),
        None => Err(unknown_route(call)),
    }
}

/// `GetRoutes`.
pub(crate) async fn get_routes(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut read = call.plane.store.read().await?;
    if read.api_fetch(&call.api_id()).await?.is_none() {
        return Err(unknown_api(call));
    }
    pagination::answer_items(call, read.route_list(&call.api_id(), &page).await?)
}

/// `UpdateRoute`.
pub(crate) async fn update_route(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateRoute = call.body()?;
    let mut change = Change::begin(call).await?;
    let api_id = change.api.api_id.clone();
    let route = change.write.route_fetch(&api_id, &call.route_id()).await?;
    let route = route.ok_or_else(|| unknown_route(call))?;
    let route = updated(route, request)?;
    let updated = change.write.route_update(&api_id, &route).await;
    updated.map_err(|error| conflict(error, &route))?;
    change.publish(call).await?;
    answer(&route)
}

/// A route out of the members of a create call.
pub(crate) fn checked_new(call: &Call<'_>, request: CreateRoute) -> Result<Route, OperationError> {
    let route_key = created_text(request.route_key)
        .ok_or_else(|| OperationError::bad_request("Route key is required"))?;
    let route = Route {
        api_gateway_managed: None,
        api_key_required: request.api_key_required.unwrap_or(false),
        authorization_scopes: request.authorization_scopes.filter(|scopes| !scopes.is_empty()),
        authorization_type: request.authorization_type.unwrap_or_default(),
        authorizer_id: created_text(request.authorizer_id).map(AuthorizerId::new),
        model_selection_expression: created_text(request.model_selection_expression),
        operation_name: created_text(request.operation_name),
        request_models: request.request_models.filter(|models| !models.is_empty()),
        request_parameters: request.request_parameters.filter(|map| !map.is_empty()),
        route_id: RouteId::generate(&*call.plane.ids),
        route_key,
        route_response_selection_expression: created_text(
            request.route_response_selection_expression,
        ),
        target: created_text(request.target),
    };
    check(&route, "null")?;
    Ok(route)
}

/// A database's refusal of a route, in AWS's words.
pub(crate) fn conflict(error: StoreError, route: &Route) -> OperationError {
    match error {
        StoreError::Conflict(Constraint::RouteKey) => OperationError::Conflict(format!(
            "Route with key {} already exists for this API",
            route.route_key
        )),
        StoreError::Conflict(Constraint::RouteTarget) => {
            let target = route.target.as_deref().unwrap_or_default();
            let id = target.strip_prefix("integrations/").unwrap_or(target);
            OperationError::not_found(format!("Invalid Integration identifier specified {id}"))
        }
        other => other.into(),
    }
}

/// Refuses what is not a route key of an HTTP API.
pub(crate) fn check_key(key: &str) -> Result<(), OperationError> {
    text_at_most("routeKey", Some(key), limits::ROUTE_KEY_CHARS_MAX)?;
    HttpRouteKey::parse(key)
        .map(drop)
        .map_err(|error| OperationError::bad_request(error.to_string()))
}

fn updated(mut route: Route, request: UpdateRoute) -> Result<Route, OperationError> {
    if let Some(key) = created_text(request.route_key) {
        let managed_default =
            route.api_gateway_managed == Some(true) && route.route_key == StageName::DEFAULT;
        if managed_default && key != route.route_key {
            return Err(OperationError::bad_request("Cannot modify a managed resource"));
        }
        route.route_key = key;
    }
    if let Some(required) = request.api_key_required {
        route.api_key_required = required;
    }
    let clears_authorizer = request.authorizer_id.as_deref() == Some("");
    if request.authorizer_id.is_some() && !clears_authorizer && request.authorization_type.is_none()
    {
        return Err(OperationError::bad_request(
            "Unable to update route. Authorizer type is invalid or null.",
        ));
    }
    if let Some(authorizer_id) = request.authorizer_id {
        route.authorizer_id = created_text(Some(authorizer_id)).map(AuthorizerId::new);
    }
    if let Some(scopes) = request.authorization_scopes {
        route.authorization_scopes = Some(scopes).filter(|scopes| !scopes.is_empty());
    }
    if let Some(authorization_type) = request.authorization_type {
        route.authorization_type = authorization_type;
        if authorization_type == AuthorizationType::None {
            route.authorizer_id = None;
            route.authorization_scopes = None;
        }
    }
    route.model_selection_expression =
        updated_text(route.model_selection_expression.take(), request.model_selection_expression);
    route.operation_name = updated_text(route.operation_name.take(), request.operation_name);
    route.route_response_selection_expression = updated_text(
        route.route_response_selection_expression.take(),
        request.route_response_selection_expression,
    );
    route.target = updated_text(route.target.take(), request.target);
    if let Some(models) = request.request_models {
        route.request_models = Some(models);
    }
    if let Some(parameters) = request.request_parameters {
        route.request_parameters = Some(parameters);
    }
    let id = route.route_id.to_string();
    check(&route, &id)?;
    Ok(route)
}

/// `id` is how AWS's texts name the route: `null` while it is being made.
fn check(route: &Route, id: &str) -> Result<(), OperationError> {
    check_key(&route.route_key)?;
    text_at_most(
        "operationName",
        route.operation_name.as_deref(),
        limits::OPERATION_NAME_CHARS_MAX,
    )?;
    text_at_most("target", route.target.as_deref(), limits::ROUTE_TARGET_CHARS_MAX)?;
    let well_formed = route
        .target
        .as_deref()
        .is_none_or(|target| target.strip_prefix("integrations/").is_some_and(|id| !id.is_empty()));
    if !well_formed {
        return Err(OperationError::bad_request(format!(
            "Unexpected or malformed target in route {id}. Correct format should be integrations/<integration_id>."
        )));
    }
    if route.api_key_required {
        return Err(OperationError::bad_request(format!(
            "ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route {id}"
        )));
    }
    check_authorization(route)?;
    let websocket_only = [
        ("modelSelectionExpression", route.model_selection_expression.is_some()),
        ("requestModels", route.request_models.is_some()),
        ("requestParameters", route.request_parameters.is_some()),
        ("routeResponseSelectionExpression", route.route_response_selection_expression.is_some()),
    ];
    for (member, given) in websocket_only {
        if given {
            return Err(OperationError::bad_request(format!(
                "{member} is only supported for WEBSOCKET APIs"
            )));
        }
    }
    Ok(())
}

fn check_authorization(route: &Route) -> Result<(), OperationError> {
    let scopes = route.authorization_scopes.as_deref().unwrap_or_default();
    if !scopes.is_empty() && route.authorization_type != AuthorizationType::Jwt {
        return Err(OperationError::bad_request(
            "Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types",
        ));
    }
    if scopes.len() > limits::AUTHORIZATION_SCOPES_MAX {
        return Err(OperationError::bad_request(format!(
            "Invalid value for 'authorizationScopes': at most {} scopes",
            limits::AUTHORIZATION_SCOPES_MAX
        )));
    }
    // No authorizer can exist before there are authorizers, so every id is a wrong one.
    match route.authorization_type {
        AuthorizationType::Jwt => Err(OperationError::bad_request(
            "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.",
        )),
        AuthorizationType::Custom => Err(OperationError::bad_request(
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
        )),
        AuthorizationType::None | AuthorizationType::AwsIam if route.authorizer_id.is_some() => {
            Err(OperationError::bad_request(
                "Invalid value for 'authorizerId': needs authorizationType JWT or CUSTOM",
            ))
        }
        AuthorizationType::None | AuthorizationType::AwsIam => Ok(()),
    }
}

fn unknown_route(call: &Call<'_>) -> OperationError {
    OperationError::not_found(format!(
        "Invalid Route identifier specified {}",
        call.parameter("routeId")
    ))
}
