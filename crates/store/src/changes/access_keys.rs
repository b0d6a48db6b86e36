//! Access keys that changed.

use crate::{AccessKey, Session, StoreError};

/// An access key that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKeyChange {
    /// The revision it last changed under.
    pub revision: u64,
    /// What signatures name.
    pub access_key_id: String,
    /// As it stands; absent when it is disabled or gone.
    pub current: Option<AccessKey>,
}

impl Session {
    pub(super) async fn access_keys_after(
        &mut self,
        after: i64,
        tombstones: i64,
    ) -> Result<Vec<AccessKeyChange>, StoreError> {
        let mut access_keys = Vec::new();
        for (revision, access_key_id) in self.names_after("access_key", after, tombstones).await? {
            let current = self.access_key_fetch(&access_key_id).await?.filter(|key| key.active);
            access_keys.push(AccessKeyChange { revision, access_key_id, current });
        }
        Ok(access_keys)
    }
}
