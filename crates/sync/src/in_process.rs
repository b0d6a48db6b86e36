//! The carrier within one process.

use std::time::Duration;

use tokio::sync::watch;

use crate::{Applier, CatalogueSink, FeedSource};

/// How long a failed read waits for the next try, and the longest time between two looks at the
/// source when nothing wakes.
const RETRY_INTERVAL: Duration = Duration::from_secs(1);
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Applies what the source has, as it changes, until `shutdown` turns true.
pub async fn follow_in_process<S: FeedSource, K: CatalogueSink>(
    source: &S,
    mut applier: Applier<K>,
    mut shutdown: watch::Receiver<bool>,
) {
    loop {
        let wait = async {
            match source.changes_after(applier.position()).await {
                Ok(batch) => match applier.apply(batch).await {
                    Ok(()) => {
                        applier.confirm();
                        let seen = applier.position().map_or(0, |position| position.revision);
                        // A poll that only ends the wait: nothing to handle.
                        let _ = tokio::time::timeout(POLL_INTERVAL, source.wait_beyond(seen)).await;
                    }
                    Err(error) => {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "changes not applied"
                        );
                        applier.start_over();
                        tokio::time::sleep(RETRY_INTERVAL).await;
                    }
                },
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "changes not read");
                    tokio::time::sleep(RETRY_INTERVAL).await;
                }
            }
        };
        tokio::select! {
            () = wait => {}
            _ = shutdown.wait_for(|stop| *stop) => return,
        }
    }
}
