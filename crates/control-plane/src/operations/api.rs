//! Resource Api (spec/management-api.md sections 2.1 and 3.1).

use gatewright_types::{
    Api, ApiId, CreateApi, CreateIntegration, CreateRoute, Integration, IntegrationType,
    ProtocolType, Route, RouteSettings, Stage, StageName, UpdateApi, limits,
};

use super::{cors, integration, route};
use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::publish::{Change, unknown_api};
use crate::validation::{created_text, tags, text_at_most, updated_text};
use crate::{not_yet, pagination};

/// `CreateApi`, with quick create.
pub(crate) async fn create_api(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateApi = call.body()?;
    let name = checked_name(request.name.as_deref())?;
    let protocol_type = protocol(request.protocol_type.as_deref())?;
    check_texts(
        request.description.as_deref(),
        request.version.as_deref(),
        request.api_key_selection_expression.as_deref(),
    )?;
    check_route_selection(request.route_selection_expression.as_deref())?;
    tags(request.tags.as_ref())?;
    let api = Api {
        api_endpoint: None,
        api_id: ApiId::generate(&*call.plane.ids),
        api_key_selection_expression: created_text(request.api_key_selection_expression)
            .unwrap_or_else(|| Api::API_KEY_SELECTION_EXPRESSION.to_owned()),
        cors_configuration: request.cors_configuration.map(cors::checked).transpose()?,
        created_date: call.now(),
        description: created_text(request.description),
        disable_execute_api_endpoint: request.disable_execute_api_endpoint.unwrap_or(false),
        disable_schema_validation: None,
        import_info: None,
        ip_address_type: request.ip_address_type.unwrap_or_default(),
        name,
        protocol_type,
        route_selection_expression: Api::HTTP_ROUTE_SELECTION_EXPRESSION.to_owned(),
        tags: request.tags.unwrap_or_default(),
        version: created_text(request.version),
        warnings: None,
    };
    let mut write = call.plane.store.write().await?;
    write.api_insert(&api).await?;
    let mut change = Change { write, api };
    let response = shown(call, change.api.clone())?;
    match request.target {
        Some(target) => {
            let route_key = request.route_key.unwrap_or_else(|| StageName::DEFAULT.to_owned());
            quick_create(call, &mut change, target, route_key, request.credentials_arn).await?;
            change.publish(call).await?;
        }
        None if request.route_key.is_some() || request.credentials_arn.is_some() => {
            return Err(OperationError::bad_request(
                "Invalid value for 'target': routeKey and credentialsArn need a target",
            ));
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
    change.write.api_delete(&change.api.api_id).await?;
    change.commit().await?;
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
    let request: UpdateApi = call.body()?;
    check_texts(
        request.description.as_deref(),
        request.version.as_deref(),
        request.api_key_selection_expression.as_deref(),
    )?;
    check_route_selection(request.route_selection_expression.as_deref())?;
    let mut change = Change::begin(call).await?;
    let api = &mut change.api;
    if let Some(name) = &request.name {
        api.name = checked_name(Some(name))?;
    }
    api.description = updated_text(api.description.take(), request.description);
    api.version = updated_text(api.version.take(), request.version);
    if let Some(expression) = created_text(request.api_key_selection_expression) {
        api.api_key_selection_expression = expression;
    }
    // `{}` changes nothing; only DeleteCorsConfiguration removes.
    if let Some(new) =
        request.cors_configuration.filter(|new| *new != gatewright_types::Cors::default())
    {
        api.cors_configuration = Some(cors::checked(new)?);
    }
    if let Some(disabled) = request.disable_execute_api_endpoint {
        api.disable_execute_api_endpoint = disabled;
    }
    if let Some(ip_address_type) = request.ip_address_type {
        api.ip_address_type = ip_address_type;
    }
    change.write.api_update(&change.api).await?;
    if request.target.is_some() || request.route_key.is_some() || request.credentials_arn.is_some()
    {
        let members = (request.target, request.route_key, request.credentials_arn);
        update_quick_created(&mut change, members).await?;
    }
    let response = shown(call, change.api.clone())?;
    change.publish(call).await?;
    Ok(response)
}

async fn quick_create(
    call: &Call<'_>,
    change: &mut Change,
    target: String,
    route_key: String,
    credentials_arn: Option<String>,
) -> Result<(), OperationError> {
    let url = is_url(&target);
    let mut made = integration::checked_new(
        call,
        CreateIntegration {
            credentials_arn,
            integration_method: Some(if url { "ANY" } else { "POST" }.to_owned()),
            integration_type: Some(kind(url)),
            integration_uri: Some(target),
            payload_format_version: Some(if url { "1.0" } else { "2.0" }.to_owned()),
            ..CreateIntegration::default()
        },
    )?;
    made.api_gateway_managed = Some(true);
    let api_id = change.api.api_id.clone();
    change.write.integration_insert(&api_id, &made).await?;
    let target = format!("integrations/{}", made.integration_id);
    let mut route = route::checked_new(
        call,
        CreateRoute { route_key: Some(route_key), target: Some(target), ..CreateRoute::default() },
    )?;
    route.api_gateway_managed = Some(true);
    change.write.route_insert(&api_id, &route).await?;
    let now = call.now();
    let stage = Stage {
        access_log_settings: None,
        api_gateway_managed: Some(true),
        auto_deploy: true,
        client_certificate_id: None,
        created_date: now,
        default_route_settings: RouteSettings::default_for(ProtocolType::Http),
        deployment_id: None,
        description: None,
        last_deployment_status_message: None,
        last_updated_date: now,
        route_settings: std::collections::BTreeMap::new(),
        stage_name: StageName::new(StageName::DEFAULT),
        stage_variables: std::collections::BTreeMap::new(),
        tags: std::collections::BTreeMap::new(),
    };
    change.write.stage_insert(&api_id, &stage).await?;
    Ok(())
}

/// What quick create made follows `target`, `routeKey` and `credentialsArn` of an update.
async fn update_quick_created(
    change: &mut Change,
    (target, route_key, credentials_arn): (Option<String>, Option<String>, Option<String>),
) -> Result<(), OperationError> {
    let api_id = change.api.api_id.clone();
    let none = || {
        OperationError::bad_request(
            "Invalid value for 'target': target, routeKey and credentialsArn can only be updated on an API that quick create made",
        )
    };
    let routes = change.write.route_list_all(&api_id).await?;
    let mut route: Route = routes
        .into_iter()
        .find(|route| route.api_gateway_managed == Some(true))
        .ok_or_else(none)?;
    let integrations = change.write.integration_list_all(&api_id).await?;
    let mut made: Integration = integrations
        .into_iter()
        .find(|integration| integration.api_gateway_managed == Some(true))
        .ok_or_else(none)?;
    if let Some(target) = target {
        let url = is_url(&target);
        made.integration_type = kind(url);
        made.integration_method = Some(if url { "ANY" } else { "POST" }.to_owned());
        made.payload_format_version = Some(if url { "1.0" } else { "2.0" }.to_owned());
        made.integration_uri = Some(target);
        integration::check(&made)?;
    }
    made.credentials_arn = updated_text(made.credentials_arn.take(), credentials_arn);
    change.write.integration_update(&api_id, &made).await?;
    if let Some(route_key) = route_key {
        route::check_key(&route_key)?;
        route.route_key = route_key;
        let updated = change.write.route_update(&api_id, &route).await;
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

fn shown(call: &Call<'_>, mut api: Api) -> Result<Answer, OperationError> {
    api.api_endpoint = Some(call.plane.settings.api_endpoint.url(&api));
    answer(&api)
}

fn checked_name(name: Option<&str>) -> Result<String, OperationError> {
    match name {
        Some(name) if !name.is_empty() => {
            text_at_most("name", Some(name), limits::NAME_CHARS_MAX)?;
            Ok(name.to_owned())
        }
        _ => Err(OperationError::bad_request("Invalid API name specified")),
    }
}

fn protocol(protocol: Option<&str>) -> Result<ProtocolType, OperationError> {
    match protocol {
        Some("HTTP") => Ok(ProtocolType::Http),
        Some("WEBSOCKET") => Err(not_yet::websocket()),
        _ => Err(OperationError::bad_request(
            "Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]",
        )),
    }
}

fn check_texts(
    description: Option<&str>,
    version: Option<&str>,
    api_key_selection_expression: Option<&str>,
) -> Result<(), OperationError> {
    text_at_most("description", description, limits::DESCRIPTION_CHARS_MAX)?;
    text_at_most("version", version, limits::VERSION_CHARS_MAX)?;
    text_at_most(
        "apiKeySelectionExpression",
        api_key_selection_expression,
        limits::SELECTION_EXPRESSION_CHARS_MAX,
    )
}

/// An HTTP API has one route selection expression, in either spelling.
fn check_route_selection(expression: Option<&str>) -> Result<(), OperationError> {
    match expression {
        None | Some(Api::HTTP_ROUTE_SELECTION_EXPRESSION | "${request.method} ${request.path}") => {
            Ok(())
        }
        Some(_) => Err(OperationError::bad_request(format!(
            "Invalid value for 'routeSelectionExpression': an HTTP API's must be {}",
            Api::HTTP_ROUTE_SELECTION_EXPRESSION
        ))),
    }
}
