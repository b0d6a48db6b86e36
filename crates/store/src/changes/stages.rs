//! Stages that changed.

use gatewright_types::{ApiId, Stage, StageName};
use sqlx::Row;

use crate::session::decode;
use crate::{Session, StoreError};

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

impl Session {
    pub(super) async fn stages_after(
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
}
