//! Resource RoutingRule (spec/management-api.md section 2.13).

mod members;

use gatewright_store::{Constraint, StoreError, WriteTransaction};
use gatewright_types::{DomainName, PutRoutingRule, RoutingRule, RoutingRuleId};
use serde::Serialize;

use super::api_mapping::{unknown_api, unknown_stage};
use super::domain_name::{self, unknown_domain_name};
use crate::call::{Answer, Call, answer};
use crate::error::OperationError;
use crate::pagination;
use crate::validation::invalid;

/// `CreateRoutingRule`.
pub(crate) async fn create_routing_rule(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: PutRoutingRule = call.body()?;
    let rule = members::checked(RoutingRuleId::generate(&*call.plane.ids), request)?;
    let (mut write, domain_name) = lock(call).await?;
    check_targets(call, &mut write, &rule).await?;
    let inserted = write.routing_rule_insert(&domain_name.domain_name, &rule).await;
    inserted.map_err(|error| conflict(error, &rule))?;
    write.commit().await?;
    answer(&shown(call, rule))
}

/// `DeleteRoutingRule`.
pub(crate) async fn delete_routing_rule(call: &Call<'_>) -> Result<Answer, OperationError> {
    let (mut write, domain_name) = lock(call).await?;
    if !write.routing_rule_delete(&domain_name.domain_name, &call.routing_rule_id()).await? {
        return Err(unknown_routing_rule(call));
    }
    write.commit().await?;
    Ok(None)
}

/// `GetRoutingRule`.
pub(crate) async fn get_routing_rule(call: &Call<'_>) -> Result<Answer, OperationError> {
    refuse_private(call)?;
    let mut read = call.plane.store.read().await?;
    let domain_name = call.domain_name();
    match read.routing_rule_fetch(&domain_name, &call.routing_rule_id()).await? {
        Some(rule) => answer(&shown(call, rule)),
        None if read.domain_name_fetch(&domain_name).await?.is_none() => Err(unknown_domain_name()),
        None => Err(unknown_routing_rule(call)),
    }
}

/// `ListRoutingRules`, the one list that names its items otherwise.
pub(crate) async fn list_routing_rules(call: &Call<'_>) -> Result<Answer, OperationError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct RoutingRules {
        routing_rules: Vec<RoutingRule>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next_token: Option<String>,
    }
    refuse_private(call)?;
    let page = pagination::page_of_routing_rules(call)?;
    let mut read = call.plane.store.read().await?;
    let domain_name = call.domain_name();
    if read.domain_name_fetch(&domain_name).await?.is_none() {
        return Err(unknown_domain_name());
    }
    let listed = read.routing_rule_list(&domain_name, &page).await?;
    let next_token = pagination::next_token(call, &listed);
    let routing_rules = listed.items.into_iter().map(|rule| shown(call, rule)).collect();
    answer(&RoutingRules { routing_rules, next_token })
}

/// `PutRoutingRule`: replaces a rule that exists.
pub(crate) async fn put_routing_rule(call: &Call<'_>) -> Result<Answer, OperationError> {
    let request: PutRoutingRule = call.body()?;
    let rule = members::checked(call.routing_rule_id(), request)?;
    let (mut write, domain_name) = lock(call).await?;
    check_targets(call, &mut write, &rule).await?;
    let updated = write.routing_rule_update(&domain_name.domain_name, &rule).await;
    if !updated.map_err(|error| conflict(error, &rule))? {
        return Err(unknown_routing_rule(call));
    }
    write.commit().await?;
    answer(&shown(call, rule))
}

/// Begins to change a domain name's rules.
async fn lock(call: &Call<'_>) -> Result<(WriteTransaction, DomainName), OperationError> {
    refuse_private(call)?;
    domain_name::lock(call).await
}

/// `domainNameId` tells private domain names of one name apart.
fn refuse_private(call: &Call<'_>) -> Result<(), OperationError> {
    match call.query("domainNameId")? {
        None => Ok(()),
        Some(_) => Err(invalid("domainNameId", "there are no private domain names")),
    }
}

async fn check_targets(
    call: &Call<'_>,
    write: &mut WriteTransaction,
    rule: &RoutingRule,
) -> Result<(), OperationError> {
    for action in &rule.actions {
        let target = &action.invoke_api;
        if write.api_fetch(&target.api_id).await?.is_none() {
            return Err(unknown_api(call, &target.api_id));
        }
        if write.stage_fetch(&target.api_id, &target.stage).await?.is_none() {
            return Err(unknown_stage());
        }
    }
    Ok(())
}

/// The ARN of a rule, alone among V2's, has the account in it.
fn shown(call: &Call<'_>, mut rule: RoutingRule) -> RoutingRule {
    let account = &call.plane.settings.account;
    rule.routing_rule_arn = Some(format!(
        "arn:aws:apigateway:{}:{}:/domainnames/{}/routingrules/{}",
        account.region,
        account.id,
        call.domain_name(),
        rule.routing_rule_id
    ));
    rule
}

fn conflict(error: StoreError, rule: &RoutingRule) -> OperationError {
    match error {
        StoreError::Conflict(Constraint::RoutingRulePriority) => OperationError::Conflict(format!(
            "A routing rule with priority {} already exists for this domain name",
            rule.priority
        )),
        other => other.into(),
    }
}

fn unknown_routing_rule(call: &Call<'_>) -> OperationError {
    OperationError::not_found(format!(
        "Invalid RoutingRule identifier specified {}",
        call.parameter("routingRuleId")
    ))
}
