//! How the feed is doing, for readiness and metrics.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use gatewright_observe::CatalogueMetrics;
use tokio::time::Instant;

use crate::Position;

/// Shared by whoever applies changes and whoever reports on them.
#[derive(Clone, Debug)]
pub struct FeedStatus {
    state: Arc<Mutex<State>>,
    metrics: CatalogueMetrics,
}

#[derive(Debug, Default)]
struct State {
    position: Option<Position>,
    confirmed: Option<Instant>,
    refused: Option<String>,
}

impl FeedStatus {
    /// Nothing heard yet.
    #[must_use]
    pub fn new(metrics: CatalogueMetrics) -> Self {
        Self { state: Arc::default(), metrics }
    }

    /// Whether there is a catalogue to serve from.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.state().position.is_some()
    }

    /// Why the newest changes are not served, when they are not.
    #[must_use]
    pub fn refused(&self) -> Option<String> {
        self.state().refused.clone()
    }

    /// Time since the control plane last said that nothing newer exists.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.state().confirmed.map(|confirmed| confirmed.elapsed())
    }

    /// Brings the metric of the age up to now; called when metrics are read.
    pub fn refresh_age(&self) {
        self.metrics.age.set(self.age().map_or(f64::INFINITY, |age| age.as_secs_f64()));
    }

    /// A batch was applied.
    pub(crate) fn applied(&self, position: &Position) {
        let mut state = self.state();
        state.position = Some(position.clone());
        state.refused = None;
        self.metrics.refused.set(0);
        self.metrics.revision.set(i64::try_from(position.revision).unwrap_or(i64::MAX));
    }

    /// The source confirmed that nothing newer exists.
    pub(crate) fn confirm(&self) {
        self.state().confirmed = Some(Instant::now());
    }

    /// A batch, or the copy on disk, is not acceptable.
    pub(crate) fn refuse(&self, why: String) {
        self.metrics.refused.set(1);
        self.state().refused = Some(why);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
