//! Resource Model of WebSocket APIs (spec/management-api.md section 2.6).

mod template;

use std::collections::BTreeMap;

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{CreateModel, Model, ModelId, ProtocolType, UpdateModel, limits};
use serde::Serialize;

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, missing, unknown_api};
use crate::validation::{
    created_text, invalid, missing_member, required_name, text_at_most, updated_text,
};

/// `CreateModel`.
pub(crate) async fn create_model(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateModel = call.body()?;
    let model = Model {
        content_type: created_text(request.content_type)
            .unwrap_or_else(|| Model::CONTENT_TYPE.to_owned()),
        description: created_text(request.description),
        model_id: ModelId::generate(&*call.plane.ids),
        name: required_name("name", request.name)?,
        schema: request.schema.ok_or_else(|| missing_member("schema"))?,
    };
    check(&model)?;
    let mut change = Change::begin(call).await?;
    if change.api.protocol_type == ProtocolType::Http {
        return Err(OperationError::bad_request(
            "Currently, Models are not permitted for APIs with a protocol type of HTTP",
        ));
    }
    if change.write.model_count(&change.api.api_id).await? >= limits::MODELS_PER_API_MAX {
        return Err(OperationError::bad_request(format!(
            "An API has at most {} models",
            limits::MODELS_PER_API_MAX
        )));
    }
    let inserted = change.write.model_insert(&change.api.api_id, &model).await;
    inserted.map_err(|error| conflict(error, &model))?;
    change.publish(call).await?;
    answer(&model)
}

/// `DeleteModel`; refused while a route or a route response names it.
pub(crate) async fn delete_model(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let model = fetch(call, &mut change).await?;
    refuse_used(&mut change, &model).await?;
    change.write.model_delete(&change.api.api_id, &model.model_id).await?;
    change.publish(call).await?;
    Ok(None)
}

/// `GetModel`.
pub(crate) async fn get_model(call: &Call<'_>) -> Result<Answer, OperationError> {
    answer(&read(call).await?)
}

/// `GetModels`.
pub(crate) async fn get_models(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut read = call.plane.store.read().await?;
    if read.api_fetch(&call.api_id()).await?.is_none() {
        return Err(unknown_api(call));
    }
    pagination::answer_items(call, read.model_list(&call.api_id(), &page).await?)
}

/// `GetModelTemplate`: a mapping template to begin with.
pub(crate) async fn get_model_template(call: &Call<'_>) -> Result<Answer, OperationError> {
    #[derive(Serialize)]
    struct ModelTemplate {
        value: String,
    }
    let model = read(call).await?;
    answer(&ModelTemplate { value: template::of_schema(&model.schema) })
}

/// `UpdateModel`.
pub(crate) async fn update_model(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateModel = call.body()?;
    let mut change = Change::begin(call).await?;
    let mut model = fetch(call, &mut change).await?;
    if request.name.is_some() {
        // Routes that name it are not looked at: Terraform renames first, and then changes the routes.
        model.name = required_name("name", request.name)?;
    }
    if let Some(content_type) = created_text(request.content_type) {
        model.content_type = content_type;
    }
    if let Some(schema) = request.schema {
        model.schema = schema;
    }
    model.description = updated_text(model.description, request.description);
    check(&model)?;
    let updated = change.write.model_update(&change.api.api_id, &model).await;
    updated.map_err(|error| conflict(error, &model))?;
    change.publish(call).await?;
    answer(&model)
}

fn check(model: &Model) -> Result<(), OperationError> {
    if !model.name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(OperationError::bad_request(format!(
            "Model name must be alphanumeric: {}",
            model.name
        )));
    }
    text_at_most("contentType", Some(&model.content_type), limits::CONTENT_TYPE_CHARS_MAX)?;
    text_at_most("description", model.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    text_at_most("schema", Some(&model.schema), limits::SCHEMA_CHARS_MAX)?;
    // An empty schema describes nothing, which AWS takes.
    if !model.schema.is_empty()
        && let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&model.schema)
    {
        return Err(invalid("schema", format!("not JSON: {error}")));
    }
    Ok(())
}

async fn refuse_used(change: &mut Change, model: &Model) -> Result<(), OperationError> {
    let names = |models: &Option<BTreeMap<String, String>>| {
        models.iter().flatten().any(|(_, name)| *name == model.name)
    };
    let api_id = &change.api.api_id;
    let routes = change.write.route_list_all(api_id).await?;
    let by_route = routes.iter().find(|route| names(&route.request_models));
    let responses = change.write.route_response_list_all(api_id).await?;
    let by_response = responses.iter().find(|(_, response)| names(&response.response_models));
    let user = match (by_route, by_response) {
        (Some(route), _) => format!("route: {}", route.route_key),
        (None, Some((_, response))) => format!("route response: {}", response.route_response_id),
        (None, None) => return Ok(()),
    };
    Err(OperationError::Conflict(format!(
        "Cannot delete model '{}', is referenced in {user}",
        model.name
    )))
}

async fn read(call: &Call<'_>) -> Result<Model, OperationError> {
    let mut read = call.plane.store.read().await?;
    match read.model_fetch(&call.api_id(), &call.model_id()).await? {
        Some(model) => Ok(model),
        None => Err(missing(call, &mut read, unknown_model(call)).await),
    }
}

async fn fetch(call: &Call<'_>, change: &mut Change) -> Result<Model, OperationError> {
    let model = change.write.model_fetch(&change.api.api_id, &call.model_id()).await?;
    model.ok_or_else(|| unknown_model(call))
}

fn conflict(error: StoreError, model: &Model) -> OperationError {
    match error {
        StoreError::Conflict(Constraint::ModelName) => OperationError::Conflict(format!(
            "Model name must be unique. Model {} already exists for this API",
            model.name
        )),
        other => other.into(),
    }
}

fn unknown_model(call: &Call<'_>) -> OperationError {
    OperationError::not_found(format!(
        "Invalid Model identifier specified {}",
        call.parameter("modelId")
    ))
}
