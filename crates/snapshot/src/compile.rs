//! From a published document to a plan.

mod integration;

use gatewright_routing::RouteTable;
use gatewright_types::{AuthorizationType, HttpRouteKey, ProtocolType, Route};

use crate::{IntegrationPlan, RoutePlan, StageDocument, StagePlan};

/// A deployment that cannot be served, and the field that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CompileError {
    /// A setting of the API is not honoured at run time yet, so it is not accepted in silence.
    #[error("{field} is not supported yet by this version of Gatewright")]
    ApiSetting {
        /// The member, in AWS's spelling.
        field: &'static str,
    },
    /// The same, of a route.
    #[error("route '{route_key}': {field} is not supported yet by this version of Gatewright")]
    RouteSetting {
        /// The route.
        route_key: String,
        /// The member and, where it matters, its value.
        field: String,
    },
    /// The same, of the integration a route calls.
    #[error(
        "route '{route_key}': {field} of integration {integration_id} is not supported yet by this version of Gatewright"
    )]
    IntegrationSetting {
        /// The route.
        route_key: String,
        /// The integration.
        integration_id: String,
        /// The member and, where it matters, its value.
        field: String,
    },
    /// A route key that is none; the management API refuses those when they are made.
    #[error("route '{route_key}': not a route key of an HTTP API")]
    RouteKey {
        /// The route.
        route_key: String,
    },
}

/// Compiles a stage; a stage without a deployment compiles to one without routes.
///
/// # Errors
///
/// [`CompileError`] names what this version cannot serve.
pub fn compile(document: &StageDocument) -> Result<StagePlan, CompileError> {
    let mut routes = Vec::new();
    let mut keys = Vec::new();
    let mut execute_api_endpoint_disabled = false;
    if let Some(deployment) = &document.deployment {
        let api = &deployment.api;
        if api.protocol_type == ProtocolType::Websocket {
            return Err(CompileError::ApiSetting { field: "protocolType WEBSOCKET" });
        }
        if api.cors_configuration.is_some() {
            return Err(CompileError::ApiSetting { field: "corsConfiguration" });
        }
        execute_api_endpoint_disabled = api.disable_execute_api_endpoint;
        for route in &deployment.routes {
            let key = HttpRouteKey::parse(&route.route_key)
                .map_err(|_| CompileError::RouteKey { route_key: route.route_key.clone() })?;
            refuse_unsupported(route)?;
            let integration = integration::compile(document, deployment, route, &key)?;
            keys.push((key, routes.len()));
            routes.push(RoutePlan { route_key: route.route_key.clone(), integration });
        }
    }
    Ok(StagePlan {
        api_id: document.api_id.clone(),
        stage_name: document.stage.stage_name.clone(),
        execute_api_endpoint_disabled,
        table: RouteTable::new(keys),
        routes,
    })
}

fn refuse_unsupported(route: &Route) -> Result<(), CompileError> {
    let field = match route.authorization_type {
        AuthorizationType::None => return Ok(()),
        AuthorizationType::AwsIam => "authorizationType AWS_IAM",
        AuthorizationType::Custom => "authorizationType CUSTOM",
        AuthorizationType::Jwt => "authorizationType JWT",
    };
    Err(CompileError::RouteSetting { route_key: route.route_key.clone(), field: field.to_owned() })
}

impl IntegrationPlan {
    fn uncallable(reason: impl Into<String>) -> Self {
        Self::Uncallable { reason: reason.into() }
    }
}

#[cfg(test)]
mod tests;
