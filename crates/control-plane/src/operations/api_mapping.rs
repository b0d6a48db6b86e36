//! Resource ApiMapping (spec/management-api.md section 2.11).

use gatewright_store::{Constraint, Page, StoreError, WriteTransaction};
use gatewright_types::{
    ApiId, ApiMapping, ApiMappingId, CreateApiMapping, DomainName, ProtocolType, StageName,
    UpdateApiMapping, limits,
};

use super::domain_name::{lock, unknown_domain_name};
use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::validation::{created_text, missing_member, text_at_most};

/// `CreateApiMapping`.
pub(crate) async fn create_api_mapping(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateApiMapping = call.body()?;
    let (mut write, domain_name) = lock(call).await?;
    let mapping = ApiMapping {
        api_id: api_id(request.api_id)?,
        api_mapping_id: ApiMappingId::generate(&*call.plane.ids),
        api_mapping_key: created_text(request.api_mapping_key),
        stage: created_text(request.stage)
            .map(StageName::new)
            .ok_or_else(|| missing_member("stage"))?,
    };
    check(call, &mut write, &domain_name, &mapping).await?;
    let inserted = write.api_mapping_insert(&domain_name.domain_name, &mapping).await;
    inserted.map_err(conflict)?;
    write.commit().await?;
    answer(&mapping)
}

/// `DeleteApiMapping`.
pub(crate) async fn delete_api_mapping(call: &Call<'_>) -> Result<Answer, OperationError> {
    let (mut write, domain_name) = lock(call).await?;
    let id = call.api_mapping_id();
    if !write.api_mapping_delete(&domain_name.domain_name, &id).await? {
        return Err(unknown_api_mapping());
    }
    write.commit().await?;
    Ok(None)
}

/// `GetApiMapping`.
pub(crate) async fn get_api_mapping(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut read = call.plane.store.read().await?;
    let domain_name = call.domain_name();
    match read.api_mapping_fetch(&domain_name, &call.api_mapping_id()).await? {
        Some(mapping) => answer(&mapping),
        None if read.domain_name_fetch(&domain_name).await?.is_none() => Err(unknown_domain_name()),
        None => Err(unknown_api_mapping()),
    }
}

/// `GetApiMappings`.
pub(crate) async fn get_api_mappings(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut read = call.plane.store.read().await?;
    let domain_name = call.domain_name();
    if read.domain_name_fetch(&domain_name).await?.is_none() {
        return Err(unknown_domain_name());
    }
    pagination::answer_items(call, read.api_mapping_list(&domain_name, &page).await?)
}

/// `UpdateApiMapping`; `apiId` must be there, although the path names the mapping.
pub(crate) async fn update_api_mapping(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateApiMapping = call.body()?;
    let (mut write, domain_name) = lock(call).await?;
    let id = call.api_mapping_id();
    let mapping = write.api_mapping_fetch(&domain_name.domain_name, &id).await?;
    let mut mapping = mapping.ok_or_else(unknown_api_mapping)?;
    mapping.api_id = api_id(request.api_id)?;
    if let Some(key) = request.api_mapping_key {
        mapping.api_mapping_key = created_text(Some(key));
    }
    if let Some(stage) = created_text(request.stage) {
        mapping.stage = StageName::new(stage);
    }
    check(call, &mut write, &domain_name, &mapping).await?;
    let updated = write.api_mapping_update(&domain_name.domain_name, &mapping).await;
    updated.map_err(conflict)?;
    write.commit().await?;
    answer(&mapping)
}

