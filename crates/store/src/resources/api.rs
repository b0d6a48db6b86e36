//! Table `apis`.

use gatewright_types::{Api, ApiId};
use sqlx::Row;

use crate::error::{Constraint, Violations};
use crate::session::{decode, encode};
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// An API.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`], as of every read.
    pub async fn api_fetch(&mut self, api_id: &ApiId) -> Result<Option<Api>, StoreError> {
        self.fetch_body("api", "select body from apis where api_id = $1", &[api_id.as_str()]).await
    }

    /// A part of all APIs.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn api_list(&mut self, page: &Page) -> Result<Listed<Api>, StoreError> {
        self.list_bodies(
            "api",
            "select sequence, body from apis where sequence > $1 order by sequence limit $2",
            &[],
            page,
        )
        .await
    }
}

impl WriteTransaction {
    /// Takes the API's write lock, which every change of it or below it needs first: writers
    /// queue rather than conflict, and none loses what another wrote. Absent when there is no
    /// such API.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] or [`StoreError::Corrupt`].
    pub async fn api_lock(&mut self, api_id: &ApiId) -> Result<Option<Api>, StoreError> {
        let row =
            sqlx::query("update apis set writes = writes + 1 where api_id = $1 returning body")
                .bind(api_id.as_str().to_owned())
                .fetch_optional(&mut *self.transaction)
                .await?;
        row.map(|row| decode("api", row.try_get::<&str, _>(0)?)).transpose()
    }

    /// Adds an API.
    ///
    /// # Errors
    ///
    /// [`Constraint::Id`] when the id is taken.
    pub async fn api_insert(&mut self, api: &Api) -> Result<(), StoreError> {
        let body = encode("api", api)?;
        self.execute_checked(
            "insert into apis (api_id, body) values ($1, $2)",
            &[Some(api.api_id.as_str()), Some(&body)],
            Violations { unique: Some(Constraint::Id), foreign_key: None },
        )
        .await?;
        Ok(())
    }

    /// Replaces an API; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn api_update(&mut self, api: &Api) -> Result<bool, StoreError> {
        let body = encode("api", api)?;
        let touched = self
            .execute(
                "update apis set body = $2 where api_id = $1",
                &[Some(api.api_id.as_str()), Some(&body)],
            )
            .await?;
        Ok(touched > 0)
    }

    /// Deletes an API and everything below it; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::StageInUse`] when an API mapping leads to it.
    pub async fn api_delete(&mut self, api_id: &ApiId) -> Result<bool, StoreError> {
        let violations = Violations { unique: None, foreign_key: Some(Constraint::StageInUse) };
        let sql = "delete from apis where api_id = $1";
        Ok(self.execute_checked(sql, &[Some(api_id.as_str())], violations).await? > 0)
    }
}
