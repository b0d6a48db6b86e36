//! Resource Stage (spec/management-api.md section 2.9).

use std::collections::BTreeMap;

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{
    CreateStage, DeploymentId, RouteSettings, Stage, StageName, UpdateStage, limits,
};

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::publish::{Change, unknown_api, unknown_deployment};
use crate::validation::{created_text, tags, text_at_most};
use crate::{not_yet, pagination};

/// `CreateStage`.
pub(crate) async fn create_stage(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateStage = call.body()?;
    let stage_name = checked_name(request.stage_name.as_deref())?;
    text_at_most("description", request.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    not_yet::access_log_settings(request.access_log_settings.as_ref())?;
    not_yet::client_certificate_id(request.client_certificate_id.as_deref())?;
    tags(request.tags.as_ref())?;
    let now = call.now();
    let mut change = Change::begin(call).await?;
    let api_id = change.api.api_id.clone();
    if change.write.stage_count(&api_id).await? >= limits::STAGES_PER_API_MAX {
        return Err(OperationError::bad_request(format!(
            "An API has at most {} stages",
            limits::STAGES_PER_API_MAX
        )));
    }
    let mut stage = Stage {
        access_log_settings: None,
        api_gateway_managed: None,
        auto_deploy: request.auto_deploy.unwrap_or(false),
        client_certificate_id: None,
        created_date: now,
        default_route_settings: RouteSettings::default_for(change.api.protocol_type),
        deployment_id: created_text(request.deployment_id).map(DeploymentId::new),
        description: created_text(request.description),
        last_deployment_status_message: None,
        last_updated_date: now,
        route_settings: BTreeMap::new(),
        stage_name: stage_name.clone(),
        stage_variables: BTreeMap::new(),
        tags: request.tags.unwrap_or_default(),
    };
    if stage.auto_deploy && stage.deployment_id.is_some() {
        return Err(deployment_of_automatic_stage());
    }
    merge_variables(&mut stage, request.stage_variables)?;
    merge_settings(&mut change, &mut stage, request.default_route_settings, request.route_settings)
        .await?;
    change.check_stage(&stage).await?;
    let inserted = change.write.stage_insert(&api_id, &stage).await;
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
        return Err(OperationError::not_found(format!(
            "Unable to find Route by key {key} within the provided RouteSettings"
        )));
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
    let api_id = change.api.api_id.clone();
    change.write.stage_delete(&api_id, &stage.stage_name).await?;
    change.record(&stage.stage_name);
    change.commit().await?;
    Ok(None)
}

/// `GetStage`.
pub(crate) async fn get_stage(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut read = call.plane.store.read().await?;
    match read.stage_fetch(&call.api_id(), &call.stage_name()).await? {
        Some(stage) => answer(&stage),
        None if read.api_fetch(&call.api_id()).await?.is_none() => Err(unknown_api(call)),
        None => Err(unknown_stage()),
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

/// `UpdateStage`.
pub(crate) async fn update_stage(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateStage = call.body()?;
    text_at_most("description", request.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    not_yet::access_log_settings(request.access_log_settings.as_ref())?;
    not_yet::client_certificate_id(request.client_certificate_id.as_deref())?;
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
    if let Some(deployment_id) = created_text(request.deployment_id) {
        if stage.auto_deploy {
            return Err(deployment_of_automatic_stage());
        }
        stage.deployment_id = Some(DeploymentId::new(deployment_id));
    }
    merge_variables(&mut stage, request.stage_variables)?;
    merge_settings(&mut change, &mut stage, request.default_route_settings, request.route_settings)
        .await?;
    stage.last_updated_date = call.now();
    change.check_stage(&stage).await?;
    let api_id = change.api.api_id.clone();
    change.write.stage_update(&api_id, &stage).await?;
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
    let api_id = change.api.api_id.clone();
    let stored = change.write.stage_fetch(&api_id, &name).await?.ok_or_else(unknown_stage)?;
    change.commit().await?;
    answer(&stored)
}

async fn fetch(call: &Call<'_>, change: &mut Change) -> Result<Stage, OperationError> {
    let api_id = change.api.api_id.clone();
    change.write.stage_fetch(&api_id, &call.stage_name()).await?.ok_or_else(unknown_stage)
}

async fn store(mut change: Change, stage: &Stage) -> Result<(), OperationError> {
    let api_id = change.api.api_id.clone();
    change.write.stage_update(&api_id, stage).await?;
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

fn checked_name(name: Option<&str>) -> Result<StageName, OperationError> {
    let name = name.unwrap_or_default();
    text_at_most("stageName", Some(name), limits::NAME_CHARS_MAX)?;
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if name == StageName::DEFAULT || !name.is_empty() && name.bytes().all(legal) {
        Ok(StageName::new(name))
    } else {
        Err(OperationError::bad_request("Stage name only allows a-zA-Z0-9_"))
    }
}

/// An empty value removes its variable.
fn merge_variables(
    stage: &mut Stage,
    new: Option<BTreeMap<String, String>>,
) -> Result<(), OperationError> {
    let legal_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let legal_value = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
    for (name, value) in new.unwrap_or_default() {
        if name.is_empty() || !name.bytes().all(legal_name) {
            return Err(OperationError::bad_request(format!(
                "Invalid value for 'stageVariables': '{name}' is not a name of letters, digits and _"
            )));
        }
        if !value.bytes().all(legal_value) {
            return Err(OperationError::bad_request(format!(
                "Invalid value for 'stageVariables.{name}': may hold letters, digits and -._~:/?#&=,"
            )));
        }
        text_at_most("stageVariables", Some(&value), limits::STAGE_VARIABLE_CHARS_MAX)?;
        if value.is_empty() {
            stage.stage_variables.remove(&name);
        } else {
            stage.stage_variables.insert(name, value);
        }
    }
    if stage.stage_variables.len() > limits::STAGE_VARIABLES_MAX {
        return Err(OperationError::bad_request(format!(
            "Invalid value for 'stageVariables': at most {} variables",
            limits::STAGE_VARIABLES_MAX
        )));
    }
    Ok(())
}

/// Settings merge member by member; the whole merged map must name routes that exist.
async fn merge_settings(
    change: &mut Change,
    stage: &mut Stage,
    default: Option<RouteSettings>,
    by_route: Option<BTreeMap<String, RouteSettings>>,
) -> Result<(), OperationError> {
    if let Some(new) = default {
        not_yet::route_settings("defaultRouteSettings", &new)?;
        merge_route_settings(&mut stage.default_route_settings, &new);
    }
    let Some(by_route) = by_route else {
        return Ok(());
    };
    for (key, new) in by_route {
        not_yet::route_settings(&format!("routeSettings.{key}"), &new)?;
        merge_route_settings(stage.route_settings.entry(key).or_default(), &new);
    }
    if stage.route_settings.is_empty() {
        return Ok(());
    }
    let routes = change.write.route_list_all(&change.api.api_id).await?;
    for key in stage.route_settings.keys() {
        if !routes.iter().any(|route| route.route_key == *key) {
            return Err(OperationError::not_found(format!(
                "Unable to find Route by key {key} within the provided RouteSettings"
            )));
        }
    }
    Ok(())
}

fn merge_route_settings(current: &mut RouteSettings, new: &RouteSettings) {
    if new.detailed_metrics_enabled.is_some() {
        current.detailed_metrics_enabled = new.detailed_metrics_enabled;
    }
}
