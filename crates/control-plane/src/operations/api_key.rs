//! Resource ApiKey of the v1 API.
//!
//! Values are secrets: stored sealed, found by a digest that only the master key makes, shown where
//! AWS shows them, and in no log. `stageKeys` and `generateDistinctId: false` are refused: AWS
//! deprecates both for usage plans.

mod value;

use gatewright_store::{ApiKeyFilter, Constraint, Listed, StoreError, StoredApiKey};
use gatewright_types::{
    ApiKey, ApiKeyId, ApiKeyValue, CreateApiKey, PatchOp, PatchOperation, limits,
};

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::validation::{created_text, invalid, tags, text_at_most};
use crate::{pagination, patch};

pub(crate) use value::opened;

/// `CreateApiKey`: the answer has the value, whether it was given or made here.
pub(crate) async fn create_api_key(call: &Call<'_>) -> Result<Answer, OperationError> {
    // The same path under another name; its body is a CSV file.
    if call.query("mode")?.is_some() {
        return Err(OperationError::NotImplemented("ImportApiKeys"));
    }
    let request: CreateApiKey = call.body()?;
    if request.stage_keys.is_some_and(|keys| !keys.is_empty()) {
        let instead = "not supported: a usage plan connects API keys with stages";
        return Err(invalid("stageKeys", instead));
    }
    if request.generate_distinct_id == Some(false) {
        return Err(invalid("generateDistinctId", "ids and values always differ"));
    }
    tags(request.tags.as_ref())?;
    let given = request.value.filter(|value| !value.as_str().is_empty());
    let value = match given {
        Some(given) => value::checked(given)?,
        None => value::generated()?,
    };
    let mut api_key = ApiKey {
        created_date: call.now(),
        customer_id: created_text(request.customer_id),
        description: created_text(request.description),
        enabled: request.enabled.unwrap_or(false),
        id: ApiKeyId::generate(&*call.plane.ids),
        last_updated_date: call.now(),
        name: created_text(request.name),
        stage_keys: Vec::new(),
        tags: request.tags.unwrap_or_default(),
        value: None,
    };
    check(&api_key)?;
    let stored = value::sealed(&call.plane.master_key, api_key.clone(), &value)?;
    let mut write = call.plane.store.write().await?;
    write.api_key_insert(&stored).await.map_err(|error| match error {
        StoreError::Conflict(Constraint::ApiKeyValue) => {
            OperationError::Conflict("API Key already exists".to_owned())
        }
        other => other.into(),
    })?;
    write.commit().await?;
    api_key.value = Some(value);
    answer(&api_key)
}

/// `DeleteApiKey`: its usage plans lose it.
pub(crate) async fn delete_api_key(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut write = call.plane.store.write().await?;
    if !write.api_key_delete(&call.api_key_id()).await? {
        return Err(unknown_api_key());
    }
    write.commit().await?;
    Ok(None)
}

/// `GetApiKey`.
pub(crate) async fn get_api_key(call: &Call<'_>) -> Result<Answer, OperationError> {
    let with_value = call.query_flag("includeValue", false)?;
    let stored = call.plane.store.read().await?.api_key_fetch(&call.api_key_id()).await?;
    answer(&shown(call, stored.ok_or_else(unknown_api_key)?, with_value)?)
}

/// `GetApiKeys`. `name` is what names begin with (getmoto/moto#8220, tried on AWS).
pub(crate) async fn get_api_keys(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::v1_page(call)?;
    let with_values = call.query_flag("includeValues", false)?;
    let filter = ApiKeyFilter {
        name_prefix: call.query("name")?.unwrap_or_default(),
        customer_id: call.query("customerId")?.unwrap_or_default(),
    };
    let listed = call.plane.store.read().await?.api_key_list(&filter, &page).await?;
    let items = listed.items.into_iter().map(|stored| shown(call, stored, with_values));
    let items = items.collect::<Result<_, _>>()?;
    pagination::v1_answer_items(call, Listed { items, next: listed.next })
}

/// `UpdateApiKey`; the value never changes.
pub(crate) async fn update_api_key(call: &Call<'_>) -> Result<Answer, OperationError> {
    let operations = patch::operations(call)?;
    let mut write = call.plane.store.write().await?;
    let mut api_key = write.api_key_lock(&call.api_key_id()).await?.ok_or_else(unknown_api_key)?;
    for operation in &operations {
        apply(&mut api_key, operation)?;
    }
    check(&api_key)?;
    api_key.last_updated_date = call.now();
    write.api_key_update(&api_key).await?;
    write.commit().await?;
    answer(&api_key)
}

/// 404 for an API key.
pub(crate) fn unknown_api_key() -> OperationError {
    OperationError::not_found("Invalid API Key identifier specified")
}

fn shown(
    call: &Call<'_>,
    stored: StoredApiKey,
    with_value: bool,
) -> Result<ApiKey, OperationError> {
    let value: Option<ApiKeyValue> =
        if with_value { Some(opened(&call.plane.master_key, &stored)?) } else { None };
    Ok(ApiKey { value, ..stored.api_key })
}

fn apply(api_key: &mut ApiKey, operation: &PatchOperation) -> Result<(), OperationError> {
    const REPLACED: &[&str] = &["/customerId", "/description", "/enabled", "/name"];
    if operation.op != PatchOp::Replace {
        return Err(patch::invalid_path(operation, &[]));
    }
    let text = || created_text(operation.value.clone());
    match operation.path.as_str() {
        "/customerId" => api_key.customer_id = text(),
        "/description" => api_key.description = text(),
        "/enabled" => api_key.enabled = patch::parsed(operation)?,
        "/name" => api_key.name = text(),
        _ => return Err(patch::invalid_path(operation, REPLACED)),
    }
    Ok(())
}

fn check(api_key: &ApiKey) -> Result<(), OperationError> {
    text_at_most("name", api_key.name.as_deref(), limits::API_KEY_NAME_CHARS_MAX)?;
    text_at_most("description", api_key.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    text_at_most("customerId", api_key.customer_id.as_deref(), limits::API_KEY_NAME_CHARS_MAX)
}
