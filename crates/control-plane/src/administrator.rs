//! The first access key, made when there is none yet (design.md section 6).

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use gatewright_store::AccessKey;

use crate::secrets::write_private;
use crate::{ControlPlane, StartError};

/// Whether the administrator's key was made by this start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AdministratorKey {
    /// Made, and written to the credentials file.
    Created,
    /// There were access keys before.
    Existed,
}

impl ControlPlane {
    /// Makes the administrator's key when no access key exists, and writes it in the AWS
    /// shared-credentials format to `credentials_path`.
    ///
    /// # Errors
    ///
    /// [`StartError`]; when the file cannot be written, no key is kept either.
    pub async fn ensure_administrator_key(
        &self,
        credentials_path: &Path,
    ) -> Result<AdministratorKey, StartError> {
        let mut write = self.store.write().await?;
        // Several replicas may start at once on an empty database.
        write.exclude_others().await?;
        if write.access_key_count().await? > 0 {
            self.check_master_key(&mut write).await?;
            return Ok(AdministratorKey::Existed);
        }
        let access_key_id = format!("AKIA{}", self.ids.next_id(16).to_ascii_uppercase());
        let mut random = [0; 30];
        getrandom::fill(&mut random).map_err(StartError::Random)?;
        let secret = BASE64_STANDARD_NO_PAD.encode(random);
        let sealed_secret =
            self.master_key.seal(&access_key_id, &secret).ok_or(StartError::OtherMasterKey)?;
        write
            .access_key_insert(&AccessKey {
                access_key_id: access_key_id.clone(),
                sealed_secret,
                active: true,
                created_date: self.clock.now(),
            })
            .await?;
        // Before the commit: a key that nobody can read would lock everybody out.
        let content = format!(
            "[default]\naws_access_key_id = {access_key_id}\naws_secret_access_key = {secret}\n"
        );
        write_private(credentials_path, &content).map_err(|source| StartError::Credentials {
            path: credentials_path.display().to_string(),
            source,
        })?;
        write.commit().await?;
        Ok(AdministratorKey::Created)
    }

    /// A wrong key file is found at the start, not by the first call.
    async fn check_master_key(
        &self,
        session: &mut gatewright_store::Session,
    ) -> Result<(), StartError> {
        let Some(key) = session.access_key_first().await? else {
            return Ok(());
        };
        match self.master_key.open(&key.access_key_id, &key.sealed_secret) {
            Some(_) => Ok(()),
            None => Err(StartError::OtherMasterKey),
        }
    }
}
