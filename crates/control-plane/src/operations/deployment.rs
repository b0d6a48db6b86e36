//! Resource Deployment (spec/management-api.md section 2.8).

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{CreateDeployment, StageName, UpdateDeployment, limits};

use super::stage::unknown_stage;
use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, missing, unknown_api, unknown_deployment};
use crate::validation::{created_text, text_at_most, updated_text};

/// `CreateDeployment`, which may point a stage at it at once.
pub(crate) async fn create_deployment(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateDeployment = call.body()?;
    text_at_most("description", request.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    let mut change = Change::begin(call).await?;
    let api_id = change.api.api_id.clone();
    let deployment = change.deploy(call, created_text(request.description)).await?;
    if let Some(stage_name) = created_text(request.stage_name).map(StageName::new) {
        let stage = change.write.stage_fetch(&api_id, &stage_name).await?;
        let mut stage = stage.ok_or_else(unknown_stage)?;
        if stage.auto_deploy {
            return Err(OperationError::bad_request(
                "Deployment ID cannot be set on this stage because AutoDeploy is enabled",
            ));
        }
        stage.deployment_id = Some(deployment.deployment_id.clone());
        stage.last_updated_date = call.now();
        change.check_stage(call, &stage).await?;
        change.write.stage_update(&api_id, &stage).await?;
        change.record(&stage_name);
    }
    change.commit().await?;
    answer(&deployment)
}

/// `DeleteDeployment`.
pub(crate) async fn delete_deployment(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let api_id = change.api.api_id.clone();
    match change.write.deployment_delete(&api_id, &call.deployment_id()).await {
        Ok(true) => change.commit().await?,
        Ok(false) => return Err(unknown_deployment(call.parameter("deploymentId"))),
        Err(StoreError::Conflict(Constraint::DeploymentInUse)) => {
            return Err(OperationError::bad_request(
                "Active stages pointing to this deployment must be moved or deleted",
            ));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(None)
}

/// `GetDeployment`.
pub(crate) async fn get_deployment(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut read = call.plane.store.read().await?;
    match read.deployment_fetch(&call.api_id(), &call.deployment_id()).await? {
        Some(deployment) => answer(&deployment),
        None => {
            let unknown = unknown_deployment(call.parameter("deploymentId"));
            Err(missing(call, &mut read, unknown).await)
        }
    }
}

/// `GetDeployments`.
pub(crate) async fn get_deployments(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut read = call.plane.store.read().await?;
    if read.api_fetch(&call.api_id()).await?.is_none() {
        return Err(unknown_api(call));
    }
    pagination::answer_items(call, read.deployment_list(&call.api_id(), &page).await?)
}

/// `UpdateDeployment`: its description, the only thing that ever changes.
pub(crate) async fn update_deployment(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateDeployment = call.body()?;
    text_at_most("description", request.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    let mut change = Change::begin(call).await?;
    let api_id = change.api.api_id.clone();
    let deployment = change.write.deployment_fetch(&api_id, &call.deployment_id()).await?;
    let mut deployment =
        deployment.ok_or_else(|| unknown_deployment(call.parameter("deploymentId")))?;
    deployment.description = updated_text(deployment.description, request.description);
    change.write.deployment_update(&api_id, &deployment).await?;
    change.commit().await?;
    answer(&deployment)
}
