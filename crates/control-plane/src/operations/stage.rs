//! Resource Stage (spec/management-api.md section 2.9).

mod access_log_settings;
mod route_settings;
mod variables;

use std::collections::BTreeMap;

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{
    AccessLogSettings, CreateStage, DeploymentId, ProtocolType, RouteSettings, Stage, StageName,
    UpdateStage, limits,
};

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, missing, unknown_api, unknown_deployment};
use crate::validation::{created_text, tags, text_at_most, updated_text, websocket_only};

/// `CreateStage`.
pub(crate) async fn create_stage(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateStage = call.body()?;
    text_at_most("description", request.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    tags(request.tags.as_ref())?;
    let mut change = Change::begin(call).await?;
    let protocol = change.api.protocol_type;
    let stage_name = checked_name(protocol, request.stage_name.as_deref())?;
    if change.write.stage_count(&change.api.api_id).await? >= limits::STAGES_PER_API_MAX {
        return Err(OperationError::bad_request(format!(
            "An API has at most {} stages",
            limits::STAGES_PER_API_MAX
        )));
    }
    let defaults = RouteSettings::default_for(protocol);
    let mut stage = Stage::new(stage_name.clone(), defaults, call.now());
    stage.auto_deploy = request.auto_deploy.unwrap_or(false);
    stage.client_certificate_id = created_text(request.client_certificate_id);
    websocket_only_certificate(protocol, &stage)?;
    stage.deployment_id = created_text(request.deployment_id).map(DeploymentId::new);
    stage.description = created_text(request.description);
    stage.tags = request.tags.unwrap_or_default();
    if stage.auto_deploy && stage.deployment_id.is_some() {
        return Err(deployment_of_automatic_stage());
    }
    let settings = Settings {
        access_log: request.access_log_settings,
        default_route: request.default_route_settings,
        routes: request.route_settings,
        variables: request.stage_variables,
    };
    settings.lay_over(&mut change, &mut stage).await?;
    change.check_stage(call, &stage).await?;
    let inserted = change.write.stage_insert(&change.api.api_id, &stage).await;
    inserted.map_err(|error| conflict(error, &stage))?;
    change.record(&stage_name);
    finish(call, change, stage).await
}

/// `DeleteAccessLogSettings`.
pub(crate) async fn delete_access_log_settings(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let mut stage = fetch(call, &mut change).await?;
    stage.access_log_settings = None;
    stage.last_updated_date = call.now();
    store(change, &stage).await?;
    Ok(None)
}

/// `DeleteRouteSettings`.
pub(crate) async fn delete_route_settings(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let mut stage = fetch(call, &mut change).await?;
    let key = call.parameter("routeKey");
    if stage.route_settings.remove(key).is_none() {
        return Err(route_settings::unknown_route(key));
    }
    stage.last_updated_date = call.now();
    store(change, &stage).await?;
    Ok(None)
}

/// `DeleteStage`; its deployments stay.
pub(crate) async fn delete_stage(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let stage = fetch(call, &mut change).await?;
    if stage.api_gateway_managed == Some(true) {
        return Err(OperationError::bad_request("Cannot modify a managed resource"));
    }
    let (api_id, name) = (&change.api.api_id, &stage.stage_name);
    let domains = change.write.api_mapping_domain_names(api_id, Some(name)).await?;
    if !domains.is_empty() {
        return Err(OperationError::bad_request(format!(
            "Deleting stage {name} failed. Please remove all base path mappings related to the stage in your domains: {}",
            domains.join(", ")
        )));
    }
    change.write.stage_delete(api_id, name).await?;
    change.record(&stage.stage_name);
    change.commit().await?;
    Ok(None)
}

/// `GetStage`.
pub(crate) async fn get_stage(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut read = call.plane.store.read().await?;
    match read.stage_fetch(&call.api_id(), &call.stage_name()).await? {
        Some(stage) => answer(&stage),
        None => Err(missing(call, &mut read, unknown_stage()).await),
    }
}

/// `GetStages`.
pub(crate) async fn get_stages(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut read = call.plane.store.read().await?;
    if read.api_fetch(&call.api_id()).await?.is_none() {
        return Err(unknown_api(call));
    }
    pagination::answer_items(call, read.stage_list(&call.api_id(), &page).await?)
}

/// `ResetAuthorizersCache`: what authorizers said about the stage's callers is forgotten.
pub(crate) async fn reset_authorizers_cache(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let stage = fetch(call, &mut change).await?;
    let (api_id, stage_name) = (&change.api.api_id, &stage.stage_name);
    change.write.stage_forget_authorizations(api_id, stage_name).await?;
    change.record(stage_name);
    change.commit().await?;
    Ok(None)
}

/// `UpdateStage`.
pub(crate) async fn update_stage(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateStage = call.body()?;
    text_at_most("description", request.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    let mut change = Change::begin(call).await?;
    let mut stage = fetch(call, &mut change).await?;
    let was_automatic = stage.auto_deploy;
    if let Some(auto_deploy) = request.auto_deploy {
        if stage.api_gateway_managed == Some(true) && !auto_deploy {
            return Err(OperationError::bad_request("Cannot modify a managed resource"));
        }
        stage.auto_deploy = auto_deploy;
    }
    // An empty description is taken and ignored, unlike everywhere else.
    if let Some(description) = created_text(request.description) {
        stage.description = Some(description);
    }
    stage.client_certificate_id =
        updated_text(stage.client_certificate_id.take(), request.client_certificate_id);
    websocket_only_certificate(change.api.protocol_type, &stage)?;
    if let Some(deployment_id) = created_text(request.deployment_id) {
        if stage.auto_deploy {
            return Err(deployment_of_automatic_stage());
        }
        stage.deployment_id = Some(DeploymentId::new(deployment_id));
    }
    let settings = Settings {
        access_log: request.access_log_settings,
        default_route: request.default_route_settings,
        routes: request.route_settings,
        variables: request.stage_variables,
    };
    settings.lay_over(&mut change, &mut stage).await?;
    stage.last_updated_date = call.now();
    change.check_stage(call, &stage).await?;
    change.write.stage_update(&change.api.api_id, &stage).await?;
    change.record(&stage.stage_name);
    if was_automatic {
        let response = answer(&stage)?;
        change.commit().await?;
        return Ok(response);
    }
    finish(call, change, stage).await
}

/// 404 for a stage.
pub(crate) fn unknown_stage() -> OperationError {
    OperationError::not_found("Invalid stage identifier specified")
}

/// What CreateStage and UpdateStage say of a stage's own settings.
struct Settings {
    access_log: Option<AccessLogSettings>,
    default_route: Option<RouteSettings>,
    routes: Option<BTreeMap<String, RouteSettings>>,
    variables: Option<BTreeMap<String, String>>,
}

impl Settings {
    async fn lay_over(self, change: &mut Change, stage: &mut Stage) -> Result<(), OperationError> {
        if let Some(new) = self.access_log {
            access_log_settings::merge(&mut stage.access_log_settings, new)?;
        }
        variables::merge(&mut stage.stage_variables, self.variables)?;
        route_settings::merge(change, stage, self.default_route, self.routes).await
    }
}

/// Publishes to a stage that deploys automatically from now on, and answers with it.
async fn finish(
    call: &Call<'_>,
    mut change: Change,
    stage: Stage,
) -> Result<Answer, OperationError> {
    let name = stage.stage_name.clone();
    if stage.auto_deploy {
        change.deploy_automatically(call, vec![stage]).await?;
    }
    let stored = change.write.stage_fetch(&change.api.api_id, &name).await?;
    let response = answer(&stored.ok_or_else(unknown_stage)?)?;
    change.commit().await?;
    Ok(response)
}

async fn fetch(call: &Call<'_>, change: &mut Change) -> Result<Stage, OperationError> {
    let stage = change.write.stage_fetch(&change.api.api_id, &call.stage_name()).await?;
    stage.ok_or_else(unknown_stage)
}

async fn store(mut change: Change, stage: &Stage) -> Result<(), OperationError> {
    change.write.stage_update(&change.api.api_id, stage).await?;
    change.record(&stage.stage_name);
    change.commit().await
}

fn conflict(error: StoreError, stage: &Stage) -> OperationError {
    match error {
        StoreError::Conflict(Constraint::StageName) => {
            OperationError::Conflict("Stage already exists".to_owned())
        }
        StoreError::Conflict(Constraint::StageDeployment) => unknown_deployment(
            stage.deployment_id.as_ref().map(DeploymentId::as_str).unwrap_or_default(),
        ),
        other => other.into(),
    }
}

fn deployment_of_automatic_stage() -> OperationError {
    OperationError::bad_request(
        "Deployment ID cannot be set on this stage because AutoDeploy is enabled",
    )
}

fn websocket_only_certificate(protocol: ProtocolType, stage: &Stage) -> Result<(), OperationError> {
    let certificate = stage.client_certificate_id.as_deref();
    text_at_most("clientCertificateId", certificate, limits::NAME_CHARS_MAX)?;
    let http = protocol == ProtocolType::Http;
    websocket_only("clientCertificateId", http && certificate.is_some())
}

fn checked_name(protocol: ProtocolType, name: Option<&str>) -> Result<StageName, OperationError> {
    let name = name.unwrap_or_default();
    text_at_most("stageName", Some(name), limits::NAME_CHARS_MAX)?;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let default = name == StageName::DEFAULT && protocol == ProtocolType::Http;
    if default || !name.is_empty() && name.bytes().all(legal) {
        Ok(StageName::new(name))
    } else {
        Err(OperationError::bad_request("Stage name only allows a-zA-Z0-9_"))
    }
}
