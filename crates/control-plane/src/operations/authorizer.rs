//! Resource Authorizer (spec/management-api.md section 2.7).

mod members;

use gatewright_store::{Constraint, StoreError};
use gatewright_types::{Authorizer, CreateAuthorizer, UpdateAuthorizer, limits};

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::publish::{Change, missing, unknown_api};

pub(crate) use members::checked_new;

/// `CreateAuthorizer`.
pub(crate) async fn create_authorizer(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateAuthorizer = call.body()?;
    let mut change = Change::begin(call).await?;
    let authorizer = checked_new(call, change.api.protocol_type, request)?;
    if change.write.authorizer_count(&change.api.api_id).await? >= limits::AUTHORIZERS_PER_API_MAX {
        return Err(OperationError::bad_request(format!(
            "An API has at most {} authorizers",
            limits::AUTHORIZERS_PER_API_MAX
        )));
    }
    let inserted = change.write.authorizer_insert(&change.api.api_id, &authorizer).await;
    inserted.map_err(|error| conflict(error, &authorizer))?;
    change.publish(call).await?;
    answer(&authorizer)
}

/// `DeleteAuthorizer`.
pub(crate) async fn delete_authorizer(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    let authorizer = fetch(call, &mut change).await?;
    let routes = change.write.route_list_all(&change.api.api_id).await?;
    let used = |route: &&gatewright_types::Route| {
        route.authorizer_id.as_ref() == Some(&authorizer.authorizer_id)
    };
    if let Some(route) = routes.iter().find(used) {
        return Err(OperationError::Conflict(format!(
            "Cannot delete authorizer '{}', is referenced in route: {}",
            authorizer.name, route.route_key
        )));
    }
    change.write.authorizer_delete(&change.api.api_id, &authorizer.authorizer_id).await?;
    change.publish(call).await?;
    Ok(None)
}

/// `GetAuthorizer`.
pub(crate) async fn get_authorizer(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut read = call.plane.store.read().await?;
    match read.authorizer_fetch(&call.api_id(), &call.authorizer_id()).await? {
        Some(authorizer) => answer(&authorizer),
        None => Err(missing(call, &mut read, unknown_authorizer(call)).await),
    }
}

/// `GetAuthorizers`.
pub(crate) async fn get_authorizers(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut read = call.plane.store.read().await?;
    if read.api_fetch(&call.api_id()).await?.is_none() {
        return Err(unknown_api(call));
    }
    pagination::answer_items(call, read.authorizer_list(&call.api_id(), &page).await?)
}

/// `UpdateAuthorizer`.
pub(crate) async fn update_authorizer(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateAuthorizer = call.body()?;
    let mut change = Change::begin(call).await?;
    let authorizer = fetch(call, &mut change).await?;
    let was = authorizer.authorizer_type;
    let authorizer = members::updated(call, change.api.protocol_type, authorizer, request)?;
    if authorizer.authorizer_type != was {
        refuse_used(&mut change, &authorizer).await?;
    }
    let updated = change.write.authorizer_update(&change.api.api_id, &authorizer).await;
    updated.map_err(|error| conflict(error, &authorizer))?;
    change.publish(call).await?;
    answer(&authorizer)
}

/// A route's authorization type would no longer be its authorizer's.
async fn refuse_used(change: &mut Change, authorizer: &Authorizer) -> Result<(), OperationError> {
    let routes = change.write.route_list_all(&change.api.api_id).await?;
    let id = &authorizer.authorizer_id;
    match routes.iter().find(|route| route.authorizer_id.as_ref() == Some(id)) {
        None => Ok(()),
        Some(route) => Err(OperationError::Conflict(format!(
            "Cannot change the type of authorizer '{}', is referenced in route: {}",
            authorizer.name, route.route_key
        ))),
    }
}

async fn fetch(call: &Call<'_>, change: &mut Change) -> Result<Authorizer, OperationError> {
    let found = change.write.authorizer_fetch(&change.api.api_id, &call.authorizer_id()).await?;
    found.ok_or_else(|| unknown_authorizer(call))
}

/// A database's refusal of an authorizer, in AWS's words: 400, unlike other taken names.
pub(crate) fn conflict(error: StoreError, authorizer: &Authorizer) -> OperationError {
    match error {
        StoreError::Conflict(Constraint::AuthorizerName) => OperationError::bad_request(format!(
            "Authorizer name must be unique. Authorizer {} already exists in this RestApi.",
            authorizer.name
        )),
        other => other.into(),
    }
}

fn unknown_authorizer(call: &Call<'_>) -> OperationError {
    OperationError::not_found(format!(
        "Invalid Authorizer identifier specified {}",
        call.parameter("authorizerId")
    ))
}
