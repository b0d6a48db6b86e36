//! Table `usage_plan_keys`.

use gatewright_types::{ApiKeyId, UsagePlanId};

use super::api_key::read;
use crate::error::{Constraint, Violations};
use crate::{Listed, Page, Session, StoreError, StoredApiKey, WriteTransaction};

impl Session {
    /// An API key, when a usage plan has it.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn usage_plan_key_fetch(
        &mut self,
        usage_plan_id: &UsagePlanId,
        api_key_id: &ApiKeyId,
    ) -> Result<Option<StoredApiKey>, StoreError> {
        let row = sqlx::query(
            "select k.sequence, a.body, a.sealed_value, a.value_digest from usage_plan_keys k
             join api_keys a on a.api_key_id = k.api_key_id
             where k.usage_plan_id = $1 and k.api_key_id = $2",
        )
        .bind(usage_plan_id.as_str().to_owned())
        .bind(api_key_id.as_str().to_owned())
        .fetch_optional(&mut *self.transaction)
        .await?;
        row.as_ref().map(read).transpose()
    }

    /// A part of a usage plan's API keys whose names begin with a text.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn usage_plan_key_list(
        &mut self,
        usage_plan_id: &UsagePlanId,
        name_prefix: &str,
        page: &Page,
    ) -> Result<Listed<StoredApiKey>, StoreError> {
        self.list_rows(
            "select k.sequence, a.body, a.sealed_value, a.value_digest from usage_plan_keys k
             join api_keys a on a.api_key_id = k.api_key_id
             where k.usage_plan_id = $1 and substr(a.name, 1, length($2)) = $2
             and k.sequence > $3 order by k.sequence limit $4",
            &[usage_plan_id.as_str(), name_prefix],
            page,
            read,
        )
        .await
    }
}

impl WriteTransaction {
    /// Adds an API key to a usage plan.
    ///
    /// # Errors
    ///
    /// [`Constraint::UsagePlanKey`] when it is there, [`Constraint::UsagePlanKeyMissing`] when there
    /// is no such key or plan.
    pub async fn usage_plan_key_insert(
        &mut self,
        usage_plan_id: &UsagePlanId,
        api_key_id: &ApiKeyId,
    ) -> Result<(), StoreError> {
        let violations = Violations {
            unique: Some(Constraint::UsagePlanKey),
            foreign_key: Some(Constraint::UsagePlanKeyMissing),
        };
        let arguments = [Some(usage_plan_id.as_str()), Some(api_key_id.as_str())];
        let sql = "insert into usage_plan_keys (usage_plan_id, api_key_id) values ($1, $2)";
        self.execute_checked(sql, &arguments, violations).await.map(drop)
    }

    /// Takes an API key out of a usage plan; false when it is not in it.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn usage_plan_key_delete(
        &mut self,
        usage_plan_id: &UsagePlanId,
        api_key_id: &ApiKeyId,
    ) -> Result<bool, StoreError> {
        let arguments = [Some(usage_plan_id.as_str()), Some(api_key_id.as_str())];
        let sql = "delete from usage_plan_keys where usage_plan_id = $1 and api_key_id = $2";
        Ok(self.execute(sql, &arguments).await? > 0)
    }
}
