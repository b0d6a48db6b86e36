//! Table `access_keys`.

use gatewright_types::Timestamp;
use sqlx::Row;

use crate::error::{Constraint, Violations};
use crate::{ChangeKey, Session, StoreError, WriteTransaction};

/// A key that signs management calls, and calls of `AWS_IAM` routes.
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
    /// Whose it is; a user may have several.
    pub user_name: String,
    /// What its holder may do: an IAM policy document.
    pub policy: String,
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
            "select access_key_id, sealed_secret, active, created_at, user_name, policy
             from access_keys where access_key_id = $1",
        )
        .bind(access_key_id.to_owned())
        .fetch_optional(&mut *self.transaction)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// All access keys, in order of creation.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn access_key_list_all(&mut self) -> Result<Vec<AccessKey>, StoreError> {
        let rows = sqlx::query(
            "select access_key_id, sealed_secret, active, created_at, user_name, policy
             from access_keys order by sequence",
        )
        .fetch_all(&mut *self.transaction)
        .await?;
        rows.iter().map(read).collect()
    }
}

impl WriteTransaction {
    /// Adds an access key, of which data planes hear.
    ///
    /// # Errors
    ///
    /// [`Constraint::Id`] when the id is taken.
    pub async fn access_key_insert(&mut self, key: &AccessKey) -> Result<(), StoreError> {
        let violations = Violations { unique: Some(Constraint::Id), foreign_key: None };
        sqlx::query(
            "insert into access_keys
             (access_key_id, sealed_secret, active, created_at, user_name, policy)
             values ($1, $2, $3, $4, $5, $6)",
        )
        .bind(key.access_key_id.clone())
        .bind(key.sealed_secret.clone())
        .bind(i64::from(key.active))
        .bind(key.created_date.unix_seconds())
        .bind(key.user_name.clone())
        .bind(key.policy.clone())
        .execute(&mut *self.transaction)
        .await
        .map_err(|error| violations.map(error))?;
        self.record(ChangeKey::AccessKey { access_key_id: key.access_key_id.clone() });
        Ok(())
    }

    /// Lets an access key be used, or not; false when there is none. Data planes hear of it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn access_key_set_active(
        &mut self,
        access_key_id: &str,
        active: bool,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query("update access_keys set active = $2 where access_key_id = $1")
            .bind(access_key_id.to_owned())
            .bind(i64::from(active))
            .execute(&mut *self.transaction)
            .await?;
        self.record(ChangeKey::AccessKey { access_key_id: access_key_id.to_owned() });
        Ok(done.rows_affected() > 0)
    }
}

fn read(row: &sqlx::any::AnyRow) -> Result<AccessKey, StoreError> {
    Ok(AccessKey {
        access_key_id: row.try_get(0)?,
        sealed_secret: row.try_get(1)?,
        active: row.try_get::<i64, _>(2)? != 0,
        created_date: Timestamp::from_unix_seconds(row.try_get(3)?),
        user_name: row.try_get(4)?,
        policy: row.try_get(5)?,
    })
}
