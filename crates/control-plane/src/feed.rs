//! The store as the source of the feed.

use gatewright_snapshot::{AccessKeyDocument, DomainNameDocument, StageDocument};
use gatewright_store::{AccessKeyChange, Changes, DomainNameChange, StageChange, Store};
use gatewright_sync::{Batch, Entry, EntryKey, FeedSource, FeedSourceError, Position};

use crate::access_keys::{AccessKeyError, AccessKeys};

/// Reads what data planes must hear out of the store.
#[derive(Clone, Debug)]
pub struct StoreFeed {
    store: Store,
    access_keys: AccessKeys,
}

impl StoreFeed {
    /// A feed of this store, whose access keys these are.
    pub(crate) fn new(store: Store, access_keys: AccessKeys) -> Self {
        Self { store, access_keys }
    }

    async fn changes(&self, after: Option<&Position>) -> Result<Changes, FeedSourceError> {
        let mut read = self.store.read().await.map_err(failed)?;
        let changes = read
            .changes_after(after.map_or(0, |position| position.revision))
            .await
            .map_err(failed)?;
        match after {
            // Revisions of another database mean nothing here.
            Some(position) if position.source != changes.source && !changes.complete => {
                read.changes_after(0).await.map_err(failed)
            }
            _ => Ok(changes),
        }
    }

    fn access_key(&self, change: AccessKeyChange) -> Result<Entry, FeedSourceError> {
        let document = change.current.map(|key| {
            let secret_access_key =
                self.access_keys.secret_of(&key).ok_or(AccessKeyError::OtherMasterKey);
            let document = AccessKeyDocument {
                secret_access_key: secret_access_key.map_err(failed)?,
                user_name: key.user_name,
                policy: key.policy,
            };
            serde_json::to_string(&document).map_err(failed)
        });
        let key = EntryKey::AccessKey { access_key_id: change.access_key_id };
        Ok(Entry { revision: change.revision, key, value: document.transpose()? })
    }
}

impl FeedSource for StoreFeed {
    async fn changes_after(&self, after: Option<&Position>) -> Result<Batch, FeedSourceError> {
        let changes = self.changes(after).await?;
        let stages = changes.stages.into_iter().map(stage);
        let access_keys = changes.access_keys.into_iter();
        let access_keys = access_keys.map(|change| self.access_key(change));
        let domain_names = changes.domain_names.into_iter().map(domain_name);
        let entries = stages.chain(access_keys).chain(domain_names);
        let mut entries = entries.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(|entry| entry.revision);
        Ok(Batch {
            position: Position { source: changes.source, revision: changes.revision },
            complete: changes.complete,
            entries,
        })
    }

    async fn wait_beyond(&self, revision: u64) {
        // The sender lives as long as the store, which this holds.
        if self.store.watch().wait_for(|known| *known > revision).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

fn stage(change: StageChange) -> Result<Entry, FeedSourceError> {
    let value = match change.current {
        None => None,
        Some(row) => {
            let deployment = row.deployment_content.as_deref().map(serde_json::from_str);
            let document = StageDocument {
                format: StageDocument::FORMAT,
                api_id: change.api_id.clone(),
                stage: row.stage,
                authorizers_cache_epoch: row.authorizers_cache_epoch,
                deployment: deployment.transpose().map_err(failed)?,
            };
            Some(document.encode().map_err(failed)?)
        }
    };
    let key = EntryKey::Stage { api_id: change.api_id, stage_name: change.stage_name };
    Ok(Entry { revision: change.revision, key, value })
}

fn domain_name(change: DomainNameChange) -> Result<Entry, FeedSourceError> {
    let document = change.current.map(|row| {
        serde_json::to_string(&DomainNameDocument {
            domain_name: row.domain_name,
            api_mappings: row.api_mappings,
            routing_rules: row.routing_rules,
        })
    });
    let key = EntryKey::DomainName { domain_name: change.domain_name };
    Ok(Entry { revision: change.revision, key, value: document.transpose().map_err(failed)? })
}

fn failed<E: std::error::Error + Send + Sync + 'static>(error: E) -> FeedSourceError {
    FeedSourceError(Box::new(error))
}
