//! Revisions, and what changed under them (docs/adr/0001).

use std::collections::BTreeSet;

use gatewright_types::{ApiId, Stage, StageName};
use sqlx::Row;

use crate::session::decode;
use crate::{AccessKey, Session, StoreError};

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
}

impl ChangeKey {
    /// Kind, scope and name of its row.
    fn row(&self) -> [&str; 3] {
        match self {
            Self::Stage { api_id, stage_name } => ["stage", api_id.as_str(), stage_name.as_str()],
            Self::AccessKey { access_key_id } => ["access_key", "", access_key_id],
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
}

/// A stage that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct StageChange {
    /// The revision it last changed under.
    pub revision: u64,
    /// The API.
    pub api_id: ApiId,
    /// The stage.
    pub stage_name: StageName,
    /// As it stands; absent when it is gone.
    pub current: Option<StageRow>,
}

/// A stage and what it serves.
#[derive(Clone, Debug, PartialEq)]
pub struct StageRow {
    /// The stage.
    pub stage: Stage,
    /// How often what its Lambda authorizers decided was to be forgotten.
    pub authorizers_cache_epoch: u64,
    /// What its deployment froze; absent until something is deployed.
    pub deployment_content: Option<String>,
}

/// An access key that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKeyChange {
    /// The revision it last changed under.
    pub revision: u64,
    /// What signatures name.
    pub access_key_id: String,
    /// As it stands; absent when it is disabled or gone.
    pub current: Option<AccessKey>,
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
        })
    }

    async fn stages_after(
        &mut self,
        after: i64,
        tombstones: i64,
    ) -> Result<Vec<StageChange>, StoreError> {
        let rows = sqlx::query(
            "select changes.revision, changes.scope, changes.name, stages.body, deployments.content,
                 stages.authorizers_cache_epoch
             from changes
             left join stages on stages.api_id = changes.scope and stages.stage_name = changes.name
             left join deployments on deployments.api_id = stages.api_id
                 and deployments.deployment_id = stages.deployment_id
             where changes.kind = 'stage' and changes.revision > $1 and changes.deleted <= $2
             order by changes.revision, changes.scope, changes.name",
        )
        .bind(after)
        .bind(tombstones)
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut stages = Vec::with_capacity(rows.len());
        for row in &rows {
            let current = match row.try_get::<Option<String>, _>(3)? {
                None => None,
                Some(body) => Some(StageRow {
                    stage: decode("stage", &body)?,
                    deployment_content: row.try_get(4)?,
                    authorizers_cache_epoch: row.try_get::<i64, _>(5)?.unsigned_abs(),
                }),
            };
            stages.push(StageChange {
                revision: row.try_get::<i64, _>(0)?.unsigned_abs(),
                api_id: ApiId::new(row.try_get::<String, _>(1)?),
                stage_name: StageName::new(row.try_get::<String, _>(2)?),
                current,
            });
        }
        Ok(stages)
    }

    async fn access_keys_after(
        &mut self,
        after: i64,
        tombstones: i64,
    ) -> Result<Vec<AccessKeyChange>, StoreError> {
        let rows = sqlx::query(
            "select changes.revision, changes.name from changes
             where changes.kind = 'access_key' and changes.revision > $1 and changes.deleted <= $2
             order by changes.revision, changes.name",
        )
        .bind(after)
        .bind(tombstones)
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut access_keys = Vec::with_capacity(rows.len());
        for row in &rows {
            let access_key_id = row.try_get::<String, _>(1)?;
            let current = self.access_key_fetch(&access_key_id).await?.filter(|key| key.active);
            let revision = row.try_get::<i64, _>(0)?.unsigned_abs();
            access_keys.push(AccessKeyChange { revision, access_key_id, current });
        }
        Ok(access_keys)
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
