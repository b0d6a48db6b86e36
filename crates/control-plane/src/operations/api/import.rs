//! ImportApi and ReimportApi: an API out of an OpenAPI document, whole or not at all
//! (spec/management-api.md section 4).

use gatewright_openapi::{BasePath, ImportOptions, Imported, ImportedRoute, import};
use gatewright_types::{AuthorizerId, CreateApi, IntegrationId, ProtocolType, limits};
use serde::Deserialize;

use super::{check, checked_new, shown};
use crate::call::{Answer, Call};
use crate::error::OperationError;
use crate::operations::{authorizer, cors, integration, route};
use crate::publish::Change;
use crate::validation::{created_text, invalid, missing_member, tags};

/// `ImportApi`: a new API, without stages.
pub(crate) async fn import_api(call: &Call<'_>) -> Result<Answer, OperationError> {
    let imported = read(call).await?;
    let request = CreateApi {
        cors_configuration: imported.api.cors_configuration.clone(),
        description: imported.api.description.clone(),
        disable_execute_api_endpoint: imported.api.disable_execute_api_endpoint,
        ip_address_type: imported.api.ip_address_type,
        name: Some(imported.api.name.clone()),
        protocol_type: Some("HTTP".to_owned()),
        tags: Some(imported.api.tags.clone()),
        version: imported.api.version.clone(),
        ..CreateApi::default()
    };
    let api = checked_new(call, request)?;
    let write = call.plane.store.write().await?;
    let mut change = Change { write, api };
    change.write.api_insert(&change.api).await?;
    finish(call, change, imported).await
}

/// `ReimportApi`: routes, integrations and authorizers are replaced, stages stay.
pub(crate) async fn reimport_api(call: &Call<'_>) -> Result<Answer, OperationError> {
    let imported = read(call).await?;
    let mut change = Change::begin(call).await?;
    if change.api.protocol_type == ProtocolType::Websocket {
        return Err(OperationError::bad_request("Import is only supported for HTTP APIs"));
    }
    let api = &mut change.api;
    api.name.clone_from(&imported.api.name);
    api.description = created_text(imported.api.description.clone());
    api.version = created_text(imported.api.version.clone());
    api.cors_configuration =
        imported.api.cors_configuration.clone().map(cors::checked).transpose()?;
    if let Some(disabled) = imported.api.disable_execute_api_endpoint {
        api.disable_execute_api_endpoint = disabled;
    }
    if let Some(ip_address_type) = imported.api.ip_address_type {
        api.ip_address_type = ip_address_type;
    }
    // A document that says nothing of tags leaves them.
    if !imported.api.tags.is_empty() {
        tags(Some(&imported.api.tags))?;
        api.tags.clone_from(&imported.api.tags);
    }
    check(api)?;
    change.write.api_update(&change.api).await?;
    remove_all(&mut change).await?;
    finish(call, change, imported).await
}

/// Takes the call apart. The document is parsed on another thread: a large one takes its time.
async fn read(call: &Call<'_>) -> Result<Imported, OperationError> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct ImportMembers {
        body: Option<String>,
    }
    let members: ImportMembers = call.body()?;
    let base_path = match call.query("basepath")?.as_deref() {
        None | Some("ignore") => BasePath::Ignore,
        Some("prepend") => BasePath::Prepend,
        Some("split") => BasePath::Split,
        Some(other) => {
            let why = format!("'{other}' is none of ignore, prepend, split");
            return Err(invalid("basepath", why));
        }
    };
    let fail_on_warnings = call.query_flag("failOnWarnings", false)?;
    let text = members.body.ok_or_else(|| missing_member("body"))?;
    let account = call.plane.settings.account.clone();
    let parsing = tokio::task::spawn_blocking(move || {
        import(&text, &ImportOptions { base_path, account: &account })
    });
    let imported = parsing
        .await
        .map_err(|error| OperationError::Internal(error.into()))?
        .map_err(|error| OperationError::bad_request(error.to_string()))?;
    if fail_on_warnings && !imported.warnings.is_empty() {
        return Err(OperationError::bad_request(format!(
            "Warnings found during import:\n\t{}",
            imported.warnings.join("\n\t")
        )));
    }
    Ok(imported)
}

