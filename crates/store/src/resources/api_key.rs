//! Table `api_keys`.

use gatewright_types::{ApiKey, ApiKeyId};
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::error::{Constraint, Violations};
use crate::session::{decode, encode};
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

/// An API key with its value as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredApiKey {
    /// The key; without its value.
    pub api_key: ApiKey,
    /// The value, encrypted by whoever stores it.
    pub sealed_value: String,
    /// What the same value always makes, and nobody without the master key.
    pub value_digest: String,
}

/// Which API keys to list; an empty text asks for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiKeyFilter {
    /// What their names begin with.
    pub name_prefix: String,
    /// Their customer.
    pub customer_id: String,
}

impl Session {
    /// An API key.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn api_key_fetch(
        &mut self,
        api_key_id: &ApiKeyId,
    ) -> Result<Option<StoredApiKey>, StoreError> {
        let row = sqlx::query(
            "select sequence, body, sealed_value, value_digest from api_keys where api_key_id = $1",
        )
        .bind(api_key_id.as_str().to_owned())
        .fetch_optional(&mut *self.transaction)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// The API key with a value, by the value's digest.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn api_key_fetch_by_digest(
        &mut self,
        value_digest: &str,
    ) -> Result<Option<ApiKey>, StoreError> {
        let sql = "select body from api_keys where value_digest = $1";
        self.fetch_body("API key", sql, &[value_digest]).await
    }

    /// A part of the API keys that pass a filter.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn api_key_list(
        &mut self,
        filter: &ApiKeyFilter,
        page: &Page,
    ) -> Result<Listed<StoredApiKey>, StoreError> {
        self.list_rows(
            "select sequence, body, sealed_value, value_digest from api_keys
             where substr(name, 1, length($1)) = $1 and ($2 = '' or customer_id = $2)
             and sequence > $3 order by sequence limit $4",
            &[&filter.name_prefix, &filter.customer_id],
            page,
            read,
        )
        .await
    }
}

impl WriteTransaction {
    /// An API key, which nobody else changes or deletes before this transaction ends.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn api_key_lock(
        &mut self,
        api_key_id: &ApiKeyId,
    ) -> Result<Option<ApiKey>, StoreError> {
        let sql = "update api_keys set body = body where api_key_id = $1 returning body";
        self.fetch_body("API key", sql, &[api_key_id.as_str()]).await
    }

    /// Adds an API key.
    ///
    /// # Errors
    ///
    /// [`Constraint::ApiKeyValue`] when another has the value.
    pub async fn api_key_insert(&mut self, key: &StoredApiKey) -> Result<(), StoreError> {
        let body = encode("API key", &key.api_key)?;
        let violations = Violations { unique: Some(Constraint::ApiKeyValue), foreign_key: None };
        let arguments = [
            key.api_key.id.as_str(),
            key.api_key.name.as_deref().unwrap_or_default(),
            key.api_key.customer_id.as_deref().unwrap_or_default(),
            &key.value_digest,
            &key.sealed_value,
            &body,
        ];
        let sql = "insert into api_keys
             (api_key_id, name, customer_id, value_digest, sealed_value, body)
             values ($1, $2, $3, $4, $5, $6)";
        self.execute_checked(sql, &arguments.map(Some), violations).await.map(drop)
    }

    /// Replaces an API key, whose value stays; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn api_key_update(&mut self, api_key: &ApiKey) -> Result<bool, StoreError> {
        let body = encode("API key", api_key)?;
        let arguments = [
            api_key.id.as_str(),
            api_key.name.as_deref().unwrap_or_default(),
            api_key.customer_id.as_deref().unwrap_or_default(),
            &body,
        ];
        let sql =
            "update api_keys set name = $2, customer_id = $3, body = $4 where api_key_id = $1";
        Ok(self.execute(sql, &arguments.map(Some)).await? > 0)
    }

    /// Deletes an API key, and takes it out of its usage plans; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn api_key_delete(&mut self, api_key_id: &ApiKeyId) -> Result<bool, StoreError> {
        let sql = "delete from api_keys where api_key_id = $1";
        Ok(self.execute(sql, &[Some(api_key_id.as_str())]).await? > 0)
    }
}

/// Columns `sequence, body, sealed_value, value_digest`.
pub(super) fn read(row: &AnyRow) -> Result<StoredApiKey, StoreError> {
    Ok(StoredApiKey {
        api_key: decode("API key", row.try_get::<&str, _>(1)?)?,
        sealed_value: row.try_get(2)?,
        value_digest: row.try_get(3)?,
    })
}
