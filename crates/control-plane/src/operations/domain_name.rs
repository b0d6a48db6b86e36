//! Resource DomainName (spec/management-api.md section 2.10).

mod members;

use gatewright_store::{Constraint, StoreError, WriteTransaction};
use gatewright_types::{CreateDomainName, DomainName, UpdateDomainName};

use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;

/// `CreateDomainName`.
pub(crate) async fn create_domain_name(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: CreateDomainName = call.body()?;
    let domain_name = members::checked_new(call, request)?;
    let mut write = call.plane.store.write().await?;
    match write.domain_name_insert(&domain_name).await {
        Ok(()) => write.commit().await?,
        Err(StoreError::Conflict(Constraint::DomainName)) => {
            return Err(OperationError::Conflict(
                "The domain name you provided already exists".to_owned(),
            ));
        }
        Err(error) => return Err(error.into()),
    };
    answer(&shown(call, domain_name))
}

/// `DeleteDomainName`; its API mappings and routing rules go, too.
pub(crate) async fn delete_domain_name(call: &Call<'_>) -> Result<Answer, OperationError> {
    let (mut write, domain_name) = lock(call).await?;
    write.domain_name_delete(&domain_name.domain_name).await?;
    write.commit().await?;
    Ok(None)
}

/// `GetDomainName`.
pub(crate) async fn get_domain_name(call: &Call<'_>) -> Result<Answer, OperationError> {
    let found = call.plane.store.read().await?.domain_name_fetch(&call.domain_name()).await?;
    answer(&shown(call, found.ok_or_else(unknown_domain_name)?))
}

/// `GetDomainNames`.
pub(crate) async fn get_domain_names(call: &Call<'_>) -> Result<Answer, OperationError> {
    let page = pagination::page(call)?;
    let mut listed = call.plane.store.read().await?.domain_name_list(&page).await?;
    listed.items = listed.items.into_iter().map(|found| shown(call, found)).collect();
    pagination::answer_items(call, listed)
}

/// `UpdateDomainName`.
pub(crate) async fn update_domain_name(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: UpdateDomainName = call.body()?;
    let (mut write, domain_name) = lock(call).await?;
    let domain_name = members::updated(call, domain_name, request)?;
    write.domain_name_update(&domain_name).await?;
    write.commit().await?;
    answer(&shown(call, domain_name))
}

/// Begins to change the domain name a call names, or what is below it: its write lock is held.
pub(crate) async fn lock(
    call: &Call<'_>,
) -> Result<(WriteTransaction, DomainName), OperationError> {
    let mut write = call.plane.store.write().await?;
    let domain_name = write.domain_name_lock(&call.domain_name()).await?;
    Ok((write, domain_name.ok_or_else(unknown_domain_name)?))
}

/// 404 for a domain name.
pub(crate) fn unknown_domain_name() -> OperationError {
    OperationError::not_found("Invalid domain name identifier specified")
}

fn shown(call: &Call<'_>, mut domain_name: DomainName) -> DomainName {
    let path = format!("/domainnames/{}", domain_name.domain_name);
    domain_name.domain_name_arn = Some(call.plane.settings.account.apigateway_arn(&path));
    // As it stands, not as it stood when the domain name was written: files change, and time passes.
    if let Some(mutual_tls) = &mut domain_name.mutual_tls_authentication {
        let warnings = call.plane.settings.truststores.warnings(&mutual_tls.truststore());
        mutual_tls.truststore_warnings = (!warnings.is_empty()).then_some(warnings);
    }
    domain_name
}
