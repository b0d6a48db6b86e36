//! The store's entry: open, bring the schema up to date, begin transactions.

use std::sync::{Arc, Once};

use sqlx::AnyPool;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::{Reader, Session, StoreError, WriteTransaction, migrations, postgres, sqlite};

/// A database, open.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    kind: Kind,
    readers: AnyPool,
    writer: AnyPool,
    revision: Arc<watch::Sender<u64>>,
    follower: Option<JoinHandle<()>>,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Store {
    /// Opens `sqlite:<path>`, a file that is made when absent, or `postgres://…`.
    ///
    /// # Errors
    ///
    /// When the URL is of another kind, or a SQLite file cannot be opened. A Postgres server is
    /// not contacted yet.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);
        let revision = Arc::new(watch::Sender::new(0));
        let inner = if let Some(path) = url.strip_prefix("sqlite:") {
            let (readers, writer) = sqlite::open(path).await?;
            Inner { kind: Kind::Sqlite, readers, writer, revision, follower: None }
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let pool = postgres::open(url)?;
            let follower = postgres::follow(url.to_owned(), pool.clone(), revision.clone());
            Inner {
                kind: Kind::Postgres,
                readers: pool.clone(),
                writer: pool,
                revision,
                follower: Some(follower),
            }
        } else {
            return Err(StoreError::Url("must begin with sqlite: or postgres://"));
        };
        Ok(Self(Arc::new(inner)))
    }

    /// Brings the schema up to date; how many migrations that took. Safe to run by several
    /// processes at once.
    ///
    /// # Errors
    ///
    /// When the database does not answer, or was migrated by a newer version.
    pub async fn migrate(&self) -> Result<u32, StoreError> {
        migrations::migrate(&self.0.writer, self.migrations()).await
    }

    /// The schema as an older version left it.
    #[cfg(test)]
    pub(crate) async fn migrate_first(&self, migrations: usize) -> Result<u32, StoreError> {
        migrations::migrate(&self.0.writer, &self.migrations()[..migrations]).await
    }

    /// Refuses a database that needs [`migrate`](Self::migrate), or is of a newer version.
    ///
    /// # Errors
    ///
    /// [`StoreError::Schema`], or [`StoreError::Unavailable`].
    pub async fn check_schema(&self) -> Result<(), StoreError> {
        migrations::check(&self.0.readers, self.migrations()).await
    }

    /// Begins to read one consistent state.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn read(&self) -> Result<Reader, StoreError> {
        let begin = match self.0.kind {
            Kind::Sqlite => sqlite::BEGIN_READ,
            Kind::Postgres => postgres::BEGIN_READ,
        };
        let transaction = self.0.readers.begin_with(begin).await?;
        Ok(Reader(Session { transaction }))
    }

    /// Begins to write.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn write(&self) -> Result<WriteTransaction, StoreError> {
        let (begin, notify) = match self.0.kind {
            Kind::Sqlite => (sqlite::BEGIN_WRITE, None),
            Kind::Postgres => (postgres::BEGIN_WRITE, Some(postgres::NOTIFY)),
        };
        let transaction = self.0.writer.begin_with(begin).await?;
        Ok(WriteTransaction::new(transaction, self.0.revision.clone(), notify))
    }

    /// The newest revision known to be committed, by this process or another.
    #[must_use]
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.0.revision.subscribe()
    }

    /// Ends all connections.
    pub async fn close(&self) {
        if let Some(follower) = &self.0.follower {
            follower.abort();
        }
        self.0.readers.close().await;
        self.0.writer.close().await;
    }

    fn migrations(&self) -> &'static [migrations::Text] {
        match self.0.kind {
            Kind::Sqlite => sqlite::MIGRATIONS,
            Kind::Postgres => postgres::MIGRATIONS,
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Some(follower) = &self.follower {
            follower.abort();
        }
    }
}
