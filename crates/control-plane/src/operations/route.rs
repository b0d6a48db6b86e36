//! Resource Route (spec/management-api.md section 2.2).

mod authorization;
mod members;

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{CreateRoute, HttpRouteKey, ProtocolType, Route, UpdateRoute, limits};

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, missing, unknown_api};
use crate::validation::text_at_most;

pub(crate) use members::{check, checked_new};

/// `CreateRoute`.
pub(crate) async fn create_route(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateRoute = call.body()?;
    let mut change = Change::begin(call).await?;
    let route = checked_new(call, change.api.protocol_type, request)?;
    let api_id = &change.api.api_id;
    if change.write.route_count(api_id).await? >= limits::ROUTES_PER_API_MAX {
        return Err(OperationError::bad_request(format!(
            "An API has at most {} routes",
            limits::ROUTES_PER_API_MAX
        )));
    }
    authorization::check_authorizer(&mut change, &route).await?;
    let inserted = change.write.route_insert(&change.api.api_id, &route).await;
    inserted.map_err(|error| conflict(error, &route))?;
    change.publish(call).await?;
    answer(&route)
}

/// `DeleteRoute`; settings that stages have for it stay.
pub(crate) async fn delete_route(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let route = change.write.route_fetch(&change.api.api_id, &call.route_id()).await?;
    if route.ok_or_else(|| unknown_route(call))?.api_gateway_managed == Some(true) {
        return Err(OperationError::bad_request("Cannot modify a managed resource"));
    }
    change.write.route_delete(&change.api.api_id, &call.route_id()).await?;
    change.publish(call).await?;
    Ok(None)
}

/// `DeleteRouteRequestParameter`.
pub(crate) async fn delete_route_request_parameter(
    call: &Call<'_>,
) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let route = change.write.route_fetch(&change.api.api_id, &call.route_id()).await?;
    let mut route = route.ok_or_else(|| unknown_route(call))?;
    let key = call.parameter("requestParameterKey");
    let mut parameters = route.request_parameters.take().unwrap_or_default();
    if parameters.remove(key).is_none() {
        return Err(OperationError::not_found(format!(
            "Invalid RequestParameter key specified {key}"
        )));
    }
    route.request_parameters = Some(parameters).filter(|parameters| !parameters.is_empty());
    change.write.route_update(&change.api.api_id, &route).await?;
    change.publish(call).await?;
    Ok(None)
}

/// `GetRoute`.
pub(crate) async fn get_route(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut read = call.plane.store.read().await?;
    match read.route_fetch(&call.api_id(), &call.route_id()).await? {
        Some(route) => answer(&route),
        None => Err(missing(call, &mut read, unknown_route(call)).await),
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
    let route = change.write.route_fetch(&change.api.api_id, &call.route_id()).await?;
    let route = route.ok_or_else(|| unknown_route(call))?;
    // AWS takes an authorizer away alone, and leaves a route that refuses everybody.
    let clears =
        request.authorizer_id.as_deref() == Some("") && request.authorization_type.is_none();
    let route = members::updated(change.api.protocol_type, route, request)?;
    if !clears {
        authorization::check_authorizer(&mut change, &route).await?;
    }
    let updated = change.write.route_update(&change.api.api_id, &route).await;
    updated.map_err(|error| conflict(error, &route))?;
    change.publish(call).await?;
    answer(&route)
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

/// Refuses what is not a route key of the protocol.
pub(crate) fn check_key(protocol: ProtocolType, key: &str) -> Result<(), OperationError> {
    text_at_most("routeKey", Some(key), limits::ROUTE_KEY_CHARS_MAX)?;
    match protocol {
        ProtocolType::Http => HttpRouteKey::parse(key)
            .map(drop)
            .map_err(|error| OperationError::bad_request(error.to_string())),
        // `$connect`, `$disconnect`, `$default`, or whatever a message may say.
        ProtocolType::Websocket => Ok(()),
    }
}

/// 404 for the route a call names.
pub(crate) fn unknown_route(call: &Call<'_>) -> OperationError {
    OperationError::not_found(format!(
        "Invalid Route identifier specified {}",
        call.parameter("routeId")
    ))
}
