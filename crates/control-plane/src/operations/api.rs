//! Resource Api (spec/management-api.md section 2.1).

pub(crate) mod export;
pub(crate) mod import;
mod quick_create;

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{Api, ApiId, CreateApi, ProtocolType, UpdateApi, limits};

use super::cors;
use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, unknown_api};
use crate::validation::{created_text, invalid, tags, text_at_most, updated_text, websocket_only};

/// `CreateApi`, with quick create.
pub(crate) async fn create_api(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut request: CreateApi = call.body()?;
    let quick = quick_create::members(
        request.target.take(),
        request.route_key.take(),
        request.credentials_arn.take(),
    );
    let api = checked_new(call, request)?;
    let write = call.plane.store.write().await?;
    let mut change = Change { write, api };
    change.write.api_insert(&change.api).await?;
    let response = shown(call, change.api.clone())?;
    match quick {
        Some(quick) => {
            quick_create::make(call, &mut change, quick).await?;
            change.publish(call).await?;
        }
        None => change.commit().await?,
    }
    Ok(response)
}

/// `DeleteApi`: everything below it goes, too.
pub(crate) async fn delete_api(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    for stage in change.write.stage_list_all(&change.api.api_id).await? {
        change.record(&stage.stage_name);
    }
    match change.write.api_delete(&change.api.api_id).await {
        Ok(_) => change.commit().await?,
        Err(StoreError::Conflict(Constraint::StageInUse)) => {
            return Err(OperationError::bad_request(format!(
                "Deleting API {} failed. Please remove all API mappings for the API from your custom domain names.",
                change.api.api_id
            )));
        }
        Err(error) => return Err(error.into()),
    }
    Ok(None)
}

/// `GetApi`.
pub(crate) async fn get_api(call: &Call<'_>) -> Result<Answer, OperationError> {
    let api = call.plane.store.read().await?.api_fetch(&call.api_id()).await?;
    shown(call, api.ok_or_else(|| unknown_api(call))?)
}

/// `GetApis`.
pub(crate) async fn get_apis(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut listed = call.plane.store.read().await?.api_list(&page).await?;
    for api in &mut listed.items {
        api.api_endpoint = Some(call.plane.settings.api_endpoint.url(api));
    }
    pagination::answer_items(call, listed)
}

/// `UpdateApi`.
pub(crate) async fn update_api(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut request: UpdateApi = call.body()?;
    let mut change = Change::begin(call).await?;
    let quick = quick_create::Members {
        target: request.target.take(),
        route_key: request.route_key.take(),
        credentials_arn: request.credentials_arn.take(),
    };
    update(&mut change.api, request)?;
    change.write.api_update(&change.api).await?;
    if !quick.is_empty() {
        quick_create::update(&mut change, quick).await?;
    }
    let response = shown(call, change.api.clone())?;
    change.publish(call).await?;
    Ok(response)
}

/// An API as it is answered.
pub(crate) fn shown(call: &Call<'_>, mut api: Api) -> Result<Answer, OperationError> {
    api.api_endpoint = Some(call.plane.settings.api_endpoint.url(&api));
    answer(&api)
}

fn checked_new(call: &Call<'_>, request: CreateApi) -> Result<Api, OperationError> {
    let protocol_type = protocol(request.protocol_type.as_deref())?;
    if protocol_type == ProtocolType::Websocket && request.cors_configuration.is_some() {
        return Err(OperationError::bad_request(
            "Cors is not supported for WEBSOCKET protocolType",
        ));
    }
    let api = Api {
        api_endpoint: None,
        api_id: ApiId::generate(&*call.plane.ids),
        api_key_selection_expression: created_text(request.api_key_selection_expression)
            .unwrap_or_else(|| Api::API_KEY_SELECTION_EXPRESSION.to_owned()),
        cors_configuration: request.cors_configuration.map(cors::checked).transpose()?,
        created_date: call.now(),
        description: created_text(request.description),
        disable_execute_api_endpoint: request.disable_execute_api_endpoint.unwrap_or(false),
        disable_schema_validation: request.disable_schema_validation,
        import_info: None,
        ip_address_type: request.ip_address_type.unwrap_or_default(),
        name: request.name.unwrap_or_default(),
        protocol_type,
        route_selection_expression: match protocol_type {
            ProtocolType::Http => {
                http_route_selection(request.route_selection_expression.as_deref())?
            }
            ProtocolType::Websocket => request.route_selection_expression.unwrap_or_default(),
        },
        tags: request.tags.unwrap_or_default(),
        version: created_text(request.version),
        warnings: None,
    };
    tags(Some(&api.tags))?;
    check(&api)?;
    Ok(api)
}

