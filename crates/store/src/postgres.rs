//! What only Postgres does: readers in other processes, woken by `NOTIFY`.

mod migrations;

use std::sync::Arc;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::postgres::PgListener;
use sqlx::{AnyPool, Row};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::StoreError;
use crate::session::announce;

pub(crate) use migrations::MIGRATIONS;

pub(crate) const BEGIN_WRITE: &str = "begin";
/// One consistent state for all queries of a reader.
pub(crate) const BEGIN_READ: &str = "begin isolation level repeatable read read only";
/// Wakes, nothing more: the poll below finds what a lost notification would have told.
pub(crate) const NOTIFY: &str = "notify gatewright";

const CHANNEL: &str = "gatewright";
const CONNECTIONS_MAX: u32 = 16;
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// A pool that connects when it is first used, so that the program may start before its database.
pub(crate) fn open(url: &str) -> Result<AnyPool, StoreError> {
    Ok(AnyPoolOptions::new()
        .max_connections(CONNECTIONS_MAX)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_lazy(url)?)
}

/// Follows the revision that any process commits, until aborted.
pub(crate) fn follow(url: String, pool: AnyPool, known: Arc<watch::Sender<u64>>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut listener = None;
        loop {
            if listener.is_none() {
                listener = listen(&url).await;
            }
            match sqlx::query("select value from revision").fetch_one(&pool).await {
                Ok(row) => {
                    announce(&known, row.try_get::<i64, _>(0).unwrap_or(0).unsigned_abs());
                }
                Err(error) => tracing::debug!(%error, "revision not read"),
            }
            let woken = async {
                match &mut listener {
                    Some(listener) => listener.recv().await.map(drop),
                    None => std::future::pending().await,
                }
            };
            if let Ok(Err(error)) = tokio::time::timeout(POLL_INTERVAL, woken).await {
                tracing::debug!(%error, "listening for changes ended, polling meanwhile");
                listener = None;
            }
        }
    })
}

async fn listen(url: &str) -> Option<PgListener> {
    let mut listener = PgListener::connect(url).await.ok()?;
    listener.listen(CHANNEL).await.ok()?;
    Some(listener)
}
