//! The store as the source of the feed.

use gatewright_snapshot::StageDocument;
use gatewright_store::{Changes, StageChange, Store};
use gatewright_sync::{Batch, Entry, EntryKey, FeedSource, FeedSourceError, Position};

/// Reads what data planes must hear out of the store.
#[derive(Clone, Debug)]
pub struct StoreFeed {
    store: Store,
}

impl StoreFeed {
    /// A feed of this store.
    #[must_use]
    pub fn new(store: Store) -> Self {
        Self { store }
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
}

impl FeedSource for StoreFeed {
    async fn changes_after(&self, after: Option<&Position>) -> Result<Batch, FeedSourceError> {
        let changes = self.changes(after).await?;
        let entries = changes.stages.into_iter().map(entry).collect::<Result<_, _>>()?;
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

fn entry(change: StageChange) -> Result<Entry, FeedSourceError> {
    let value = match change.current {
        None => None,
        Some(row) => {
            let deployment = row.deployment_content.as_deref().map(serde_json::from_str);
            let document = StageDocument {
                format: StageDocument::FORMAT,
                api_id: change.api_id.clone(),
                stage: row.stage,
                deployment: deployment.transpose().map_err(failed)?,
            };
            Some(document.encode().map_err(failed)?)
        }
    };
    let key = EntryKey::Stage { api_id: change.api_id, stage_name: change.stage_name };
    Ok(Entry { revision: change.revision, key, value })
}

fn failed<E: std::error::Error + Send + Sync + 'static>(error: E) -> FeedSourceError {
    FeedSourceError(Box::new(error))
}
