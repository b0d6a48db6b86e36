//! An access key, ready to check signatures with.

use std::fmt;

use gatewright_policy::{Policy, PolicyError};
use gatewright_snapshot::AccessKeyDocument;
use gatewright_types::{Account, user_arn, user_id};

/// An access key and whose it is.
pub struct AccessKey {
    access_key_id: String,
    secret_access_key: String,
    account_id: String,
    user_name: String,
    user_arn: String,
    user_id: String,
    policy: Policy,
}

/// A document is of no access key.
#[derive(Debug, thiserror::Error)]
pub enum AccessKeyError {
    /// Not JSON, or of other members.
    #[error("the document is not readable")]
    Unreadable(#[from] serde_json::Error),
    /// The policy is none.
    #[error("policy: {0}")]
    Policy(#[from] PolicyError),
}

impl AccessKey {
    /// Reads the document of a key.
    ///
    /// # Errors
    ///
    /// [`AccessKeyError`].
    pub fn new(
        account: &Account,
        access_key_id: &str,
        document: &str,
    ) -> Result<Self, AccessKeyError> {
        let document = serde_json::from_str::<AccessKeyDocument>(document)?;
        Ok(Self {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: document.secret_access_key,
            account_id: account.id.clone(),
            user_arn: user_arn(account, &document.user_name),
            user_id: user_id(access_key_id),
            user_name: document.user_name,
            policy: Policy::parse(&document.policy)?,
        })
    }

    /// What signatures name.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The account that its holder belongs to: this gateway's.
    #[must_use]
    pub fn account_id(&self) -> &str {
        &self.account_id
    }

    /// Whose it is.
    #[must_use]
    pub fn user_name(&self) -> &str {
        &self.user_name
    }

    /// Whose it is, as an ARN.
    #[must_use]
    pub fn user_arn(&self) -> &str {
        &self.user_arn
    }

    /// Whose it is, as a unique id.
    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.user_id
    }

    pub(super) fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    pub(super) fn policy(&self) -> &Policy {
        &self.policy
    }
}

/// Without the secret.
impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("access_key_id", &self.access_key_id)
            .field("user_arn", &self.user_arn)
            .finish_non_exhaustive()
    }
}
