//! Tables `usage_plans` and `usage_plan_stages`.

use std::collections::BTreeMap;

use gatewright_types::{ApiKeyId, ApiStage, UsagePlan, UsagePlanId};
use sqlx::Row;

use crate::error::{Constraint, Violations};
use crate::session::{decode, encode};
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// A usage plan with its stages.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn usage_plan_fetch(
        &mut self,
        usage_plan_id: &UsagePlanId,
    ) -> Result<Option<UsagePlan>, StoreError> {
        let sql = "select body from usage_plans where usage_plan_id = $1";
        let plan = self.fetch_body("usage plan", sql, &[usage_plan_id.as_str()]).await?;
        let Some(mut plan): Option<UsagePlan> = plan else {
            return Ok(None);
        };
        plan.api_stages = self.usage_plan_stages(usage_plan_id).await?;
        Ok(Some(plan))
    }

    /// A part of all usage plans, or of those that have an API key; with their stages.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn usage_plan_list(
        &mut self,
        api_key_id: Option<&ApiKeyId>,
        page: &Page,
    ) -> Result<Listed<UsagePlan>, StoreError> {
        let mut listed = self
            .list_bodies::<UsagePlan>(
                "usage plan",
                "select sequence, body from usage_plans
                 where ($1 = '' or usage_plan_id in
                     (select usage_plan_id from usage_plan_keys where api_key_id = $1))
                 and sequence > $2 order by sequence limit $3",
                &[api_key_id.map_or("", ApiKeyId::as_str)],
                page,
            )
            .await?;
        // The stages of all of them at once, rather than a query for each.
        let rows = sqlx::query(
            "select p.usage_plan_id, s.body from usage_plan_stages s
             join usage_plans p on p.usage_plan_id = s.usage_plan_id
             where p.sequence > $1 and p.sequence <= $2 order by s.sequence",
        )
        .bind(page.after.unwrap_or(0))
        .bind(listed.next.unwrap_or(i64::MAX))
        .fetch_all(&mut *self.transaction)
        .await?;
        let mut stages = BTreeMap::<String, Vec<ApiStage>>::new();
        for row in &rows {
            let stage = decode("stage of a usage plan", row.try_get::<&str, _>(1)?)?;
            stages.entry(row.try_get(0)?).or_default().push(stage);
        }
        for plan in &mut listed.items {
            plan.api_stages = stages.remove(plan.id.as_str()).unwrap_or_default();
        }
        Ok(listed)
    }

    /// A stage of a usage plan that one of the plan's keys may also reach by another plan.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn usage_plan_overlap(
        &mut self,
        usage_plan_id: &UsagePlanId,
    ) -> Result<Option<ApiStage>, StoreError> {
        self.fetch_body(
            "stage of a usage plan",
            "select s.body from usage_plan_stages s
             join usage_plan_stages other on other.api_id = s.api_id
                 and other.stage_name = s.stage_name and other.usage_plan_id <> s.usage_plan_id
             join usage_plan_keys k on k.usage_plan_id = s.usage_plan_id
             join usage_plan_keys same on same.usage_plan_id = other.usage_plan_id
                 and same.api_key_id = k.api_key_id
             where s.usage_plan_id = $1 limit 1",
            &[usage_plan_id.as_str()],
        )
        .await
    }

    async fn usage_plan_stages(
        &mut self,
        usage_plan_id: &UsagePlanId,
    ) -> Result<Vec<ApiStage>, StoreError> {
        let rows = sqlx::query(
            "select body from usage_plan_stages where usage_plan_id = $1 order by sequence",
        )
        .bind(usage_plan_id.as_str().to_owned())
        .fetch_all(&mut *self.transaction)
        .await?;
        rows.iter().map(|row| decode("stage of a usage plan", row.try_get::<&str, _>(0)?)).collect()
    }
}

