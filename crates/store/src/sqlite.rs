//! What only SQLite does: a file, made private; one writer at a time, readers beside it.

mod migrations;

use std::path::Path;

use sqlx::any::AnyPoolOptions;
use sqlx::{AnyPool, Executor};

use crate::StoreError;

pub(crate) use migrations::MIGRATIONS;

/// Takes the write lock at once: a transaction that began by reading could lose it later.
pub(crate) const BEGIN_WRITE: &str = "begin immediate";
pub(crate) const BEGIN_READ: &str = "begin";
const READERS_MAX: u32 = 4;

/// Opens the file, which is made when absent: the pool of readers and the one writer.
pub(crate) async fn open(path: &str) -> Result<(AnyPool, AnyPool), StoreError> {
    create(Path::new(path))
        .map_err(|source| StoreError::Create { path: path.to_owned(), source })?;
    let escaped = path.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    let url = format!("sqlite://{escaped}?mode=rw");
    let writer = pool(1).connect(&url).await?;
    let readers = pool(READERS_MAX).connect_lazy(&url)?;
    Ok((readers, writer))
}

fn pool(connections_max: u32) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(connections_max).after_connect(|connection, _| {
        Box::pin(async move {
            // FULL: an answered success survives a power cut, not only the end of the process.
            connection
                .execute(
                    "pragma busy_timeout = 10000; pragma journal_mode = wal;
                     pragma synchronous = full; pragma foreign_keys = on;",
                )
                .await?;
            Ok(())
        })
    })
}

/// Secrets are in it, though sealed: only its owner may read it.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
