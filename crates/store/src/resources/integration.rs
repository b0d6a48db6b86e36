//! Table `integrations`.

use gatewright_types::{ApiId, ConnectionType, Integration, IntegrationId};

use crate::error::{Constraint, Violations};
use crate::session::encode;
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// An integration.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn integration_fetch(
        &mut self,
        api_id: &ApiId,
        integration_id: &IntegrationId,
    ) -> Result<Option<Integration>, StoreError> {
        self.fetch_body(
            "integration",
            "select body from integrations where api_id = $1 and integration_id = $2",
            &[api_id.as_str(), integration_id.as_str()],
        )
        .await
    }

    /// A part of an API's integrations.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn integration_list(
        &mut self,
        api_id: &ApiId,
        page: &Page,
    ) -> Result<Listed<Integration>, StoreError> {
        self.list_bodies("integration", LIST, &[api_id.as_str()], page).await
    }

    /// All integrations of an API.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn integration_list_all(
        &mut self,
        api_id: &ApiId,
    ) -> Result<Vec<Integration>, StoreError> {
        self.list_all_bodies("integration", LIST, &[api_id.as_str()]).await
    }

    /// How many integrations an API has.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn integration_count(&mut self, api_id: &ApiId) -> Result<usize, StoreError> {
        self.count("select count(*) from integrations where api_id = $1", api_id).await
    }
}

impl WriteTransaction {
    /// Adds an integration.
    ///
    /// # Errors
    ///
    /// [`Constraint::Id`] when the id is taken, or [`Constraint::IntegrationVpcLink`].
    pub async fn integration_insert(
        &mut self,
        api_id: &ApiId,
        integration: &Integration,
    ) -> Result<(), StoreError> {
        let sql = "insert into integrations (api_id, integration_id, vpc_link_id, body)
             values ($1, $2, $3, $4)";
        self.integration_write(sql, api_id, integration).await.map(drop)
    }

    /// Replaces an integration; false when there is none.
    ///
    /// # Errors
    ///
    /// As of [`integration_insert`](Self::integration_insert).
    pub async fn integration_update(
        &mut self,
        api_id: &ApiId,
        integration: &Integration,
    ) -> Result<bool, StoreError> {
        let sql = "update integrations set vpc_link_id = $3, body = $4
             where api_id = $1 and integration_id = $2";
        self.integration_write(sql, api_id, integration).await
    }

    async fn integration_write(
        &mut self,
        sql: &'static str,
        api_id: &ApiId,
        integration: &Integration,
    ) -> Result<bool, StoreError> {
        let body = encode("integration", integration)?;
        let arguments = [
            Some(api_id.as_str()),
            Some(integration.integration_id.as_str()),
            vpc_link(integration),
            Some(&body),
        ];
        let violations = Violations {
            unique: Some(Constraint::Id),
            foreign_key: Some(Constraint::IntegrationVpcLink),
        };
        Ok(self.execute_checked(sql, &arguments, violations).await? > 0)
    }

    /// Deletes an integration; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::IntegrationInUse`] when a route targets it.
    pub async fn integration_delete(
        &mut self,
        api_id: &ApiId,
        integration_id: &IntegrationId,
    ) -> Result<bool, StoreError> {
        let touched = self
            .execute_checked(
                "delete from integrations where api_id = $1 and integration_id = $2",
                &[Some(api_id.as_str()), Some(integration_id.as_str())],
                Violations { unique: None, foreign_key: Some(Constraint::IntegrationInUse) },
            )
            .await?;
        Ok(touched > 0)
    }
}

const LIST: &str = "select sequence, body from integrations where api_id = $1 and sequence > $2 order by sequence limit $3";

/// The VPC link an integration uses; none where a stage variable names it.
fn vpc_link(integration: &Integration) -> Option<&str> {
    let id = integration.connection_id.as_deref()?;
    (integration.connection_type == ConnectionType::VpcLink && !id.contains("${")).then_some(id)
}