async fn check(
    call: &Call<'_>,
    write: &mut WriteTransaction,
    domain_name: &DomainName,
    mapping: &ApiMapping,
) -> Result<(), OperationError> {
    check_key(mapping.api_mapping_key.as_deref())?;
    let api = write.api_fetch(&mapping.api_id).await?;
    let protocol = api.ok_or_else(|| unknown_api(call, &mapping.api_id))?.protocol_type;
    if write.stage_fetch(&mapping.api_id, &mapping.stage).await?.is_none() {
        return Err(unknown_stage());
    }
    // WebSocket and HTTP APIs cannot share a domain name: one of the others tells its kind.
    let others = write.api_mapping_list(&domain_name.domain_name, &Page::first(2)).await?;
    let other = others.items.iter().find(|other| other.api_mapping_id != mapping.api_mapping_id);
    if let Some(other) = other
        && let Some(api) = write.api_fetch(&other.api_id).await?
        && api.protocol_type != protocol
    {
        let of = |protocol| match protocol {
            ProtocolType::Http => "HTTP",
            ProtocolType::Websocket => "WEBSOCKET",
        };
        return Err(OperationError::bad_request(format!(
            "Domain name {} has mappings to {} APIs, a mapping to a {} API cannot be added",
            domain_name.domain_name,
            of(api.protocol_type),
            of(protocol)
        )));
    }
    Ok(())
}

/// Segments without empty ones among them; absent for the root.
fn check_key(key: Option<&str>) -> Result<(), OperationError> {
    let Some(key) = key else { return Ok(()) };
    text_at_most("apiMappingKey", Some(key), limits::API_MAPPING_KEY_CHARS_MAX)?;
    let refuse = |text: &str| Err(OperationError::bad_request(text));
    if key.starts_with('/') || key.contains("//") {
        return refuse("API mapping key should not start with a '/' or have consecutive '/'s.");
    }
    if key.ends_with('/') {
        return refuse("API mapping key should not end with a '/'.");
    }
    // Left for compatibility with configurations that AWS takes.
    if key == "$context.domainName" {
        return Ok(());
    }
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"$-_.+!*'()/".contains(&byte);
    if key.bytes().all(legal) {
        return Ok(());
    }
    refuse("An ApiMapping key may contain only letters, numbers and one of $-_.+!*'(),")
}

fn api_id(given: Option<String>) -> Result<ApiId, OperationError> {
    created_text(given).map(ApiId::new).ok_or_else(|| missing_member("apiId"))
}

fn conflict(error: StoreError) -> OperationError {
    match error {
        StoreError::Conflict(Constraint::ApiMappingKey) => OperationError::Conflict(
            "ApiMapping key already exists for this domain name".to_owned(),
        ),
        // Deleted between our look and our write.
        StoreError::Conflict(Constraint::ApiMappingStage) => unknown_stage(),
        other => other.into(),
    }
}

/// 404 for an API that a call's body names.
pub(crate) fn unknown_api(call: &Call<'_>, api_id: &ApiId) -> OperationError {
    OperationError::not_found(format!(
        "Invalid API identifier specified {}:{api_id}",
        call.plane.settings.account.id
    ))
}

/// 400, unlike where the path names the stage.
pub(crate) fn unknown_stage() -> OperationError {
    OperationError::bad_request("Invalid stage identifier specified")
}

fn unknown_api_mapping() -> OperationError {
    OperationError::not_found("The api mapping resource specified in the request was not found.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_paths_without_empty_segments() {
        let refusal = |key: &str| check_key(Some(key)).err().map(|error| error.to_string());
        for key in ["v1", "orders/v1/items", "a-b_c.d+e!f*g'h(i)", "$context.domainName"] {
            assert_eq!(refusal(key), None, "{key}");
        }
        for (key, expected) in [
            ("/a", "should not start with"),
            ("a//b", "consecutive"),
            ("a/", "should not end with"),
            ("a b", "may contain only"),
            ("é", "may contain only"),
        ] {
            assert!(refusal(key).expect(key).contains(expected), "{key}");
        }
        assert!(check_key(Some(&"a".repeat(300))).is_ok());
        assert!(check_key(Some(&"a".repeat(301))).is_err());
        assert!(check_key(None).is_ok());
    }
}
