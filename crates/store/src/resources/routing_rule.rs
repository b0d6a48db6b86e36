//! Table `routing_rules`.

use gatewright_types::{RoutingRule, RoutingRuleId};

use crate::error::{Constraint, Violations};
use crate::session::encode;
use crate::{Listed, Page, Session, StoreError, WriteTransaction};

impl Session {
    /// A routing rule.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn routing_rule_fetch(
        &mut self,
        domain_name: &str,
        routing_rule_id: &RoutingRuleId,
    ) -> Result<Option<RoutingRule>, StoreError> {
        self.fetch_body(
            "routing rule",
            "select body from routing_rules where domain_name = $1 and routing_rule_id = $2",
            &[domain_name, routing_rule_id.as_str()],
        )
        .await
    }

    /// A part of a domain name's routing rules.
    ///
    /// # Errors
    ///
    /// As of every read.
    pub async fn routing_rule_list(
        &mut self,
        domain_name: &str,
        page: &Page,
    ) -> Result<Listed<RoutingRule>, StoreError> {
        self.list_bodies(
            "routing rule",
            "select sequence, body from routing_rules
             where domain_name = $1 and sequence > $2 order by sequence limit $3",
            &[domain_name],
            page,
        )
        .await
    }
}

impl WriteTransaction {
    /// Adds a routing rule.
    ///
    /// # Errors
    ///
    /// [`Constraint::RoutingRulePriority`].
    pub async fn routing_rule_insert(
        &mut self,
        domain_name: &str,
        rule: &RoutingRule,
    ) -> Result<(), StoreError> {
        let sql = "insert into routing_rules (domain_name, routing_rule_id, priority, body)
             values ($1, $2, $3, $4)";
        self.routing_rule_write(sql, domain_name, rule).await.map(drop)
    }

    /// Replaces a routing rule; false when there is none.
    ///
    /// # Errors
    ///
    /// [`Constraint::RoutingRulePriority`].
    pub async fn routing_rule_update(
        &mut self,
        domain_name: &str,
        rule: &RoutingRule,
    ) -> Result<bool, StoreError> {
        let sql = "update routing_rules set priority = $3, body = $4
             where domain_name = $1 and routing_rule_id = $2";
        self.routing_rule_write(sql, domain_name, rule).await
    }

    async fn routing_rule_write(
        &mut self,
        sql: &'static str,
        domain_name: &str,
        rule: &RoutingRule,
    ) -> Result<bool, StoreError> {
        let body = encode("routing rule", rule)?;
        let violations =
            Violations { unique: Some(Constraint::RoutingRulePriority), foreign_key: None };
        let done = sqlx::query(sql)
            .bind(domain_name.to_owned())
            .bind(rule.routing_rule_id.as_str().to_owned())
            .bind(i64::from(rule.priority))
            .bind(body)
            .execute(&mut *self.transaction)
            .await
            .map_err(|error| violations.map(error))?;
        Ok(done.rows_affected() > 0)
    }

    /// Deletes a routing rule; false when there is none.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn routing_rule_delete(
        &mut self,
        domain_name: &str,
        routing_rule_id: &RoutingRuleId,
    ) -> Result<bool, StoreError> {
        let sql = "delete from routing_rules where domain_name = $1 and routing_rule_id = $2";
        Ok(self.execute(sql, &[Some(domain_name), Some(routing_rule_id.as_str())]).await? > 0)
    }
}
