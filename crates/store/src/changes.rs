//! Revisions, and what changed under them (docs/adr/0001).

mod access_keys;
mod domain_names;
mod stages;

use std::collections::BTreeSet;

use gatewright_types::{ApiId, StageName};
use sqlx::Row;
use sqlx::any::AnyRow;

pub use self::access_keys::AccessKeyChange;
pub use self::domain_names::{DomainNameChange, DomainNameRow};
pub use self::stages::{StageChange, StageRow};
use crate::{Session, StoreError};

/// Something a data plane must hear of when it changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ChangeKey {
    /// A stage: its own settings, or the deployment it points at.
    Stage {
        /// The API.
        api_id: ApiId,
        /// The stage.
        stage_name: StageName,
    },
    /// An access key: whether it may be used.
    AccessKey {
        /// What signatures name.
        access_key_id: String,
    },
    /// A domain name: itself, its API mappings or its routing rules.
    DomainName {
        /// The name.
        domain_name: String,
    },
}

impl ChangeKey {
    /// Kind, scope and name of its row.
    fn row(&self) -> [&str; 3] {
        match self {
            Self::Stage { api_id, stage_name } => ["stage", api_id.as_str(), stage_name.as_str()],
            Self::AccessKey { access_key_id } => ["access_key", "", access_key_id],
            Self::DomainName { domain_name } => ["domain_name", "", domain_name],
        }
    }
}

/// What changed, read at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes {
    /// The database's own id.
    pub source: String,
    /// The newest revision at that moment.
    pub revision: u64,
    /// Whether this is everything there is, rather than what changed.
    pub complete: bool,
    /// Stages, by rising revision.
    pub stages: Vec<StageChange>,
    /// Access keys, by rising revision.
    pub access_keys: Vec<AccessKeyChange>,
    /// Domain names, by rising revision.
    pub domain_names: Vec<DomainNameChange>,
}

impl Session {
    /// The newest revision.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn revision(&mut self) -> Result<u64, StoreError> {
        let row =
            sqlx::query("select value from revision").fetch_one(&mut *self.transaction).await?;
        Ok(row.try_get::<i64, _>(0)?.unsigned_abs())
    }

    /// What changed after a revision; everything there is when it is 0 or lies in the future.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    pub async fn changes_after(&mut self, after: u64) -> Result<Changes, StoreError> {
        let row = sqlx::query("select value, source from revision")
            .fetch_one(&mut *self.transaction)
            .await?;
        let revision = row.try_get::<i64, _>(0)?.unsigned_abs();
        let source = row.try_get::<String, _>(1)?;
        let complete = after == 0 || after > revision;
        // A complete answer leaves the tombstones out.
        let (after, tombstones) =
            if complete { (0, 0) } else { (i64::try_from(after).unwrap_or(i64::MAX), 1) };
        Ok(Changes {
            source,
            revision,
            complete,
            stages: self.stages_after(after, tombstones).await?,
            access_keys: self.access_keys_after(after, tombstones).await?,
            domain_names: self.domain_names_after(after, tombstones).await?,
        })
    }

    /// Revisions and names of what changed of a kind that has no scope.
    async fn names_after(
        &mut self,
        kind: &'static str,
        after: i64,
        tombstones: i64,
    ) -> Result<Vec<(u64, String)>, StoreError> {
        let rows = sqlx::query(
            "select revision, name from changes
             where kind = $1 and revision > $2 and deleted <= $3 order by revision, name",
        )
        .bind(kind)
        .bind(after)
        .bind(tombstones)
        .fetch_all(&mut *self.transaction)
        .await?;
        let read = |row: &AnyRow| Ok((row.try_get::<i64, _>(0)?.unsigned_abs(), row.try_get(1)?));
        rows.iter().map(read).collect()
    }

    /// Takes the next revision and puts the changes under it. The row lock that this takes is
    /// held until the commit, so revisions become visible in order.
    pub(crate) async fn next_revision(
        &mut self,
        noted: &BTreeSet<ChangeKey>,
    ) -> Result<u64, StoreError> {
        let row = sqlx::query("update revision set value = value + 1 returning value")
            .fetch_one(&mut *self.transaction)
            .await?;
        let revision = row.try_get::<i64, _>(0)?;
        for key in noted {
            let [kind, scope, name] = key.row();
            sqlx::query(
                "insert into changes (kind, scope, name, revision, deleted)
                 values ($1, $2, $3, $4,
                     case when exists (select 1 from stages
                             where $1 = 'stage' and api_id = $2 and stage_name = $3)
                         or exists (select 1 from access_keys
                             where $1 = 'access_key' and access_key_id = $3 and active = 1)
                         or exists (select 1 from domain_names
                             where $1 = 'domain_name' and domain_name = $3)
                     then 0 else 1 end)
                 on conflict (kind, scope, name)
                 do update set revision = excluded.revision, deleted = excluded.deleted",
            )
            .bind(kind)
            .bind(scope.to_owned())
            .bind(name.to_owned())
            .bind(revision)
            .execute(&mut *self.transaction)
            .await?;
        }
        Ok(revision.unsigned_abs())
    }
}
