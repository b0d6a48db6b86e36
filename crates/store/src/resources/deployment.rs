//! Table `deployments`: immutable but for their description.

use gatewright_types::{ApiId, Deployment, DeploymentId};
use sqlx::Row;

use crate::error::{Constraint, Violations};
use crate::session::encode;
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// A deployment.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn deployment_fetch(
        &mut self,
        api_id: &ApiId,
        deployment_id: &DeploymentId,
    ) -> Result<Option<Deployment>, StoreError> {
        self.fetch_body(
            "deployment",
            "select body from deployments where api_id = $1 and deployment_id = $2",
            &[api_id.as_str(), deployment_id.as_str()],
        )
        .await
    }

    /// A part of an API's deployments.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn deployment_list(
        &mut self,
        api_id: &ApiId,
        page: &Page,
    ) -> Result<Listed<Deployment>, StoreError> {
        self.list_bodies(
            "deployment",
            "select sequence, body from deployments
             where api_id = $1 and sequence > $2 order by sequence limit $3",
            &[api_id.as_str()],
            page,
        )
        .await
    }

    /// What a deployment froze.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn deployment_content(
        &mut self,
        api_id: &ApiId,
        deployment_id: &DeploymentId,
    ) -> Result<Option<String>, StoreError> {
        let row =
            sqlx::query("select content from deployments where api_id = $1 and deployment_id = $2")
                .bind(api_id.as_str().to_owned())
                .bind(deployment_id.as_str().to_owned())
                .fetch_optional(&mut *self.transaction)
                .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}

impl WriteTransaction {
    /// Adds a deployment and what it froze.
    ///
    /// # Errors
    ///
    /// [`Constraint::Id`] when the id is taken.
    pub async fn deployment_insert(
        &mut self,
        api_id: &ApiId,
        deployment: &Deployment,
        content: &str,
    ) -> Result<(), StoreError> {
        let body = encode("deployment", deployment)?;
        let violations = Violations { unique: Some(Constraint::Id), foreign_key: None };
        sqlx::query(
            "insert into deployments (api_id, deployment_id, auto_deployed, body, content)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(api_id.as_str().to_owned())
        .bind(deployment.deployment_id.as_str().to_owned())
        .bind(i64::from(deployment.auto_deployed))
        .bind(body)
        .bind(content.to_owned())
        .execute(&mut *self.transaction)
        .await
        .map_err(|error| violations.map(error))?;
        Ok(())
    }

    /// Replaces what is shown of a deployment, not what it froze; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn deployment_update(
        &mut self,
        api_id: &ApiId,
        deployment: &Deployment,
    ) -> Result<bool, StoreError> {
        let body = encode("deployment", deployment)?;
        let touched = self
            .execute(
                "update deployments set body = $3 where api_id = $1 and deployment_id = $2",
                &[Some(api_id.as_str()), Some(deployment.deployment_id.as_str()), Some(&body)],
            )
            .await?;
        Ok(touched > 0)
    }

    /// Deletes a deployment; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::DeploymentInUse`] when a stage points at it.
    pub async fn deployment_delete(
        &mut self,
        api_id: &ApiId,
        deployment_id: &DeploymentId,
    ) -> Result<bool, StoreError> {
        let touched = self
            .execute_checked(
                "delete from deployments where api_id = $1 and deployment_id = $2",
                &[Some(api_id.as_str()), Some(deployment_id.as_str())],
                Violations { unique: None, foreign_key: Some(Constraint::DeploymentInUse) },
            )
            .await?;
        Ok(touched > 0)
    }

    /// Deletes the automatic deployments that no stage points at, but for the newest `keep`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn deployments_prune(
        &mut self,
        api_id: &ApiId,
        keep: u32,
    ) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "delete from deployments
             where api_id = $1 and auto_deployed = 1
                 and not exists (
                     select 1 from stages
                     where stages.api_id = deployments.api_id
                         and stages.deployment_id = deployments.deployment_id)
                 and sequence not in (
                     select sequence from deployments
                     where api_id = $1 and auto_deployed = 1
                     order by sequence desc limit $2)",
        )
        .bind(api_id.as_str().to_owned())
        .bind(i64::from(keep))
        .execute(&mut *self.transaction)
        .await?;
        Ok(done.rows_affected())
    }
}
