//! What a route calls.

use std::time::Duration;

use gatewright_expressions::substitute_stage_variables;
use gatewright_types::{ConnectionType, HttpRouteKey, Integration, IntegrationType, Route, Stage};

use super::{lambda, not_served, service, vpc_link};
use crate::{
    ConnectionPlan, DeploymentDocument, Environment, HttpProxyPlan, HttpUpstreamPlan,
    IntegrationPlan, IntegrationUri, UpstreamMethod,
};

/// The integration a route names; where there is none, why.
pub(super) fn target<'d>(
    deployment: &'d DeploymentDocument,
    route: &Route,
) -> Result<&'d Integration, &'static str> {
    let target = route.target.as_deref().and_then(|target| target.strip_prefix("integrations/"));
    let id = target.ok_or("the route has no target")?;
    let mut integrations = deployment.integrations.iter();
    integrations
        .find(|integration| integration.integration_id.as_str() == id)
        .ok_or("the route's target does not exist")
}

pub(super) fn compile(
    stage: &Stage,
    environment: &Environment,
    integration: &Integration,
    key: &HttpRouteKey,
) -> IntegrationPlan {
    let located = match (not_served::of_integration(integration), integration.connection_type) {
        (Some(setting), _) => {
            let id = &integration.integration_id;
            return IntegrationPlan::NotServed {
                setting: format!("{setting} of integration {id}"),
            };
        }
        (None, _) if integration.integration_type == IntegrationType::AwsProxy => {
            let plan = match &integration.integration_subtype {
                Some(name) => service::compile(stage, environment, integration, name, key)
                    .map(IntegrationPlan::Service),
                None => {
                    lambda::compile(stage, environment, integration).map(IntegrationPlan::Lambda)
                }
            };
            return plan.unwrap_or_else(IntegrationPlan::from);
        }
        (None, ConnectionType::Internet) => internet(stage, integration, key),
        (None, ConnectionType::VpcLink) => vpc_link::compile(stage, environment, integration),
    };
    match located {
        Ok((uri, connection)) => http_proxy(integration, uri, connection),
        Err(obstacle) => obstacle.into(),
    }
}

pub(super) fn uncallable(reason: impl Into<String>) -> IntegrationPlan {
    IntegrationPlan::Uncallable { reason: reason.into() }
}

/// `integrationUri`, its stage variables put in.
pub(super) fn uri_of(stage: &Stage, integration: &Integration) -> Result<String, Obstacle> {
    text_of(stage, "integrationUri", integration.integration_uri.as_deref().unwrap_or_default())
}

/// The text of a member, stage variables put in.
pub(super) fn text_of(stage: &Stage, member: &str, text: &str) -> Result<String, Obstacle> {
    let stage_variable = |name: &str| stage.stage_variables.get(name).map(String::as_str);
    substitute_stage_variables(text, stage_variable)
        .map_err(|error| Obstacle::Uncallable(format!("{member}: {error}")))
}

/// A member of an integration that must not be published.
pub(super) fn refused(member: &str, integration: &Integration, reason: &str) -> Obstacle {
    let id = &integration.integration_id;
    Obstacle::Refused(format!("{member} of integration {id}: {reason}"))
}

/// Where a request goes and how.
pub(super) type Located = Result<(IntegrationUri, ConnectionPlan), Obstacle>;

/// Why it goes nowhere, as the variants of [`IntegrationPlan`] of these names.
pub(super) enum Obstacle {
    Refused(String),
    Uncallable(String),
}

impl From<Obstacle> for IntegrationPlan {
    fn from(obstacle: Obstacle) -> Self {
        match obstacle {
            Obstacle::Refused(reason) => Self::Refused { reason },
            Obstacle::Uncallable(reason) => Self::Uncallable { reason },
        }
    }
}

fn internet(stage: &Stage, integration: &Integration, key: &HttpRouteKey) -> Located {
    let variables = key.variables().collect::<Vec<_>>();
    let text = integration.integration_uri.as_deref().unwrap_or_default();
    let stage_variable = |name: &str| stage.stage_variables.get(name).map(String::as_str);
    let uri = IntegrationUri::compile(text, &variables, stage_variable)
        .map_err(|error| Obstacle::Uncallable(format!("integrationUri: {error}")))?;
    let appends_path = *key == HttpRouteKey::Default && !uri.has_path_variables();
    Ok((uri, ConnectionPlan::Internet { appends_path }))
}

fn http_proxy(
    integration: &Integration,
    uri: IntegrationUri,
    connection: ConnectionPlan,
) -> IntegrationPlan {
    let method = match integration.integration_method.as_deref() {
        None | Some("ANY") => UpstreamMethod::Client,
        Some(method) => UpstreamMethod::Fixed(method.to_owned()),
    };
    // Whoever asks for a name to be checked must never be sent in the clear.
    let uri = if integration.tls_config.is_some() { uri.over_tls() } else { uri };
    let tls = integration.tls_config.as_ref();
    let (origin, authority, target) = uri.into_parts();
    let upstream = HttpUpstreamPlan {
        origin,
        authority,
        connection,
        server_name: tls.and_then(|tls| tls.server_name_to_verify.clone()),
        method,
        timeout: Duration::from_millis(integration.timeout_in_millis.into()),
    };
    IntegrationPlan::HttpProxy(HttpProxyPlan { target, upstream })
}
