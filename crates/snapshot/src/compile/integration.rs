//! What a route calls.

use std::time::Duration;

use gatewright_types::{ConnectionType, HttpRouteKey, Integration, IntegrationType, Route};

use super::CompileError;
use crate::{
    DeploymentDocument, HttpProxyPlan, IntegrationPlan, IntegrationUri, StageDocument,
    UpstreamMethod,
};

pub(super) fn compile(
    document: &StageDocument,
    deployment: &DeploymentDocument,
    route: &Route,
    key: &HttpRouteKey,
) -> Result<IntegrationPlan, CompileError> {
    let Some(id) = route.target.as_deref().and_then(|target| target.strip_prefix("integrations/"))
    else {
        return Ok(IntegrationPlan::uncallable("the route has no target"));
    };
    let Some(integration) = deployment
        .integrations
        .iter()
        .find(|integration| integration.integration_id.as_str() == id)
    else {
        return Ok(IntegrationPlan::uncallable("the route's target does not exist"));
    };
    if let Some(field) = unsupported(integration) {
        return Err(CompileError::IntegrationSetting {
            route_key: route.route_key.clone(),
            integration_id: id.to_owned(),
            field,
        });
    }
    Ok(http_proxy(document, integration, key))
}

/// The first setting that is not honoured at run time yet.
fn unsupported(integration: &Integration) -> Option<String> {
    if integration.integration_type != IntegrationType::HttpProxy {
        return Some(format!("integrationType {}", integration.integration_type.as_str()));
    }
    if integration.connection_type == ConnectionType::VpcLink {
        return Some("connectionType VPC_LINK".to_owned());
    }
    if integration.request_parameters.as_ref().is_some_and(|map| !map.is_empty()) {
        return Some("requestParameters".to_owned());
    }
    if integration.response_parameters.as_ref().is_some_and(|map| !map.is_empty()) {
        return Some("responseParameters".to_owned());
    }
    None
}

fn http_proxy(
    document: &StageDocument,
    integration: &Integration,
    key: &HttpRouteKey,
) -> IntegrationPlan {
    let variables = key.variables().collect::<Vec<_>>();
    let text = integration.integration_uri.as_deref().unwrap_or_default();
    let uri = IntegrationUri::compile(text, &variables, |name| {
        document.stage.stage_variables.get(name).map(String::as_str)
    });
    let uri = match uri {
        Ok(uri) => uri,
        Err(error) => return IntegrationPlan::uncallable(format!("integrationUri: {error}")),
    };
    let method = match integration.integration_method.as_deref() {
        None | Some("ANY") => UpstreamMethod::Client,
        Some(method) => UpstreamMethod::Fixed(method.to_owned()),
    };
    IntegrationPlan::HttpProxy(HttpProxyPlan {
        appends_path: *key == HttpRouteKey::Default && !uri.has_path_variables(),
        uri,
        method,
        timeout: Duration::from_millis(integration.timeout_in_millis.into()),
    })
}
