//! Table `models`.

use gatewright_types::{ApiId, Model, ModelId};

use crate::error::{Constraint, Violations};
use crate::session::encode;
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// A model.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn model_fetch(
        &mut self,
        api_id: &ApiId,
        model_id: &ModelId,
    ) -> Result<Option<Model>, StoreError> {
        self.fetch_body(
            "model",
            "select body from models where api_id = $1 and model_id = $2",
            &[api_id.as_str(), model_id.as_str()],
        )
        .await
    }

    /// A part of an API's models.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn model_list(
        &mut self,
        api_id: &ApiId,
        page: &Page,
    ) -> Result<Listed<Model>, StoreError> {
        self.list_bodies("model", LIST, &[api_id.as_str()], page).await
    }

    /// All models of an API.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn model_list_all(&mut self, api_id: &ApiId) -> Result<Vec<Model>, StoreError> {
        self.list_all_bodies("model", LIST, &[api_id.as_str()]).await
    }

    /// How many models an API has.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn model_count(&mut self, api_id: &ApiId) -> Result<usize, StoreError> {
        self.count("select count(*) from models where api_id = $1", api_id).await
    }
}

impl WriteTransaction {
    /// Adds a model.
    ///
    /// # Errors
    ///
    /// [`Constraint::ModelName`].
    pub async fn model_insert(&mut self, api_id: &ApiId, model: &Model) -> Result<(), StoreError> {
        let sql = "insert into models (api_id, model_id, name, body) values ($1, $2, $3, $4)";
        self.model_write(sql, api_id, model).await.map(drop)
    }

    /// Replaces a model; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::ModelName`].
    pub async fn model_update(
        &mut self,
        api_id: &ApiId,
        model: &Model,
    ) -> Result<bool, StoreError> {
        let sql = "update models set name = $3, body = $4 where api_id = $1 and model_id = $2";
        self.model_write(sql, api_id, model).await
    }

    async fn model_write(
        &mut self,
        sql: &'static str,
        api_id: &ApiId,
        model: &Model,
    ) -> Result<bool, StoreError> {
        let body = encode("model", model)?;
        let arguments = [api_id.as_str(), model.model_id.as_str(), &model.name, &body];
        let violations = Violations { unique: Some(Constraint::ModelName), foreign_key: None };
        Ok(self.execute_checked(sql, &arguments.map(Some), violations).await? > 0)
    }

    /// Deletes a model; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn model_delete(
        &mut self,
        api_id: &ApiId,
        model_id: &ModelId,
    ) -> Result<bool, StoreError> {
        let sql = "delete from models where api_id = $1 and model_id = $2";
        Ok(self.execute(sql, &[Some(api_id.as_str()), Some(model_id.as_str())]).await? > 0)
    }
}

const LIST: &str = "select sequence, body from models where api_id = $1 and sequence > $2 order by sequence limit $3";
