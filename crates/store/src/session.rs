//! Transactions: one to read a consistent state, one to change it.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use serde::de::DeserializeOwned;
use sqlx::any::AnyRow;
use sqlx::{Any, Row, Transaction};
use tokio::sync::watch;

use crate::error::Violations;
use crate::{ChangeKey, Listed, Page, StoreError};

/// What readers and writers share: every query that only reads.
#[derive(Debug)]
pub struct Session {
    pub(crate) transaction: Transaction<'static, Any>,
}

/// Sees one consistent state of the database.
#[derive(Debug)]
pub struct Reader(pub(crate) Session);

/// Changes that happen together or, when this is dropped without a commit, not at all.
#[derive(Debug)]
pub struct WriteTransaction {
    session: Session,
    noted: BTreeSet<ChangeKey>,
    announce: Arc<watch::Sender<u64>>,
    /// What wakes the readers of other processes.
    notify: Option<&'static str>,
}

impl WriteTransaction {
    pub(crate) fn new(
        transaction: Transaction<'static, Any>,
        announce: Arc<watch::Sender<u64>>,
        notify: Option<&'static str>,
    ) -> Self {
        Self { session: Session { transaction }, noted: BTreeSet::new(), announce, notify }
    }

    /// Notes that data planes must hear of this when the transaction commits.
    pub fn record(&mut self, key: ChangeKey) {
        self.noted.insert(key);
    }

    /// Waits until no other process is in a transaction that called this: for the few changes
    /// that must happen once in a whole installation.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn exclude_others(&mut self) -> Result<(), StoreError> {
        self.execute("update revision set value = value", &[]).await.map(drop)
    }

    /// Makes the changes durable. The revision they stand under, when data planes must hear of
    /// any.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`]; whether the changes were kept is then unknown only when the
    /// connection broke during the commit itself.
    pub async fn commit(mut self) -> Result<Option<u64>, StoreError> {
        if self.noted.is_empty() {
            self.session.transaction.commit().await?;
            return Ok(None);
        }
        let noted = std::mem::take(&mut self.noted);
        let revision = self.session.next_revision(&noted).await?;
        if let Some(statement) = self.notify {
            self.session.execute(statement, &[]).await?;
        }
        self.session.transaction.commit().await?;
        announce(&self.announce, revision);
        Ok(Some(revision))
    }
}

/// Raises the newest known revision; never lowers it.
pub(crate) fn announce(sender: &watch::Sender<u64>, revision: u64) {
    sender.send_if_modified(|known| {
        let newer = revision > *known;
        *known = revision.max(*known);
        newer
    });
}

impl Session {
    /// One resource, by a query whose only column is its body.
    pub(crate) async fn fetch_body<T: DeserializeOwned>(
        &mut self,
        what: &'static str,
        sql: &'static str,
        arguments: &[&str],
    ) -> Result<Option<T>, StoreError> {
        let mut query = sqlx::query(sql);
        for argument in arguments {
            query = query.bind((*argument).to_owned());
        }
        let row = query.fetch_optional(&mut *self.transaction).await?;
        row.map(|row| decode(what, row.try_get::<&str, _>(0)?)).transpose()
    }

    /// A part of a list, by a query with columns `sequence, body` whose last two parameters are
    /// where to begin and how many.
    pub(crate) async fn list_bodies<T: DeserializeOwned>(
        &mut self,
        what: &'static str,
        sql: &'static str,
        arguments: &[&str],
        page: &Page,
    ) -> Result<Listed<T>, StoreError> {
        self.list_rows(sql, arguments, page, |row| decode(what, row.try_get::<&str, _>(1)?)).await
    }

    /// The same, of rows that are more than a body; column 0 is the `sequence`.
    pub(crate) async fn list_rows<T>(
        &mut self,
        sql: &'static str,
        arguments: &[&str],
        page: &Page,
        read: impl Fn(&AnyRow) -> Result<T, StoreError>,
    ) -> Result<Listed<T>, StoreError> {
        let mut query = sqlx::query(sql);
        for argument in arguments {
            query = query.bind((*argument).to_owned());
        }
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        // One more than asked for tells whether there is a next part.
        let query = query.bind(page.after.unwrap_or(0)).bind(i64::from(page.limit) + 1);
        let rows = query.fetch_all(&mut *self.transaction).await?;
        let mut listed = Listed { items: Vec::with_capacity(rows.len().min(limit)), next: None };
        let mut last = None;
        for row in &rows {
            if listed.items.len() == limit {
                listed.next = last;
                break;
            }
            last = Some(row.try_get::<i64, _>(0)?);
            listed.items.push(read(row)?);
        }
        Ok(listed)
    }

    /// All of a list, by the same query.
    pub(crate) async fn list_all_bodies<T: DeserializeOwned>(
        &mut self,
        what: &'static str,
        sql: &'static str,
        arguments: &[&str],
    ) -> Result<Vec<T>, StoreError> {
        let everything = Page::first(u32::MAX);
        Ok(self.list_bodies(what, sql, arguments, &everything).await?.items)
    }

    /// How many rows a query counts below an API.
    pub(crate) async fn count(
        &mut self,
        sql: &'static str,
        api_id: &gatewright_types::ApiId,
    ) -> Result<usize, StoreError> {
        let row = sqlx::query(sql)
            .bind(api_id.as_str().to_owned())
            .fetch_one(&mut *self.transaction)
            .await?;
        Ok(usize::try_from(row.try_get::<i64, _>(0)?).unwrap_or(usize::MAX))
    }

    /// A statement that no rule can refuse; the number of rows it touched.
    pub(crate) async fn execute(
        &mut self,
        sql: &'static str,
        arguments: &[Option<&str>],
    ) -> Result<u64, StoreError> {
        self.execute_checked(sql, arguments, Violations::default()).await
    }

    /// A statement that a rule may refuse.
    pub(crate) async fn execute_checked(
        &mut self,
        sql: &'static str,
        arguments: &[Option<&str>],
        violations: Violations,
    ) -> Result<u64, StoreError> {
        let mut query = sqlx::query(sql);
        for argument in arguments {
            query = query.bind(argument.map(str::to_owned));
        }
        let done = query.execute(&mut *self.transaction).await.map_err(|e| violations.map(e))?;
        Ok(done.rows_affected())
    }
}

/// Reads a stored body.
pub(crate) fn decode<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Corrupt { what, source })
}

/// Writes a body to be stored.
pub(crate) fn encode<T: serde::Serialize>(
    what: &'static str,
    resource: &T,
) -> Result<String, StoreError> {
    serde_json::to_string(resource).map_err(|source| StoreError::Corrupt { what, source })
}

impl Deref for Reader {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.0
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.0
    }
}

impl Deref for WriteTransaction {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl DerefMut for WriteTransaction {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}
