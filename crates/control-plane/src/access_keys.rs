//! Access keys: who may sign, and what their policies allow (design.md section 6).

use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use gatewright_policy::Policy;
use gatewright_secrets::{MasterKey, write_private};
use gatewright_store::{AccessKey, Store, WriteTransaction};

use crate::condition_keys;
use crate::control_plane::{ClockDebug, IdSourceDebug};

/// The access keys of a store.
#[derive(Clone, Debug)]
pub struct AccessKeys {
    store: Store,
    master_key: Arc<MasterKey>,
    clock: Arc<dyn ClockDebug>,
    ids: Arc<dyn IdSourceDebug>,
}

/// A key that was just made: the only time its secret is seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAccessKey {
    /// What signatures name.
    pub access_key_id: String,
    /// What they are made with.
    pub secret_access_key: String,
}

/// Whether the administrator's key was made by this start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdministratorKey {
    /// Made, and written to the credentials file.
    Created,
    /// There were access keys before.
    Existed,
}

/// An access key cannot be made, changed or read.
#[derive(Debug, thiserror::Error)]
pub enum AccessKeyError {
    /// The store failed.
    #[error("cannot read or write the access keys")]
    Store(#[from] gatewright_store::StoreError),
    /// The credentials file cannot be written.
    #[error("cannot write {path}")]
    Credentials {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The stored keys were sealed with another key file.
    #[error(
        "the access keys in the database were sealed with another key than the one in the secret key file"
    )]
    OtherMasterKey,
    /// The operating system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
    /// The policy is no policy.
    #[error("policy: {0}")]
    Policy(#[from] gatewright_policy::PolicyError),
    /// The policy asks for a condition key that calls do not have: its statement would never apply.
    #[error("policy: condition key '{0}' is not known here")]
    ConditionKey(String),
    /// The name is not one of a user.
    #[error("user name '{0}' must have 1 to 64 letters, digits and +=,.@_-")]
    UserName(String),
    /// There is no such key.
    #[error("there is no access key {0}")]
    Unknown(String),
}

impl NewAccessKey {
    /// The key in the AWS shared-credentials format.
    #[must_use]
    pub fn shared_credentials(&self) -> String {
        let Self { access_key_id, secret_access_key } = self;
        format!(
            "[default]\naws_access_key_id = {access_key_id}\naws_secret_access_key = {secret_access_key}\n"
        )
    }
}

impl AccessKeys {
    /// What the administrator may do: everything.
    pub const ADMINISTRATOR_POLICY: &'static str =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;

    /// The keys of a store, sealed with a master key.
    #[must_use]
    pub fn new(
        store: Store,
        master_key: MasterKey,
        clock: Arc<dyn ClockDebug>,
        ids: Arc<dyn IdSourceDebug>,
    ) -> Self {
        Self { store, master_key: Arc::new(master_key), clock, ids }
    }

    /// Makes the administrator's key when no access key exists, and writes it in the AWS
    /// shared-credentials format to `credentials_path`.
    ///
    /// # Errors
    ///
    /// [`AccessKeyError`]; when the file cannot be written, no key is kept either.
    pub async fn ensure_administrator(
        &self,
        credentials_path: &Path,
    ) -> Result<AdministratorKey, AccessKeyError> {
        let mut write = self.store.write().await?;
        // Several replicas may start at once on an empty database.
        write.exclude_others().await?;
        if self.exist(&mut write).await? {
            return Ok(AdministratorKey::Existed);
        }
        let (key, new) = self.make("administrator", Self::ADMINISTRATOR_POLICY)?;
        write.access_key_insert(&key).await?;
        // Before the commit: a key that nobody can read would lock everybody out.
        write_private(credentials_path, &new.shared_credentials()).map_err(|source| {
            AccessKeyError::Credentials { path: credentials_path.display().to_string(), source }
        })?;
        write.commit().await?;
        Ok(AdministratorKey::Created)
    }

    /// Makes a key for a user.
    ///
    /// # Errors
    ///
    /// [`AccessKeyError`], which names what is wrong with the policy.
    pub async fn create(
        &self,
        user_name: &str,
        policy: &str,
    ) -> Result<NewAccessKey, AccessKeyError> {
        check_user_name(user_name)?;
        check_policy(policy)?;
        let (key, new) = self.make(user_name, policy)?;
        let mut write = self.store.write().await?;
        self.exist(&mut write).await?;
        write.access_key_insert(&key).await?;
        write.commit().await?;
        Ok(new)
    }

