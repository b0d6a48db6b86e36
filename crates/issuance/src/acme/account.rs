//! Whom the authority knows us as: made once, and kept.

use instant_acme::{Account, ExternalAccountKey, NewAccount};

use super::http::Requests;
use super::store::{Store, StoredAccount};
use crate::AcmeSettings;

/// There is no account to order with.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccountError {
    #[error(transparent)]
    Acme(#[from] instant_acme::Error),
    #[error("acme.store: {0}")]
    Store(#[from] std::io::Error),
    #[error("acme.external_account_key_file: {0}")]
    ExternalKey(#[source] std::io::Error),
}

/// The account of the store; a new one when there is none. For who holds the lock.
pub(crate) async fn account(
    store: &Store,
    settings: &AcmeSettings,
    requests: Requests,
) -> Result<Account, AccountError> {
    let builder = Account::builder_with_http(Box::new(requests));
    let contact = settings.contact.iter().map(String::as_str).collect::<Vec<_>>();
    if let Some(stored) = store.account()? {
        let account = builder.from_credentials(stored.credentials).await?;
        if stored.contact != settings.contact {
            account.update_contacts(&contact).await?;
            if let Some(stored) = store.account()? {
                let contact = settings.contact.clone();
                store.put_account(&StoredAccount { contact, ..stored })?;
            }
        }
        return Ok(account);
    }
    let external = match &settings.external_account {
        None => None,
        Some(external) => {
            let key = external.key().map_err(AccountError::ExternalKey)?;
            Some(ExternalAccountKey::new(external.id.clone(), &key))
        }
    };
    let new = NewAccount {
        contact: &contact,
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let directory = settings.directory_url.clone();
    let (account, credentials) = builder.create(&new, directory, external.as_ref()).await?;
    store.put_account(&StoredAccount { contact: settings.contact.clone(), credentials })?;
    tracing::info!(account = account.id(), "ACME account made");
    Ok(account)
}
