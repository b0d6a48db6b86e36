//! Applying batches: to the catalogue first, as one swap, and then to the disk.

use crate::{
    Batch, BatchRefused, CatalogueSink, FeedStatus, LastGood, LastGoodError, Opened, Position,
};

/// The one way changes reach a catalogue.
#[derive(Debug)]
pub struct Applier<K> {
    sink: K,
    last_good: LastGood,
    status: FeedStatus,
    position: Option<Position>,
}

/// A batch was not applied; what was served before is served on.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The catalogue refuses it.
    #[error("batch refused")]
    Refused(#[from] BatchRefused),
    /// It does not continue from where this stands.
    #[error("the batch does not continue from the position it was asked for")]
    OutOfOrder,
}

impl<K: CatalogueSink> Applier<K> {
    /// Starts from the copy on disk, when there is one.
    pub fn start(sink: K, opened: Opened, status: FeedStatus) -> Self {
        let Opened { last_good, batch, damaged } = opened;
        if let Some(why) = damaged {
            tracing::error!(why, "the last-good catalogue was damaged and set aside");
            status.refuse(why);
        }
        let mut applier = Self { sink, last_good, status, position: None };
        if let Some(batch) = batch {
            match applier.sink.apply(&batch) {
                Ok(()) => applier.stands_at(batch.position),
                Err(error) => applier.refused(&error),
            }
        }
        applier
    }

    /// Where this stands.
    #[must_use]
    pub fn position(&self) -> Option<&Position> {
        self.position.as_ref()
    }

    /// Applies a batch, and keeps it on disk. A disk that fails is reported, and costs only what
    /// a restart without the control plane would have had.
    ///
    /// # Errors
    ///
    /// [`ApplyError`].
    pub async fn apply(&mut self, batch: Batch) -> Result<(), ApplyError> {
        let continues = self.position.as_ref().is_some_and(|position| {
            position.source == batch.position.source && position.revision <= batch.position.revision
        });
        if !batch.complete && !continues {
            return Err(ApplyError::OutOfOrder);
        }
        if !batch.complete
            && batch.entries.is_empty()
            && self.position.as_ref() == Some(&batch.position)
        {
            return Ok(());
        }
        if let Err(error) = self.sink.apply(&batch) {
            self.refused(&error);
            return Err(error.into());
        }
        self.stands_at(batch.position.clone());
        if let Err(error) = self.last_good.save(batch).await {
            log_disk(&error);
        }
        Ok(())
    }

    /// The source says that nothing newer exists.
    pub fn confirm(&self) {
        self.status.confirm();
    }

    /// Forgets the position, so that the whole state is asked for next.
    pub(crate) fn start_over(&mut self) {
        self.position = None;
    }

    fn stands_at(&mut self, position: Position) {
        self.status.applied(&position);
        self.position = Some(position);
    }

    fn refused(&self, error: &BatchRefused) {
        tracing::error!(
            error = error as &dyn std::error::Error,
            "changes refused, serving the last good"
        );
        self.status.refuse(format!("{error}: {}", error.cause));
    }
}

fn log_disk(error: &LastGoodError) {
    tracing::error!(error = error as &dyn std::error::Error, "the catalogue is not kept on disk");
}
