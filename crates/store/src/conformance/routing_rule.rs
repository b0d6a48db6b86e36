use gatewright_types::RoutingRuleId;

use super::samples::{domain_name, routing_rule};
use crate::{Constraint, Page, Store, StoreError, WriteTransaction};

super::on_both!(a_rule_is_kept_changed_and_deleted, priorities_are_unique_on_their_domain_name);

const DOMAIN: &str = "x.example.com";

async fn begin(store: &Store) -> WriteTransaction {
    let mut write = store.write().await.expect("begins");
    write.domain_name_insert(&domain_name(DOMAIN)).await.expect("ok");
    write
}

async fn a_rule_is_kept_changed_and_deleted(store: Store) {
    let id = RoutingRuleId::new("u1");
    let mut write = begin(&store).await;
    write.routing_rule_insert(DOMAIN, &routing_rule("u1", 10)).await.expect("ok");
    let changed = routing_rule("u1", 20);
    assert!(write.routing_rule_update(DOMAIN, &changed).await.expect("ok"));
    assert!(!write.routing_rule_update(DOMAIN, &routing_rule("zz", 30)).await.expect("ok"));
    assert_eq!(write.routing_rule_fetch(DOMAIN, &id).await.expect("ok"), Some(changed.clone()));
    let listed = write.routing_rule_list(DOMAIN, &Page::first(9)).await.expect("ok");
    assert_eq!(listed.items, [changed]);
    assert!(write.routing_rule_delete(DOMAIN, &id).await.expect("ok"));
    assert!(!write.routing_rule_delete(DOMAIN, &id).await.expect("ok"));
}

async fn priorities_are_unique_on_their_domain_name(store: Store) {
    let mut write = begin(&store).await;
    write.routing_rule_insert(DOMAIN, &routing_rule("u1", 10)).await.expect("ok");
    let taken = write.routing_rule_insert(DOMAIN, &routing_rule("u2", 10)).await;
    assert!(
        matches!(taken, Err(StoreError::Conflict(Constraint::RoutingRulePriority))),
        "{taken:?}"
    );
}
