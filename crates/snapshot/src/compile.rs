//! From a published document to a plan.

mod access_log;
mod authorization;
mod cors;
mod credentials;
mod integration;
mod lambda;
mod mapping;
mod not_served;
mod route_settings;
mod service;
mod vpc_link;

use std::sync::Arc;

use gatewright_expressions::{AccessLogFormatError, MappingError};
use gatewright_routing::RouteTable;
use gatewright_types::{HttpRouteKey, ProtocolType, Stage};

use self::mapping::Mappings;
use self::route_settings::Settings;
use crate::{
    AuthorizationPlan, DeploymentDocument, Environment, IntegrationPlan, RouteNames, RoutePlan,
    StageDocument, StagePlan,
};

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
    /// A format that is none; the management API refuses those when they are made.
    #[error("accessLogSettings.format: {0}")]
    AccessLogFormat(#[source] AccessLogFormatError),
    /// A mapping that the stage's variables spoil; any other the management API refuses when the
    /// integration is made.
    #[error("route '{route_key}': {member} of integration {integration_id}: {error}")]
    Mapping {
        /// The route.
        route_key: String,
        /// The integration.
        integration_id: String,
        /// `requestParameters` or `responseParameters`.
        member: &'static str,
        /// The key, and what is wrong.
        #[source]
        error: Box<MappingError>,
    },
}

/// Compiles a stage as a gateway with this configuration serves it; a stage without a deployment
/// compiles to one without routes.
///
/// # Errors
///
/// [`CompileError`] names what can never be served.
pub fn compile(
    document: &StageDocument,
    environment: &Environment,
) -> Result<StagePlan, CompileError> {
    let (keys, routes) = match &document.deployment {
        None => (Vec::new(), Vec::new()),
        Some(deployment) if deployment.api.protocol_type == ProtocolType::Websocket => {
            websocket_routes()
        }
        Some(deployment) => http_routes(&document.stage, deployment, environment)?,
    };
    let api = document.deployment.as_ref().map(|deployment| &deployment.api);
    let cors = api.and_then(|api| api.cors_configuration.as_ref());
    Ok(StagePlan {
        api_id: document.api_id.clone(),
        stage_name: document.stage.stage_name.clone(),
        execute_api_endpoint_disabled: api.is_some_and(|api| api.disable_execute_api_endpoint),
        cors: cors.map(cors::compile).transpose()?,
        access_log: access_log::compile(&document.stage)?,
        stage_variables: document.stage.stage_variables.clone(),
        authorizers_cache_epoch: document.authorizers_cache_epoch,
        table: RouteTable::new(&keys),
        routes,
    })
}

/// Keys, and the routes of the same indexes.
type Routes = (Vec<HttpRouteKey>, Vec<RoutePlan>);

fn http_routes(
    stage: &Stage,
    deployment: &DeploymentDocument,
    environment: &Environment,
) -> Result<Routes, CompileError> {
    let (mut keys, mut routes, mut mappings) = (Vec::new(), Vec::new(), Mappings::new(stage));
    for route in &deployment.routes {
        let key = HttpRouteKey::parse(&route.route_key)
            .map_err(|_| CompileError::RouteKey { route_key: route.route_key.clone() })?;
        let target = integration::target(deployment, route);
        let (authorization, integration) =
            match (authorization::compile(stage, environment, deployment, route), target) {
                // Nothing is called, so it does not matter who may.
                (Err(obstacle), _) => (AuthorizationPlan::None, obstacle.into()),
                (Ok(authorization), Err(why)) => (authorization, integration::uncallable(why)),
                (Ok(authorization), Ok(integration)) => {
                    let plan = integration::compile(stage, environment, integration, &key);
                    (authorization, plan)
                }
            };
        let (request_mapping, response_mapping) = match target {
            Ok(integration) => mappings.of(route, &key, integration)?,
            Err(_) => Default::default(),
        };
        let settings = Settings::of(stage, &route.route_key);
        let path_variables = key.variables().map(str::to_owned).collect();
        keys.push(key);
        routes.push(RoutePlan {
            names: RouteNames { route_key: route.route_key.clone(), path_variables },
            detailed_metrics: settings.detailed_metrics(),
            throttle: settings.throttle(),
            authorization,
            integration,
            request_mapping,
            response_mapping,
        });
    }
    Ok((keys, routes))
}

/// Whoever calls a WebSocket API is told that it is not served.
fn websocket_routes() -> Routes {
    let integration = IntegrationPlan::NotServed { setting: "protocolType WEBSOCKET".to_owned() };
    let route = RoutePlan {
        names: RouteNames { route_key: "$default".to_owned(), path_variables: Vec::new() },
        detailed_metrics: false,
        throttle: None,
        authorization: AuthorizationPlan::None,
        integration,
        request_mapping: Arc::default(),
        response_mapping: Arc::default(),
    };
    (vec![HttpRouteKey::Default], vec![route])
}

#[cfg(test)]
mod tests;
