//! Quick create: an API with an integration, a route and a stage in one call
//! (spec/management-api.md sections 3.1 and 3.2).

use gatewright_types::{
    CreateIntegration, CreateRoute, Integration, IntegrationType, ProtocolType, Route,
    RouteSettings, Stage, StageName,
};

use crate::call::Call;
use crate::error::OperationError;
use crate::operations::{integration, route};
use crate::publish::Change;
use crate::validation::{invalid, updated_text};

/// What a call says of the quick created resources.
#[derive(Debug)]
pub(crate) struct Members {
    pub(crate) target: Option<String>,
    pub(crate) route_key: Option<String>,
    pub(crate) credentials_arn: Option<String>,
}

impl Members {
    pub(crate) fn is_empty(&self) -> bool {
        self.target.is_none() && self.route_key.is_none() && self.credentials_arn.is_none()
    }
}

/// The members, when there are any.
pub(crate) fn members(
    target: Option<String>,
    route_key: Option<String>,
    credentials_arn: Option<String>,
) -> Option<Members> {
    let members = Members { target, route_key, credentials_arn };
    (!members.is_empty()).then_some(members)
}

/// Makes integration, route and stage of a new API.
pub(crate) async fn make(
    call: &Call<'_>,
    change: &mut Change,
    members: Members,
) -> Result<(), OperationError> {
    if change.api.protocol_type == ProtocolType::Websocket {
        return Err(invalid("target", "quick create is only supported for HTTP APIs"));
    }
    let target = members
        .target
        .ok_or_else(|| invalid("target", "routeKey and credentialsArn need a target"))?;
    let url = is_url(&target);
    let mut made = integration::checked_new(
        call,
        ProtocolType::Http,
        CreateIntegration {
            credentials_arn: members.credentials_arn,
            integration_method: Some(if url { "ANY" } else { "POST" }.to_owned()),
            integration_type: Some(kind(url)),
            integration_uri: Some(target),
            payload_format_version: Some(if url { "1.0" } else { "2.0" }.to_owned()),
            ..CreateIntegration::default()
        },
    )?;
    made.api_gateway_managed = Some(true);
    change.write.integration_insert(&change.api.api_id, &made).await?;
    let request = CreateRoute {
        route_key: Some(members.route_key.unwrap_or_else(|| StageName::DEFAULT.to_owned())),
        target: Some(format!("integrations/{}", made.integration_id)),
        ..CreateRoute::default()
    };
    let mut route = route::checked_new(call, ProtocolType::Http, request)?;
    route.api_gateway_managed = Some(true);
    change.write.route_insert(&change.api.api_id, &route).await?;
    let defaults = RouteSettings::default_for(ProtocolType::Http);
    let mut stage = Stage::new(StageName::new(StageName::DEFAULT), defaults, call.now());
    stage.api_gateway_managed = Some(true);
    stage.auto_deploy = true;
    change.write.stage_insert(&change.api.api_id, &stage).await?;
    Ok(())
}

/// What quick create made follows the members of an update.
pub(crate) async fn update(change: &mut Change, members: Members) -> Result<(), OperationError> {
    let none = || {
        let why = "target, routeKey and credentialsArn can only be updated on an API that quick create made";
        invalid("target", why)
    };
    let api_id = &change.api.api_id;
    let routes = change.write.route_list_all(api_id).await?;
    let mut route: Route = routes
        .into_iter()
        .find(|route| route.api_gateway_managed == Some(true))
        .ok_or_else(none)?;
    let integrations = change.write.integration_list_all(api_id).await?;
    let mut made: Integration = integrations
        .into_iter()
        .find(|integration| integration.api_gateway_managed == Some(true))
        .ok_or_else(none)?;
    if let Some(target) = members.target {
        let url = is_url(&target);
        made.integration_type = kind(url);
        made.integration_method = Some(if url { "ANY" } else { "POST" }.to_owned());
        made.payload_format_version = Some(if url { "1.0" } else { "2.0" }.to_owned());
        made.integration_uri = Some(target);
        integration::check(ProtocolType::Http, &made)?;
    }
    made.credentials_arn = updated_text(made.credentials_arn.take(), members.credentials_arn);
    change.write.integration_update(api_id, &made).await?;
    if let Some(route_key) = members.route_key {
        route.route_key = route_key;
        route::check(ProtocolType::Http, &route, route.route_id.as_str())?;
        let updated = change.write.route_update(api_id, &route).await;
        updated.map_err(|error| route::conflict(error, &route))?;
    }
    Ok(())
}

fn is_url(target: &str) -> bool {
    target.starts_with("http://") || target.starts_with("https://")
}

fn kind(url: bool) -> IntegrationType {
    if url { IntegrationType::HttpProxy } else { IntegrationType::AwsProxy }
}
