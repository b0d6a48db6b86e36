//! Table `stages`.

use gatewright_types::{ApiId, Stage, StageName};

use crate::error::{Constraint, Violations};
use crate::session::encode;
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// A stage.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn stage_fetch(
        &mut self,
        api_id: &ApiId,
        stage_name: &StageName,
    ) -> Result<Option<Stage>, StoreError> {
        self.fetch_body(
            "stage",
            "select body from stages where api_id = $1 and stage_name = $2",
            &[api_id.as_str(), stage_name.as_str()],
        )
        .await
    }

    /// A part of an API's stages.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn stage_list(
        &mut self,
        api_id: &ApiId,
        page: &Page,
    ) -> Result<Listed<Stage>, StoreError> {
        self.list_bodies("stage", LIST, &[api_id.as_str()], page).await
    }

    /// All stages of an API.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn stage_list_all(&mut self, api_id: &ApiId) -> Result<Vec<Stage>, StoreError> {
        self.list_all_bodies("stage", LIST, &[api_id.as_str()]).await
    }

    /// How many stages an API has.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn stage_count(&mut self, api_id: &ApiId) -> Result<usize, StoreError> {
        self.count("select count(*) from stages where api_id = $1", api_id).await
    }
}

impl WriteTransaction {
    /// Adds a stage.
    ///
    /// # Errors
    ///
    /// [`Constraint::StageName`] or [`Constraint::StageDeployment`].
    pub async fn stage_insert(&mut self, api_id: &ApiId, stage: &Stage) -> Result<(), StoreError> {
        let body = encode("stage", stage)?;
        let arguments = [
            Some(api_id.as_str()),
            Some(stage.stage_name.as_str()),
            stage.deployment_id.as_ref().map(gatewright_types::DeploymentId::as_str),
            Some(&body),
        ];
        self.execute_checked(
            "insert into stages (api_id, stage_name, deployment_id, body) values ($1, $2, $3, $4)",
            &arguments,
            Violations {
                unique: Some(Constraint::StageName),
                foreign_key: Some(Constraint::StageDeployment),
            },
        )
        .await?;
        Ok(())
    }

    /// Replaces a stage; false when there is none.
    ///
    /// # Errors
    ///
    /// As of [`stage_insert`](Self::stage_insert).
    pub async fn stage_update(
        &mut self,
        api_id: &ApiId,
        stage: &Stage,
    ) -> Result<bool, StoreError> {
        let body = encode("stage", stage)?;
        let arguments = [
            Some(api_id.as_str()),
            Some(stage.stage_name.as_str()),
            stage.deployment_id.as_ref().map(gatewright_types::DeploymentId::as_str),
            Some(&body),
        ];
        let touched = self
            .execute_checked(
                "update stages set deployment_id = $3, body = $4 where api_id = $1 and stage_name = $2",
                &arguments,
                Violations { unique: Some(Constraint::StageName), foreign_key: Some(Constraint::StageDeployment) },
            )
            .await?;
        Ok(touched > 0)
    }

    /// Notes that what a stage's Lambda authorizers decided is to be forgotten.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn stage_forget_authorizations(
        &mut self,
        api_id: &ApiId,
        stage_name: &StageName,
    ) -> Result<(), StoreError> {
        let sql = "update stages set authorizers_cache_epoch = authorizers_cache_epoch + 1
             where api_id = $1 and stage_name = $2";
        self.execute(sql, &[Some(api_id.as_str()), Some(stage_name.as_str())]).await?;
        Ok(())
    }

    /// Deletes a stage; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::StageInUse`] when an API mapping leads to it.
    pub async fn stage_delete(
        &mut self,
        api_id: &ApiId,
        stage_name: &StageName,
    ) -> Result<bool, StoreError> {
        let touched = self
            .execute_checked(
                "delete from stages where api_id = $1 and stage_name = $2",
                &[Some(api_id.as_str()), Some(stage_name.as_str())],
                Violations { unique: None, foreign_key: Some(Constraint::StageInUse) },
            )
            .await?;
        Ok(touched > 0)
    }
}

const LIST: &str = "select sequence, body from stages where api_id = $1 and sequence > $2 order by sequence limit $3";
