//! What a route calls.

use std::time::Duration;

use gatewright_types::{HttpRouteKey, Integration, Route};

use super::not_served;
use crate::{
    DeploymentDocument, HttpProxyPlan, IntegrationPlan, IntegrationUri, StageDocument,
    UpstreamMethod,
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
    document: &StageDocument,
    integration: &Integration,
    key: &HttpRouteKey,
) -> IntegrationPlan {
    match not_served::of_integration(integration) {
        Some(setting) => {
            let id = &integration.integration_id;
            IntegrationPlan::NotServed { setting: format!("{setting} of integration {id}") }
        }
        None => http_proxy(document, integration, key),
    }
}

pub(super) fn uncallable(reason: impl Into<String>) -> IntegrationPlan {
    IntegrationPlan::Uncallable { reason: reason.into() }
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
        Err(error) => return uncallable(format!("integrationUri: {error}")),
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
