//! Table `access_keys`.

use gatewright_types::Timestamp;
use sqlx::Row;

use crate::error::{Constraint, Violations};
use crate::{Session, StoreError, WriteTransaction};

/// A key that signs management calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// What a signature names.
    pub access_key_id: String,
    /// The secret, encrypted by whoever stores it.
    pub sealed_secret: String,
    /// Whether it may be used.
    pub active: bool,
    /// When it was made.
    pub created_date: Timestamp,
}

impl Session {
    /// An access key.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn access_key_fetch(
        &mut self,
        access_key_id: &str,
    ) -> Result<Option<AccessKey>, StoreError> {
        let row = sqlx::query(
            "select access_key_id, sealed_secret, active, created_at from access_keys
             where access_key_id = $1",
        )
        .bind(access_key_id.to_owned())
        .fetch_optional(&mut *self.transaction)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// The access key that was made first.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn access_key_first(&mut self) -> Result<Option<AccessKey>, StoreError> {
        let row = sqlx::query(
            "select access_key_id, sealed_secret, active, created_at from access_keys
             order by sequence limit 1",
        )
        .fetch_optional(&mut *self.transaction)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// How many access keys there are.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn access_key_count(&mut self) -> Result<u64, StoreError> {
        let row = sqlx::query("select count(*) from access_keys")
            .fetch_one(&mut *self.transaction)
            .await?;
        Ok(row.try_get::<i64, _>(0)?.unsigned_abs())
    }
}

impl WriteTransaction {
    /// Adds an access key.
    ///
    /// # Errors
    ///
    /// [`Constraint::Id`] when the id is taken.
    pub async fn access_key_insert(&mut self, key: &AccessKey) -> Result<(), StoreError> {
        let violations = Violations { unique: Some(Constraint::Id), foreign_key: None };
        sqlx::query(
            "insert into access_keys (access_key_id, sealed_secret, active, created_at)
             values ($1, $2, $3, $4)",
        )
        .bind(key.access_key_id.clone())
        .bind(key.sealed_secret.clone())
        .bind(i64::from(key.active))
        .bind(key.created_date.unix_seconds())
        .execute(&mut *self.transaction)
        .await
        .map_err(|error| violations.map(error))?;
        Ok(())
    }
}

fn read(row: &sqlx::any::AnyRow) -> Result<AccessKey, StoreError> {
    Ok(AccessKey {
        access_key_id: row.try_get(0)?,
        sealed_secret: row.try_get(1)?,
        active: row.try_get::<i64, _>(2)? != 0,
        created_date: Timestamp::from_unix_seconds(row.try_get(3)?),
    })
}
