//! Revisions, and what changed under them (docs/adr/0001).

use std::collections::BTreeSet;

use gatewright_types::{ApiId, Stage, StageName};
use sqlx::Row;

use crate::session::decode;
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
    /// What its deployment froze; absent until something is deployed.
    pub deployment_content: Option<String>,
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
        // `deleted <= $2` leaves the tombstones out of a complete answer.
        let rows = sqlx::query(
            "select changes.revision, changes.scope, changes.name, stages.body, deployments.content
             from changes
             left join stages on stages.api_id = changes.scope and stages.stage_name = changes.name
             left join deployments on deployments.api_id = stages.api_id
                 and deployments.deployment_id = stages.deployment_id
             where changes.kind = 'stage' and changes.revision > $1 and changes.deleted <= $2
             order by changes.revision, changes.scope, changes.name",
        )
        .bind(if complete { 0 } else { i64::try_from(after).unwrap_or(i64::MAX) })
        .bind(if complete { 0_i64 } else { 1 })
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut stages = Vec::with_capacity(rows.len());
        for row in &rows {
            let current = match row.try_get::<Option<String>, _>(3)? {
                None => None,
                Some(body) => Some(StageRow {
                    stage: decode("stage", &body)?,
                    deployment_content: row.try_get(4)?,
                }),
            };
            stages.push(StageChange {
                revision: row.try_get::<i64, _>(0)?.unsigned_abs(),
                api_id: ApiId::new(row.try_get::<String, _>(1)?),
                stage_name: StageName::new(row.try_get::<String, _>(2)?),
                current,
            });
        }
        Ok(Changes { source, revision, complete, stages })
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
        for ChangeKey::Stage { api_id, stage_name } in noted {
            sqlx::query(
                "insert into changes (kind, scope, name, revision, deleted)
                 values ('stage', $1, $2, $3,
                     case when exists (select 1 from stages where api_id = $1 and stage_name = $2)
                     then 0 else 1 end)
                 on conflict (kind, scope, name)
                 do update set revision = excluded.revision, deleted = excluded.deleted",
            )
            .bind(api_id.as_str().to_owned())
            .bind(stage_name.as_str().to_owned())
            .bind(revision)
            .execute(&mut *self.transaction)
            .await?;
        }
        Ok(revision.unsigned_abs())
    }
}
