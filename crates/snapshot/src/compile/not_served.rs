//! Settings that this version stores but does not honour (docs/adr/0005). A route they concern
//! answers 500. Each line here stands in docs/COMPATIBILITY.md, and goes when it is honoured.

use gatewright_types::{
    AuthorizationType, ConnectionType, Integration, IntegrationType, Route, RouteSettings, Stage,
};

/// What concerns every route of the stage.
pub(super) fn of_stage(stage: &Stage) -> Option<String> {
    if stage.access_log_settings.is_some() {
        return Some("accessLogSettings".to_owned());
    }
    of_settings("defaultRouteSettings", &stage.default_route_settings)
}

/// What `defaultRouteSettings` or an entry of `routeSettings` asks for.
pub(super) fn of_settings(member: &str, settings: &RouteSettings) -> Option<String> {
    (settings.detailed_metrics_enabled == Some(true))
        .then(|| format!("{member}.detailedMetricsEnabled"))
}

/// What a route itself asks for.
pub(super) fn of_route(route: &Route) -> Option<String> {
    let asked = match route.authorization_type {
        AuthorizationType::None => return None,
        AuthorizationType::AwsIam => "authorizationType AWS_IAM",
        AuthorizationType::Custom => "authorizationType CUSTOM",
        AuthorizationType::Jwt => "authorizationType JWT",
    };
    Some(asked.to_owned())
}

/// What the integration a route calls asks for.
pub(super) fn of_integration(integration: &Integration) -> Option<String> {
    if integration.integration_type != IntegrationType::HttpProxy {
        return Some(format!("integrationType {}", integration.integration_type.as_str()));
    }
    let asked = [
        ("connectionType VPC_LINK", integration.connection_type == ConnectionType::VpcLink),
        ("requestParameters", integration.request_parameters.is_some()),
        ("responseParameters", integration.response_parameters.is_some()),
    ];
    asked.iter().find(|(_, asked)| *asked).map(|(name, _)| (*name).to_owned())
}