impl WriteTransaction {
    /// Waits until no other transaction that called this is open: before a usage plan is read to be
    /// changed, or given a stage or a key.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn usage_plans_lock(&mut self) -> Result<(), StoreError> {
        self.execute("update usage_plan_writes set value = value + 1", &[]).await.map(drop)
    }

    /// Adds a usage plan.
    ///
    /// # Errors
    ///
    /// [`Constraint::Id`] when the id is taken, [`Constraint::UsagePlanStage`] when a stage does not
    /// exist.
    pub async fn usage_plan_insert(&mut self, plan: &UsagePlan) -> Result<(), StoreError> {
        let body = body_without_stages(plan)?;
        let violations = Violations { unique: Some(Constraint::Id), foreign_key: None };
        let sql = "insert into usage_plans (usage_plan_id, body) values ($1, $2)";
        self.execute_checked(sql, &[Some(plan.id.as_str()), Some(&body)], violations).await?;
        for stage in &plan.api_stages {
            self.usage_plan_stage_insert(&plan.id, stage).await?;
        }
        Ok(())
    }

    /// Replaces a usage plan; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::UsagePlanStage`] when a stage does not exist.
    pub async fn usage_plan_update(&mut self, plan: &UsagePlan) -> Result<bool, StoreError> {
        let body = body_without_stages(plan)?;
        let sql = "update usage_plans set body = $2 where usage_plan_id = $1";
        if self.execute(sql, &[Some(plan.id.as_str()), Some(&body)]).await? == 0 {
            return Ok(false);
        }
        let before = self.usage_plan_stages(&plan.id).await?;
        // New ones first: whoever deletes an API meanwhile holds its stages and then waits for our
        // rows of them, so nothing of ours may wait for a stage once we hold such rows.
        for stage in &plan.api_stages {
            if !before.iter().any(|old| old.is_same_stage(stage)) {
                self.usage_plan_stage_insert(&plan.id, stage).await?;
            }
        }
        for old in before {
            match plan.api_stages.iter().find(|stage| stage.is_same_stage(&old)) {
                None => {
                    let sql = "delete from usage_plan_stages
                         where usage_plan_id = $1 and api_id = $2 and stage_name = $3";
                    let arguments = [plan.id.as_str(), old.api_id.as_str(), old.stage.as_str()];
                    self.execute(sql, &arguments.map(Some)).await?;
                }
                Some(stage) if *stage != old => {
                    let sql = "update usage_plan_stages set body = $4
                         where usage_plan_id = $1 and api_id = $2 and stage_name = $3";
                    self.usage_plan_stage_write(sql, &plan.id, stage).await?;
                }
                Some(_) => {}
            }
        }
        Ok(true)
    }

    /// Deletes a usage plan with its stages and keys, which themselves stay; false when there is
    /// none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn usage_plan_delete(
        &mut self,
        usage_plan_id: &UsagePlanId,
    ) -> Result<bool, StoreError> {
        let sql = "delete from usage_plans where usage_plan_id = $1";
        Ok(self.execute(sql, &[Some(usage_plan_id.as_str())]).await? > 0)
    }

    async fn usage_plan_stage_insert(
        &mut self,
        usage_plan_id: &UsagePlanId,
        stage: &ApiStage,
    ) -> Result<(), StoreError> {
        let sql = "insert into usage_plan_stages (usage_plan_id, api_id, stage_name, body)
             values ($1, $2, $3, $4)";
        self.usage_plan_stage_write(sql, usage_plan_id, stage).await
    }

    async fn usage_plan_stage_write(
        &mut self,
        sql: &'static str,
        usage_plan_id: &UsagePlanId,
        stage: &ApiStage,
    ) -> Result<(), StoreError> {
        let body = encode("stage of a usage plan", stage)?;
        let arguments =
            [usage_plan_id.as_str(), stage.api_id.as_str(), stage.stage.as_str(), &body];
        let violations = Violations { unique: None, foreign_key: Some(Constraint::UsagePlanStage) };
        self.execute_checked(sql, &arguments.map(Some), violations).await.map(drop)
    }
}

fn body_without_stages(plan: &UsagePlan) -> Result<String, StoreError> {
    encode("usage plan", &UsagePlan { api_stages: Vec::new(), ..plan.clone() })
}
