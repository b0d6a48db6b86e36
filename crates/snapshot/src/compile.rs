//! From a published document to a plan.

mod cors;
mod integration;
mod not_served;
mod throttle;

use gatewright_routing::RouteTable;
use gatewright_types::{HttpRouteKey, ProtocolType};

use crate::{DeploymentDocument, IntegrationPlan, RoutePlan, StageDocument, StagePlan};

/// A deployment that cannot be served, and the field that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// A route key that is none; the management API refuses those when they are made.
    #[error("route '{route_key}': not a route key of an HTTP API")]
    RouteKey {
        /// The route.
        route_key: String,
    },
    /// A list that cannot stand in a header; the management API refuses those when they are made.
    #[error("corsConfiguration.{member} cannot stand in a header")]
    Cors {
        /// The member.
        member: String,
    },
}

/// Compiles a stage; a stage without a deployment compiles to one without routes.
///
/// # Errors
///
/// [`CompileError`] names what can never be served.
pub fn compile(document: &StageDocument) -> Result<StagePlan, CompileError> {
    let (keys, routes) = match &document.deployment {
        None => (Vec::new(), Vec::new()),
        Some(deployment) if deployment.api.protocol_type == ProtocolType::Websocket => {
            websocket_routes()
        }
        Some(deployment) => http_routes(document, deployment)?,
    };
    let api = document.deployment.as_ref().map(|deployment| &deployment.api);
    let cors = api.and_then(|api| api.cors_configuration.as_ref());
    Ok(StagePlan {
        api_id: document.api_id.clone(),
        stage_name: document.stage.stage_name.clone(),
        execute_api_endpoint_disabled: api.is_some_and(|api| api.disable_execute_api_endpoint),
        cors: cors.map(cors::compile).transpose()?,
        table: RouteTable::new(keys),
        routes,
    })
}

type Routes = (Vec<(HttpRouteKey, usize)>, Vec<RoutePlan>);

fn http_routes(
    document: &StageDocument,
    deployment: &DeploymentDocument,
) -> Result<Routes, CompileError> {
    let of_stage = not_served::of_stage(&document.stage);
    let (mut keys, mut routes) = (Vec::new(), Vec::new());
    for route in &deployment.routes {
        let key = HttpRouteKey::parse(&route.route_key)
            .map_err(|_| CompileError::RouteKey { route_key: route.route_key.clone() })?;
        let settings = document.stage.route_settings.get(&route.route_key);
        let setting = of_stage
            .clone()
            .or_else(|| {
                settings.and_then(|settings| not_served::of_settings("routeSettings", settings))
            })
            .or_else(|| not_served::of_route(route));
        let integration = match setting {
            Some(setting) => IntegrationPlan::NotServed { setting },
            None => integration::compile(document, deployment, route, &key),
        };
        keys.push((key, routes.len()));
        let throttle = throttle::compile(&document.stage, &route.route_key);
        routes.push(RoutePlan { route_key: route.route_key.clone(), throttle, integration });
    }
    Ok((keys, routes))
}

/// Whoever calls a WebSocket API is told that it is not served.
fn websocket_routes() -> Routes {
    let integration = IntegrationPlan::NotServed { setting: "protocolType WEBSOCKET".to_owned() };
    let route = RoutePlan { route_key: "$default".to_owned(), throttle: None, integration };
    (vec![(HttpRouteKey::Default, 0)], vec![route])
}

#[cfg(test)]
mod tests;