fn update(api: &mut Api, request: UpdateApi) -> Result<(), OperationError> {
    if let Some(name) = request.name {
        api.name = name;
    }
    api.description = updated_text(api.description.take(), request.description);
    api.version = updated_text(api.version.take(), request.version);
    if let Some(expression) = created_text(request.api_key_selection_expression) {
        api.api_key_selection_expression = expression;
    }
    if let Some(new) = request.cors_configuration {
        if api.protocol_type == ProtocolType::Websocket {
            return Err(OperationError::bad_request(
                "CORS configuration is only supported for HTTP APIs",
            ));
        }
        // `{}` changes nothing; only DeleteCorsConfiguration removes.
        if new != gatewright_types::Cors::default() {
            api.cors_configuration = Some(cors::checked(new)?);
        }
    }
    if let Some(disabled) = request.disable_execute_api_endpoint {
        api.disable_execute_api_endpoint = disabled;
    }
    if let Some(disabled) = request.disable_schema_validation {
        api.disable_schema_validation = Some(disabled);
    }
    if let Some(ip_address_type) = request.ip_address_type {
        api.ip_address_type = ip_address_type;
    }
    if let Some(expression) = request.route_selection_expression {
        api.route_selection_expression = match api.protocol_type {
            ProtocolType::Http => http_route_selection(Some(&expression))?,
            ProtocolType::Websocket => expression,
        };
    }
    check(api)
}

/// The rules between an API's members.
pub(crate) fn check(api: &Api) -> Result<(), OperationError> {
    if api.name.is_empty() {
        return Err(OperationError::bad_request("Invalid API name specified"));
    }
    text_at_most("name", Some(&api.name), limits::NAME_CHARS_MAX)?;
    text_at_most("description", api.description.as_deref(), limits::DESCRIPTION_CHARS_MAX)?;
    text_at_most("version", api.version.as_deref(), limits::VERSION_CHARS_MAX)?;
    if !API_KEY_SELECTION_EXPRESSIONS.contains(&&*api.api_key_selection_expression) {
        let legal = API_KEY_SELECTION_EXPRESSIONS.join(" or ");
        return Err(invalid("apiKeySelectionExpression", format!("must be {legal}")));
    }
    match api.protocol_type {
        ProtocolType::Http => {
            websocket_only("disableSchemaValidation", api.disable_schema_validation == Some(true))
        }
        ProtocolType::Websocket if api.route_selection_expression.is_empty() => {
            Err(OperationError::bad_request("Invalid routeSelectionExpression"))
        }
        ProtocolType::Websocket => text_at_most(
            "routeSelectionExpression",
            Some(&api.route_selection_expression),
            limits::SELECTION_EXPRESSION_CHARS_MAX,
        ),
    }
}

const API_KEY_SELECTION_EXPRESSIONS: [&str; 2] =
    [Api::API_KEY_SELECTION_EXPRESSION, "$context.authorizer.usageIdentifierKey"];

fn protocol(protocol: Option<&str>) -> Result<ProtocolType, OperationError> {
    match protocol {
        Some("HTTP") => Ok(ProtocolType::Http),
        Some("WEBSOCKET") => Ok(ProtocolType::Websocket),
        _ => Err(OperationError::bad_request(
            "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]",
        )),
    }
}

/// An HTTP API has one route selection expression, given in either spelling.
fn http_route_selection(expression: Option<&str>) -> Result<String, OperationError> {
    match expression {
        None | Some(Api::HTTP_ROUTE_SELECTION_EXPRESSION | "${request.method} ${request.path}") => {
            Ok(Api::HTTP_ROUTE_SELECTION_EXPRESSION.to_owned())
        }
        Some(_) => Err(OperationError::bad_request(
            "Route selection expression is currently limited to \"${request.method} ${request.path}\"",
        )),
    }
}
