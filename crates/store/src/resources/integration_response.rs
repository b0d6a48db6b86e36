//! Table `integration_responses`.

use gatewright_types::{ApiId, IntegrationId, IntegrationResponse, IntegrationResponseId};
use sqlx::Row;

use crate::error::{Constraint, Violations};
use crate::session::{decode, encode};
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// An integration response.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn integration_response_fetch(
        &mut self,
        api_id: &ApiId,
        integration_id: &IntegrationId,
        integration_response_id: &IntegrationResponseId,
    ) -> Result<Option<IntegrationResponse>, StoreError> {
        self.fetch_body(
            "integration response",
            "select body from integration_responses
             where api_id = $1 and integration_id = $2 and integration_response_id = $3",
            &[api_id.as_str(), integration_id.as_str(), integration_response_id.as_str()],
        )
        .await
    }

    /// A part of an integration's responses.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn integration_response_list(
        &mut self,
        api_id: &ApiId,
        integration_id: &IntegrationId,
        page: &Page,
    ) -> Result<Listed<IntegrationResponse>, StoreError> {
        self.list_bodies(
            "integration response",
            "select sequence, body from integration_responses
             where api_id = $1 and integration_id = $2 and sequence > $3 order by sequence limit $4",
            &[api_id.as_str(), integration_id.as_str()],
            page,
        )
        .await
    }

    /// The responses of all of an API's integrations, each with its integration.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn integration_response_list_all(
        &mut self,
        api_id: &ApiId,
    ) -> Result<Vec<(IntegrationId, IntegrationResponse)>, StoreError> {
        let rows = sqlx::query(
            "select integration_id, body from integration_responses where api_id = $1 order by sequence",
        )
        .bind(api_id.as_str().to_owned())
        .fetch_all(&mut *self.transaction)
        .await?;
        rows.iter()
            .map(|row| {
                let response = decode("integration response", row.try_get::<&str, _>(1)?)?;
                Ok((IntegrationId::new(row.try_get::<String, _>(0)?), response))
            })
            .collect()
    }
}

impl WriteTransaction {
    /// Adds an integration response.
    ///
    /// # Errors
    ///
    /// [`Constraint::IntegrationResponseKey`].
    pub async fn integration_response_insert(
        &mut self,
        api_id: &ApiId,
        integration_id: &IntegrationId,
        response: &IntegrationResponse,
    ) -> Result<(), StoreError> {
        let sql = "insert into integration_responses
             (api_id, integration_id, integration_response_id, response_key, body)
             values ($1, $2, $3, $4, $5)";
        self.integration_response_write(sql, api_id, integration_id, response).await.map(drop)
    }

    /// Replaces an integration response; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::IntegrationResponseKey`].
    pub async fn integration_response_update(
        &mut self,
        api_id: &ApiId,
        integration_id: &IntegrationId,
        response: &IntegrationResponse,
    ) -> Result<bool, StoreError> {
        let sql = "update integration_responses set response_key = $4, body = $5
             where api_id = $1 and integration_id = $2 and integration_response_id = $3";
        self.integration_response_write(sql, api_id, integration_id, response).await
    }

    async fn integration_response_write(
        &mut self,
        sql: &'static str,
        api_id: &ApiId,
        integration_id: &IntegrationId,
        response: &IntegrationResponse,
    ) -> Result<bool, StoreError> {
        let body = encode("integration response", response)?;
        let arguments = [
            api_id.as_str(),
            integration_id.as_str(),
            response.integration_response_id.as_str(),
            &response.integration_response_key,
            &body,
        ];
        let violations =
            Violations { unique: Some(Constraint::IntegrationResponseKey), foreign_key: None };
        Ok(self.execute_checked(sql, &arguments.map(Some), violations).await? > 0)
    }

    /// Deletes an integration response; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn integration_response_delete(
        &mut self,
        api_id: &ApiId,
        integration_id: &IntegrationId,
        integration_response_id: &IntegrationResponseId,
    ) -> Result<bool, StoreError> {
        let touched = self
            .execute(
                "delete from integration_responses
                 where api_id = $1 and integration_id = $2 and integration_response_id = $3",
                &[
                    Some(api_id.as_str()),
                    Some(integration_id.as_str()),
                    Some(integration_response_id.as_str()),
                ],
            )
            .await?;
        Ok(touched > 0)
    }
}
