//! Table `authorizers`.

use gatewright_types::{ApiId, Authorizer, AuthorizerId};

use crate::error::{Constraint, Violations};
use crate::session::encode;
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// An authorizer.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn authorizer_fetch(
        &mut self,
        api_id: &ApiId,
        authorizer_id: &AuthorizerId,
    ) -> Result<Option<Authorizer>, StoreError> {
        self.fetch_body(
            "authorizer",
            "select body from authorizers where api_id = $1 and authorizer_id = $2",
            &[api_id.as_str(), authorizer_id.as_str()],
        )
        .await
    }

    /// A part of an API's authorizers.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn authorizer_list(
        &mut self,
        api_id: &ApiId,
        page: &Page,
    ) -> Result<Listed<Authorizer>, StoreError> {
        self.list_bodies("authorizer", LIST, &[api_id.as_str()], page).await
    }

    /// All authorizers of an API.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn authorizer_list_all(
        &mut self,
        api_id: &ApiId,
    ) -> Result<Vec<Authorizer>, StoreError> {
        self.list_all_bodies("authorizer", LIST, &[api_id.as_str()]).await
    }

    /// How many authorizers an API has.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn authorizer_count(&mut self, api_id: &ApiId) -> Result<usize, StoreError> {
        self.count("select count(*) from authorizers where api_id = $1", api_id).await
    }
}

impl WriteTransaction {
    /// Adds an authorizer.
    ///
    /// # Errors
    ///
    /// [`Constraint::AuthorizerName`].
    pub async fn authorizer_insert(
        &mut self,
        api_id: &ApiId,
        authorizer: &Authorizer,
    ) -> Result<(), StoreError> {
        let sql =
            "insert into authorizers (api_id, authorizer_id, name, body) values ($1, $2, $3, $4)";
        self.authorizer_write(sql, api_id, authorizer).await.map(drop)
    }

    /// Replaces an authorizer; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::AuthorizerName`].
    pub async fn authorizer_update(
        &mut self,
        api_id: &ApiId,
        authorizer: &Authorizer,
    ) -> Result<bool, StoreError> {
        let sql =
            "update authorizers set name = $3, body = $4 where api_id = $1 and authorizer_id = $2";
        self.authorizer_write(sql, api_id, authorizer).await
    }

    async fn authorizer_write(
        &mut self,
        sql: &'static str,
        api_id: &ApiId,
        authorizer: &Authorizer,
    ) -> Result<bool, StoreError> {
        let body = encode("authorizer", authorizer)?;
        let arguments =
            [api_id.as_str(), authorizer.authorizer_id.as_str(), &authorizer.name, &body];
        let violations = Violations { unique: Some(Constraint::AuthorizerName), foreign_key: None };
        Ok(self.execute_checked(sql, &arguments.map(Some), violations).await? > 0)
    }

    /// Deletes an authorizer; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::AuthorizerInUse`] when a route uses it.
    pub async fn authorizer_delete(
        &mut self,
        api_id: &ApiId,
        authorizer_id: &AuthorizerId,
    ) -> Result<bool, StoreError> {
        let touched = self
            .execute_checked(
                "delete from authorizers where api_id = $1 and authorizer_id = $2",
                &[Some(api_id.as_str()), Some(authorizer_id.as_str())],
                Violations { unique: None, foreign_key: Some(Constraint::AuthorizerInUse) },
            )
            .await?;
        Ok(touched > 0)
    }
}

const LIST: &str = "select sequence, body from authorizers where api_id = $1 and sequence > $2 order by sequence limit $3";
