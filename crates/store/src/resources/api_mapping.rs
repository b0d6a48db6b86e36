//! Table `api_mappings`.

use gatewright_types::{ApiId, ApiMapping, ApiMappingId, StageName};
use sqlx::Row;

use crate::error::{Constraint, Violations};
use crate::session::encode;
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// An API mapping.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn api_mapping_fetch(
        &mut self,
        domain_name: &str,
        api_mapping_id: &ApiMappingId,
    ) -> Result<Option<ApiMapping>, StoreError> {
        self.fetch_body(
            "API mapping",
            "select body from api_mappings where domain_name = $1 and api_mapping_id = $2",
            &[domain_name, api_mapping_id.as_str()],
        )
        .await
    }

    /// A part of a domain name's API mappings.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn api_mapping_list(
        &mut self,
        domain_name: &str,
        page: &Page,
    ) -> Result<Listed<ApiMapping>, StoreError> {
        self.list_bodies(
            "API mapping",
            "select sequence, body from api_mappings
             where domain_name = $1 and sequence > $2 order by sequence limit $3",
            &[domain_name],
            page,
        )
        .await
    }

    /// The domain names with mappings to an API, or to one of its stages.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn api_mapping_domain_names(
        &mut self,
        api_id: &ApiId,
        stage_name: Option<&StageName>,
    ) -> Result<Vec<String>, StoreError> {
        let rows = sqlx::query(
            "select distinct domain_name from api_mappings
             where api_id = $1 and ($2 = '' or stage_name = $2) order by domain_name",
        )
        .bind(api_id.as_str().to_owned())
        .bind(stage_name.map_or("", StageName::as_str).to_owned())
        .fetch_all(&mut *self.transaction)
        .await?;
        rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
    }
}

impl WriteTransaction {
    /// Adds an API mapping.
    ///
    /// # Errors
    ///
    /// [`Constraint::ApiMappingKey`] or [`Constraint::ApiMappingStage`].
    pub async fn api_mapping_insert(
        &mut self,
        domain_name: &str,
        api_mapping: &ApiMapping,
    ) -> Result<(), StoreError> {
        let sql = "insert into api_mappings
             (domain_name, api_mapping_id, api_mapping_key, api_id, stage_name, body)
             values ($1, $2, $3, $4, $5, $6)";
        self.api_mapping_write(sql, domain_name, api_mapping).await.map(drop)
    }

    /// Replaces an API mapping; false when there is none.
    ///
    /// # Errors
    ///
    /// As of [`api_mapping_insert`](Self::api_mapping_insert).
    pub async fn api_mapping_update(
        &mut self,
        domain_name: &str,
        api_mapping: &ApiMapping,
    ) -> Result<bool, StoreError> {
        let sql = "update api_mappings
             set api_mapping_key = $3, api_id = $4, stage_name = $5, body = $6
             where domain_name = $1 and api_mapping_id = $2";
        self.api_mapping_write(sql, domain_name, api_mapping).await
    }

    async fn api_mapping_write(
        &mut self,
        sql: &'static str,
        domain_name: &str,
        api_mapping: &ApiMapping,
    ) -> Result<bool, StoreError> {
        let body = encode("API mapping", api_mapping)?;
        let arguments = [
            domain_name,
            api_mapping.api_mapping_id.as_str(),
            api_mapping.api_mapping_key.as_deref().unwrap_or_default(),
            api_mapping.api_id.as_str(),
            api_mapping.stage.as_str(),
            &body,
        ];
        let violations = Violations {
            unique: Some(Constraint::ApiMappingKey),
            foreign_key: Some(Constraint::ApiMappingStage),
        };
        Ok(self.execute_checked(sql, &arguments.map(Some), violations).await? > 0)
    }

    /// Deletes an API mapping; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn api_mapping_delete(
        &mut self,
        domain_name: &str,
        api_mapping_id: &ApiMappingId,
    ) -> Result<bool, StoreError> {
        let sql = "delete from api_mappings where domain_name = $1 and api_mapping_id = $2";
        Ok(self.execute(sql, &[Some(domain_name), Some(api_mapping_id.as_str())]).await? > 0)
    }
}
