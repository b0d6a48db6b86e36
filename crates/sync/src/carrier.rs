//! The two ends of the feed, as traits: where batches come from and where they go.

use crate::{Batch, Position};

/// Where batches come from: the control plane's database, or its HTTP feed.
pub trait FeedSource {
    /// Everything that changed after `after`; the whole state when `after` is absent, of another
    /// source, ahead of this source, or too old. Empty when nothing changed.
    ///
    /// # Errors
    ///
    /// When the source cannot be read at the moment.
    fn changes_after(
        &self,
        after: Option<&Position>,
    ) -> impl Future<Output = Result<Batch, FeedSourceError>>;

    /// Waits until there may be something beyond `revision`: woken by a commit, or by the poll
    /// that is the safety net. May return early.
    fn wait_beyond(&self, revision: u64) -> impl Future<Output = ()>;
}

/// A source cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the feed's source cannot be read")]
pub struct FeedSourceError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where batches go: the data plane's catalogue.
pub trait CatalogueSink {
    /// Applies a batch as one swap, or not at all.
    ///
    /// # Errors
    ///
    /// When an entry cannot be read or compiled; what was served before goes on.
    fn apply(&self, batch: &Batch) -> Result<(), BatchRefused>;
}

/// A batch was refused whole.
#[derive(Debug, thiserror::Error)]
#[error("entry {key} of the batch is not acceptable")]
pub struct BatchRefused {
    /// The entry, as text.
    pub key: String,
    /// Why.
    #[source]
    pub cause: Box<dyn std::error::Error + Send + Sync>,
}