async fn remove_all(change: &mut Change) -> Result<(), OperationError> {
    let api_id = &change.api.api_id;
    for route in change.write.route_list_all(api_id).await? {
        change.write.route_delete(api_id, &route.route_id).await?;
    }
    for integration in change.write.integration_list_all(api_id).await? {
        change.write.integration_delete(api_id, &integration.integration_id).await?;
    }
    for authorizer in change.write.authorizer_list_all(api_id).await? {
        change.write.authorizer_delete(api_id, &authorizer.authorizer_id).await?;
    }
    Ok(())
}

/// Stores what was imported below the API, and publishes once.
async fn finish(
    call: &Call<'_>,
    mut change: Change,
    imported: Imported,
) -> Result<Answer, OperationError> {
    let authorizers = insert_authorizers(call, &mut change, imported.authorizers).await?;
    let integrations = insert_integrations(call, &mut change, imported.integrations).await?;
    for imported in imported.routes {
        insert_route(call, &mut change, imported, &integrations, &authorizers).await?;
    }
    let mut api = change.api.clone();
    change.publish(call).await?;
    api.import_info = Some(imported.import_info).filter(|info| !info.is_empty());
    api.warnings = Some(imported.warnings).filter(|warnings| !warnings.is_empty());
    shown(call, api)
}

async fn insert_authorizers(
    call: &Call<'_>,
    change: &mut Change,
    requests: Vec<gatewright_types::CreateAuthorizer>,
) -> Result<Vec<AuthorizerId>, OperationError> {
    if requests.len() > limits::AUTHORIZERS_PER_API_MAX {
        let why = format!("at most {} authorizers", limits::AUTHORIZERS_PER_API_MAX);
        return Err(invalid("body", why));
    }
    let mut ids = Vec::with_capacity(requests.len());
    for request in requests {
        let place = format!("authorizer '{}'", request.name.as_deref().unwrap_or_default());
        let made = authorizer::checked_new(call, ProtocolType::Http, request);
        let made = made.map_err(|error| placed(&place, error))?;
        let inserted = change.write.authorizer_insert(&change.api.api_id, &made).await;
        inserted.map_err(|error| authorizer::conflict(error, &made))?;
        ids.push(made.authorizer_id);
    }
    Ok(ids)
}

async fn insert_integrations(
    call: &Call<'_>,
    change: &mut Change,
    requests: Vec<gatewright_types::CreateIntegration>,
) -> Result<Vec<IntegrationId>, OperationError> {
    let mut ids = Vec::with_capacity(requests.len());
    for request in requests {
        let target =
            request.integration_uri.clone().or_else(|| request.integration_subtype.clone());
        let place = format!("integration '{}'", target.unwrap_or_default());
        let made = integration::checked_new(call, ProtocolType::Http, request);
        let made = made.map_err(|error| placed(&place, error))?;
        let inserted = change.write.integration_insert(&change.api.api_id, &made).await;
        inserted.map_err(|error| integration::conflict(error, &made))?;
        ids.push(made.integration_id);
    }
    Ok(ids)
}

async fn insert_route(
    call: &Call<'_>,
    change: &mut Change,
    imported: ImportedRoute,
    integrations: &[IntegrationId],
    authorizers: &[AuthorizerId],
) -> Result<(), OperationError> {
    let mut request = imported.route;
    let integration = imported.integration.and_then(|index| integrations.get(index));
    request.target = integration.map(|id| format!("integrations/{id}"));
    let authorizer = imported.authorizer.and_then(|index| authorizers.get(index));
    request.authorizer_id = authorizer.map(ToString::to_string);
    let place = format!("route '{}'", request.route_key.as_deref().unwrap_or_default());
    let route = route::checked_new(call, ProtocolType::Http, request);
    let route = route.map_err(|error| placed(&place, error))?;
    let inserted = change.write.route_insert(&change.api.api_id, &route).await;
    inserted.map_err(|error| route::conflict(error, &route))
}

/// What a member's own rules refuse, with the part of the document it comes from.
fn placed(place: &str, error: OperationError) -> OperationError {
    match error {
        OperationError::BadRequest(text) => OperationError::BadRequest(format!(
            "Errors found during import:\n\tUnable to create {place}: {text}"
        )),
        other => other,
    }
}
