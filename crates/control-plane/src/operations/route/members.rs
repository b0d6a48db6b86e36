//! From the members of a call to a route, and the rules between them.

use gatewright_types::{
    AuthorizationType, AuthorizerId, CreateRoute, ProtocolType, Route, RouteId, StageName,
    UpdateRoute, limits,
};

use super::{authorization, check_key};
use crate::call::Call;
use crate::error::OperationError;
use crate::validation::{
    created_text, entries_at_most, invalid, merge_texts, text_at_most, texts_at_most, updated_text,
    websocket_only,
};

/// A route out of the members of a create call.
pub(crate) fn checked_new(
    call: &Call<'_>,
    protocol: ProtocolType,
    request: CreateRoute,
) -> Result<Route, OperationError> {
    let route_key = created_text(request.route_key)
        .ok_or_else(|| OperationError::bad_request("Route key is required"))?;
    let authorization_type = request.authorization_type.unwrap_or_default();
    let mut route = Route {
        api_gateway_managed: None,
        api_key_required: request.api_key_required.unwrap_or(false),
        authorization_scopes: request.authorization_scopes.filter(|scopes| !scopes.is_empty()),
        authorization_type,
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
    drop_websocket_authorizer(protocol, &mut route);
    check(protocol, &route, "null")?;
    Ok(route)
}

/// A route with the members of an update call laid over it.
pub(super) fn updated(
    protocol: ProtocolType,
    mut route: Route,
    request: UpdateRoute,
) -> Result<Route, OperationError> {
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
    update_authorization(
        &mut route,
        request.authorization_type,
        request.authorizer_id,
        request.authorization_scopes,
    )?;
    route.model_selection_expression =
        updated_text(route.model_selection_expression.take(), request.model_selection_expression);
    route.operation_name = updated_text(route.operation_name.take(), request.operation_name);
    route.route_response_selection_expression = updated_text(
        route.route_response_selection_expression.take(),
        request.route_response_selection_expression,
    );
    route.target = updated_text(route.target.take(), request.target);
    if let Some(new) = request.request_models {
        let mut models = route.request_models.take().unwrap_or_default();
        merge_texts(&mut models, new);
        route.request_models = Some(models).filter(|models| !models.is_empty());
    }
    if let Some(new) = request.request_parameters {
        let mut parameters = route.request_parameters.take().unwrap_or_default();
        parameters.extend(new);
        route.request_parameters = Some(parameters).filter(|map| !map.is_empty());
    }
    drop_websocket_authorizer(protocol, &mut route);
    let id = route.route_id.to_string();
    check(protocol, &route, &id)?;
    Ok(route)
}

fn update_authorization(
    route: &mut Route,
    authorization_type: Option<AuthorizationType>,
    authorizer_id: Option<String>,
    scopes: Option<Vec<String>>,
) -> Result<(), OperationError> {
    let clears = authorizer_id.as_deref() == Some("");
    if authorizer_id.is_some() && !clears && authorization_type.is_none() {
        return Err(OperationError::bad_request(
            "Unable to update route. Authorizer type is invalid or null.",
        ));
    }
    if let Some(authorization_type) = authorization_type {
        route.authorization_type = authorization_type;
        if authorization_type == AuthorizationType::None {
            route.authorizer_id = None;
            route.authorization_scopes = None;
        }
    }
    if let Some(authorizer_id) = authorizer_id {
        route.authorizer_id = created_text(Some(authorizer_id)).map(AuthorizerId::new);
    }
    if let Some(scopes) = scopes {
        route.authorization_scopes = Some(scopes).filter(|scopes| !scopes.is_empty());
    }
    Ok(())
}

/// AWS takes an authorizer beside type NONE on WebSocket routes, and drops it.
fn drop_websocket_authorizer(protocol: ProtocolType, route: &mut Route) {
    if protocol == ProtocolType::Websocket && route.authorization_type == AuthorizationType::None {
        route.authorizer_id = None;
    }
}

/// The rules between a route's members. `id` is how AWS's texts name the route: `null` while it
/// is being made.
pub(crate) fn check(protocol: ProtocolType, route: &Route, id: &str) -> Result<(), OperationError> {
    check_key(protocol, &route.route_key)?;
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
    authorization::check(protocol, route)?;
    match protocol {
        ProtocolType::Http => check_http(route, id),
        ProtocolType::Websocket => check_websocket(route),
    }
}

fn check_http(route: &Route, id: &str) -> Result<(), OperationError> {
    if route.api_key_required {
        return Err(OperationError::bad_request(format!(
            "ApiKeyRequired is not currently supported for HTTP APIs. Please set ApiKeyRequired to false for route {id}"
        )));
    }
    websocket_only("modelSelectionExpression", route.model_selection_expression.is_some())?;
    websocket_only("requestModels", route.request_models.is_some())?;
    websocket_only("requestParameters", route.request_parameters.is_some())?;
    websocket_only(
        "routeResponseSelectionExpression",
        route.route_response_selection_expression.is_some(),
    )
}

fn check_websocket(route: &Route) -> Result<(), OperationError> {
    let expression = limits::SELECTION_EXPRESSION_CHARS_MAX;
    let model = route.model_selection_expression.as_deref();
    text_at_most("modelSelectionExpression", model, expression)?;
    let response = route.route_response_selection_expression.as_deref();
    text_at_most("routeResponseSelectionExpression", response, expression)?;
    texts_at_most("requestModels", route.request_models.as_ref(), limits::NAME_CHARS_MAX)?;
    let Some(parameters) = &route.request_parameters else {
        return Ok(());
    };
    entries_at_most("requestParameters", parameters.len())?;
    if route.route_key != "$connect" {
        let why = "request parameters are only supported on the $connect route";
        return Err(invalid("requestParameters", why));
    }
    match parameters.keys().find(|key| !is_request_parameter(key)) {
        Some(key) => Err(invalid(
            "requestParameters",
            format!(
                "'{key}' is not route.request.header.<name> or route.request.querystring.<name>"
            ),
        )),
        None => Ok(()),
    }
}

/// `route.request.header.X` and its like (`websocket-api-data-mapping`).
fn is_request_parameter(key: &str) -> bool {
    const PLACES: [&str; 4] =
        ["header", "querystring", "multivalueheader", "multivaluequerystring"];
    let Some((place, name)) =
        key.strip_prefix("route.request.").and_then(|rest| rest.split_once('.'))
    else {
        return false;
    };
    PLACES.contains(&place) && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_graphic())
}
