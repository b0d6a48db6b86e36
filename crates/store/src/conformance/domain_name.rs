use super::samples::{api_mapping, domain_name, routing_rule, stage, stored_api};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(
    a_domain_name_is_kept_changed_and_deleted,
    domain_names_are_unique,
    mappings_and_rules_go_with_their_domain_name,
);

async fn a_domain_name_is_kept_changed_and_deleted(store: Store) {
    let mut write = store.write().await.expect("begins");
    write.domain_name_insert(&domain_name("x.example.com")).await.expect("ok");
    let mut changed = write.domain_name_lock("x.example.com").await.expect("ok").expect("there");
    changed.tags.insert("a".to_owned(), "b".to_owned());
    assert!(write.domain_name_update(&changed).await.expect("ok"));
    let fetched = write.domain_name_fetch("x.example.com").await.expect("ok");
    assert_eq!(fetched, Some(changed.clone()));
    assert_eq!(write.domain_name_list(&Page::first(9)).await.expect("ok").items, [changed]);
    assert!(write.domain_name_delete("x.example.com").await.expect("ok"));
    assert!(!write.domain_name_delete("x.example.com").await.expect("ok"));
    assert_eq!(write.domain_name_lock("x.example.com").await.expect("ok"), None);
}

async fn domain_names_are_unique(store: Store) {
    let mut write = store.write().await.expect("begins");
    write.domain_name_insert(&domain_name("x.example.com")).await.expect("ok");
    let taken = write.domain_name_insert(&domain_name("x.example.com")).await;
    assert!(matches!(taken, Err(StoreError::Conflict(Constraint::DomainName))), "{taken:?}");
}

async fn mappings_and_rules_go_with_their_domain_name(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    write.stage_insert(&api, &stage("dev", None)).await.expect("ok");
    write.domain_name_insert(&domain_name("x.example.com")).await.expect("ok");
    let mapping = api_mapping("m1", None, "a1", "dev");
    write.api_mapping_insert("x.example.com", &mapping).await.expect("ok");
    write.routing_rule_insert("x.example.com", &routing_rule("u1", 1)).await.expect("ok");
    assert!(write.domain_name_delete("x.example.com").await.expect("ok"));
    let page = Page::first(9);
    assert!(write.api_mapping_list("x.example.com", &page).await.expect("ok").items.is_empty());
    assert!(write.routing_rule_list("x.example.com", &page).await.expect("ok").items.is_empty());
    assert!(write.api_delete(&api).await.expect("free again"));
}
