//! Resource UsagePlanKey of the v1 API: an API key in a usage plan. Answers have the key's value:
//! the model gives no way to ask for it, and Terraform reads it there.

use gatewright_store::{Constraint, Listed, StoreError, StoredApiKey};
use gatewright_types::{ApiKeyId, CreateUsagePlanKey, UsagePlanKey};

use super::api_key::{opened, unknown_api_key};
use super::usage_plan::{check_overlap, lock, unknown_usage_plan};
use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::validation::{created_text, invalid, missing_member};

/// `CreateUsagePlanKey`.
pub(crate) async fn create_usage_plan_key(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateUsagePlanKey = call.body()?;
    let id = created_text(request.key_id).ok_or_else(|| missing_member("keyId"))?;
    let id = ApiKeyId::new(id);
    let key_type = created_text(request.key_type).ok_or_else(|| missing_member("keyType"))?;
    if key_type != UsagePlanKey::API_KEY {
        return Err(invalid("keyType", format!("'{key_type}' is not API_KEY")));
    }
    let (mut write, plan) = lock(call).await?;
    let stored = write.api_key_fetch(&id).await?.ok_or_else(unknown_api_key)?;
    write.usage_plan_key_insert(&plan.id, &id).await.map_err(|error| match error {
        StoreError::Conflict(Constraint::UsagePlanKey) => {
            OperationError::Conflict(format!("Usage Plan {} already has API Key {id}", plan.id))
        }
        // Deleted between our look and our write.
        StoreError::Conflict(Constraint::UsagePlanKeyMissing) => unknown_api_key(),
        other => other.into(),
    })?;
    check_overlap(&mut write, &plan.id).await?;
    write.commit().await?;
    answer(&shown(call, stored)?)
}

/// `DeleteUsagePlanKey`: the API key stays.
pub(crate) async fn delete_usage_plan_key(call: &Call<'_>) -> Result<Answer, OperationError> {
    let (mut write, plan) = lock(call).await?;
    if !write.usage_plan_key_delete(&plan.id, &key_id(call)).await? {
        return Err(unknown_usage_plan_key());
    }
    write.commit().await?;
    Ok(None)
}

/// `GetUsagePlanKey`.
pub(crate) async fn get_usage_plan_key(call: &Call<'_>) -> Result<Answer, OperationError> {
    let (plan_id, id) = (call.usage_plan_id(), key_id(call));
    let mut read = call.plane.store.read().await?;
    match read.usage_plan_key_fetch(&plan_id, &id).await? {
        Some(stored) => answer(&shown(call, stored)?),
        None if read.usage_plan_fetch(&plan_id).await?.is_none() => Err(unknown_usage_plan()),
        None if read.api_key_fetch(&id).await?.is_none() => Err(unknown_api_key()),
        None => Err(unknown_usage_plan_key()),
    }
}

/// `GetUsagePlanKeys`; `name` is what their names begin with.
pub(crate) async fn get_usage_plan_keys(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::v1_page(call)?;
    let name_prefix = call.query("name")?.unwrap_or_default();
    let plan_id = call.usage_plan_id();
    let mut read = call.plane.store.read().await?;
    if read.usage_plan_fetch(&plan_id).await?.is_none() {
        return Err(unknown_usage_plan());
    }
    let listed = read.usage_plan_key_list(&plan_id, &name_prefix, &page).await?;
    let items = listed.items.into_iter().map(|stored| shown(call, stored));
    let items = items.collect::<Result<_, _>>()?;
    pagination::v1_answer_items(call, Listed { items, next: listed.next })
}

fn shown(call: &Call<'_>, stored: StoredApiKey) -> Result<UsagePlanKey, OperationError> {
    let value = opened(&call.plane.master_key, &stored)?;
    let gatewright_types::ApiKey { id, name, .. } = stored.api_key;
    Ok(UsagePlanKey { id, name, key_type: UsagePlanKey::API_KEY, value })
}

fn key_id(call: &Call<'_>) -> ApiKeyId {
    ApiKeyId::new(call.parameter("keyId"))
}

fn unknown_usage_plan_key() -> OperationError {
    OperationError::not_found("Invalid Usage Plan Key identifier specified")
}
