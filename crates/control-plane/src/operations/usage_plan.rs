//! Resource UsagePlan of the v1 API.
//!
//! Its stages are those of WebSocket APIs, the only ones whose routes ask for API keys. Deleting a
//! stage, or its API, takes it out of its usage plans without a word, as on AWS
//! (hashicorp/terraform-provider-aws#14100); deleting a usage plan that has stages is refused
//! (aws/aws-sdk-js#3841). `productCode` is kept as given: it means something to the AWS Marketplace
//! only.

mod members;
mod patching;

use gatewright_store::{Constraint, StoreError, WriteTransaction};
use gatewright_types::{ApiKeyId, ApiStage, CreateUsagePlan, ProtocolType, UsagePlan, UsagePlanId};

use super::api_mapping::unknown_api;
use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::validation::{created_text, missing_member, tags, websocket_only};
use crate::{pagination, patch};

/// `CreateUsagePlan`.
pub(crate) async fn create_usage_plan(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateUsagePlan = call.body()?;
    tags(request.tags.as_ref())?;
    let plan = UsagePlan {
        api_stages: request.api_stages.unwrap_or_default(),
        description: created_text(request.description),
        id: UsagePlanId::generate(&*call.plane.ids),
        name: created_text(request.name).ok_or_else(|| missing_member("name"))?,
        product_code: None,
        quota: request.quota,
        tags: request.tags.unwrap_or_default(),
        throttle: request.throttle,
    };
    members::check(&plan)?;
    let mut write = call.plane.store.write().await?;
    check_stages(call, &mut write, &plan.api_stages).await?;
    write.usage_plan_insert(&plan).await.map_err(stage_gone)?;
    write.commit().await?;
    answer(&plan)
}

/// `DeleteUsagePlan`: its keys stay, without it.
pub(crate) async fn delete_usage_plan(call: &Call<'_>) -> Result<Answer, OperationError> {
    let (mut write, plan) = lock(call).await?;
    if let Some(ApiStage { api_id, stage, .. }) = plan.api_stages.first() {
        return Err(OperationError::bad_request(format!(
            "Cannot delete Usage Plan {} because there are API Stages associated with it, including {api_id}:{stage}",
            plan.id
        )));
    }
    write.usage_plan_delete(&plan.id).await?;
    write.commit().await?;
    Ok(None)
}

/// `GetUsagePlan`.
pub(crate) async fn get_usage_plan(call: &Call<'_>) -> Result<Answer, OperationError> {
    let plan = call.plane.store.read().await?.usage_plan_fetch(&call.usage_plan_id()).await?;
    answer(&plan.ok_or_else(unknown_usage_plan)?)
}

/// `GetUsagePlans`: all, or those of an API key.
pub(crate) async fn get_usage_plans(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::v1_page(call)?;
    let api_key_id = call.query("keyId")?.map(ApiKeyId::new);
    let mut read = call.plane.store.read().await?;
    pagination::v1_answer_items(call, read.usage_plan_list(api_key_id.as_ref(), &page).await?)
}

/// `UpdateUsagePlan`.
pub(crate) async fn update_usage_plan(call: &Call<'_>) -> Result<Answer, OperationError> {
    let operations = patch::operations(call)?;
    let (mut write, before) = lock(call).await?;
    let plan = patching::patched(before.clone(), &operations)?;
    members::check(&plan)?;
    let is_new = |stage: &&ApiStage| !before.api_stages.iter().any(|old| old.is_same_stage(stage));
    let new = plan.api_stages.iter().filter(is_new).cloned().collect::<Vec<_>>();
    check_stages(call, &mut write, &new).await?;
    write.usage_plan_update(&plan).await.map_err(stage_gone)?;
    check_overlap(&mut write, &plan.id).await?;
    write.commit().await?;
    answer(&plan)
}

/// The usage plan a call names; nobody else changes any before the transaction ends.
pub(super) async fn lock(call: &Call<'_>) -> Result<(WriteTransaction, UsagePlan), OperationError> {
    let mut write = call.plane.store.write().await?;
    write.usage_plans_lock().await?;
    let plan = write.usage_plan_fetch(&call.usage_plan_id()).await?;
    Ok((write, plan.ok_or_else(unknown_usage_plan)?))
}

/// Refuses what a transaction did when a key now reaches a stage by two plans: which of them counts
/// its requests could not be told (`api-gateway-api-usage-plans`: one usage plan for each stage).
pub(super) async fn check_overlap(
    write: &mut WriteTransaction,
    usage_plan_id: &UsagePlanId,
) -> Result<(), OperationError> {
    match write.usage_plan_overlap(usage_plan_id).await? {
        None => Ok(()),
        Some(ApiStage { api_id, stage, .. }) => Err(OperationError::Conflict(format!(
            "Usage Plan {usage_plan_id} cannot be added because API Key cannot reference multiple Usage Plans with the same API stage: {api_id}:{stage}"
        ))),
    }
}

/// 404 for a usage plan.
pub(crate) fn unknown_usage_plan() -> OperationError {
    OperationError::not_found("Invalid Usage Plan ID specified")
}

async fn check_stages(
    call: &Call<'_>,
    write: &mut WriteTransaction,
    stages: &[ApiStage],
) -> Result<(), OperationError> {
    for ApiStage { api_id, stage, .. } in stages {
        let api = write.api_fetch(api_id).await?.ok_or_else(|| unknown_api(call, api_id))?;
        websocket_only("apiStages", api.protocol_type == ProtocolType::Http)?;
        if write.stage_fetch(api_id, stage).await?.is_none() {
            return Err(OperationError::not_found(format!(
                "API Stage not found: {api_id}:{stage}"
            )));
        }
    }
    Ok(())
}

/// Deleted between our look and our write.
fn stage_gone(error: StoreError) -> OperationError {
    match error {
        StoreError::Conflict(Constraint::UsagePlanStage) => {
            OperationError::not_found("API Stage not found")
        }
        other => other.into(),
    }
}