    /// Makes another key for the same user with the same policy. The old one works on, until it is
    /// disabled, so that nothing stands still meanwhile.
    ///
    /// # Errors
    ///
    /// [`AccessKeyError::Unknown`], or as of [`create`](Self::create).
    pub async fn rotate(&self, access_key_id: &str) -> Result<NewAccessKey, AccessKeyError> {
        let mut write = self.store.write().await?;
        let old = write.access_key_fetch(access_key_id).await?;
        let old = old.ok_or_else(|| AccessKeyError::Unknown(access_key_id.to_owned()))?;
        self.secret_of(&old).ok_or(AccessKeyError::OtherMasterKey)?;
        let (key, new) = self.make(&old.user_name, &old.policy)?;
        write.access_key_insert(&key).await?;
        write.commit().await?;
        Ok(new)
    }

    /// Lets a key be used again, or no longer.
    ///
    /// # Errors
    ///
    /// [`AccessKeyError::Unknown`] or [`AccessKeyError::Store`].
    pub async fn set_active(
        &self,
        access_key_id: &str,
        active: bool,
    ) -> Result<(), AccessKeyError> {
        let mut write = self.store.write().await?;
        if !write.access_key_set_active(access_key_id, active).await? {
            return Err(AccessKeyError::Unknown(access_key_id.to_owned()));
        }
        write.commit().await?;
        Ok(())
    }

    /// All keys, in order of creation; their secrets stay sealed.
    ///
    /// # Errors
    ///
    /// [`AccessKeyError::Store`].
    pub async fn list(&self) -> Result<Vec<AccessKey>, AccessKeyError> {
        Ok(self.store.read().await?.access_key_list_all().await?)
    }

    /// Whether there are keys. A wrong key file is found here, before anything is sealed with it,
    /// and not by the first call.
    async fn exist(&self, write: &mut WriteTransaction) -> Result<bool, AccessKeyError> {
        match write.access_key_list_all().await?.first() {
            Some(key) => self.secret_of(key).map(|_| true).ok_or(AccessKeyError::OtherMasterKey),
            None => Ok(false),
        }
    }

    /// What the keys are sealed with, for other secrets of the same store.
    pub(crate) fn master_key(&self) -> Arc<MasterKey> {
        Arc::clone(&self.master_key)
    }

    /// A key's secret; absent under another master key.
    pub(crate) fn secret_of(&self, key: &AccessKey) -> Option<String> {
        self.master_key.open(&key.access_key_id, &key.sealed_secret)
    }

    fn make(
        &self,
        user_name: &str,
        policy: &str,
    ) -> Result<(AccessKey, NewAccessKey), AccessKeyError> {
        let access_key_id = format!("AKIA{}", self.ids.next_id(16).to_ascii_uppercase());
        let mut random = [0; 30];
        getrandom::fill(&mut random).map_err(AccessKeyError::Random)?;
        let secret_access_key = BASE64_STANDARD_NO_PAD.encode(random);
        let sealed_secret = self
            .master_key
            .seal(&access_key_id, &secret_access_key)
            .ok_or(AccessKeyError::OtherMasterKey)?;
        let key = AccessKey {
            access_key_id: access_key_id.clone(),
            sealed_secret,
            active: true,
            created_date: self.clock.now(),
            user_name: user_name.to_owned(),
            policy: policy.to_owned(),
        };
        Ok((key, NewAccessKey { access_key_id, secret_access_key }))
    }
}

/// What IAM takes as the name of a user.
fn check_user_name(name: &str) -> Result<(), AccessKeyError> {
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_-".contains(&byte);
    if (1..=64).contains(&name.len()) && name.bytes().all(legal) {
        Ok(())
    } else {
        Err(AccessKeyError::UserName(name.to_owned()))
    }
}

fn check_policy(text: &str) -> Result<(), AccessKeyError> {
    let policy = Policy::parse(text)?;
    match policy.condition_keys().find(|key| !condition_keys::is_known(key)) {
        Some(key) => Err(AccessKeyError::ConditionKey(key.to_owned())),
        None => Ok(()),
    }
}
