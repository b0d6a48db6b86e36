use gatewright_types::IntegrationId;

use super::samples::{integration, route, stored_api};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(an_integration_is_kept_changed_and_deleted, one_in_use_stays);

async fn an_integration_is_kept_changed_and_deleted(store: Store) {
    let api = stored_api(&store, "a1").await;
    let id = IntegrationId::new("i1");
    let mut write = store.write().await.expect("begins");
    write.integration_insert(&api, &integration("i1")).await.expect("ok");
    write.integration_insert(&api, &integration("i2")).await.expect("ok");
    let mut changed = integration("i1");
    changed.timeout_in_millis = 50;
    assert!(write.integration_update(&api, &changed).await.expect("ok"));
    assert_eq!(write.integration_fetch(&api, &id).await.expect("ok"), Some(changed.clone()));
    let listed = write.integration_list(&api, &Page::first(9)).await.expect("ok");
    assert_eq!(listed.items, [changed, integration("i2")]);
    assert!(write.integration_delete(&api, &id).await.expect("ok"));
    assert!(!write.integration_delete(&api, &id).await.expect("ok"));
    assert_eq!(write.integration_fetch(&api, &id).await.expect("ok"), None);
}

async fn one_in_use_stays(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    write.integration_insert(&api, &integration("i1")).await.expect("ok");
    write.route_insert(&api, &route("r1", "GET /", Some("i1"))).await.expect("ok");
    let error =
        write.integration_delete(&api, &IntegrationId::new("i1")).await.expect_err("in use");
    assert!(matches!(error, StoreError::Conflict(Constraint::IntegrationInUse)), "{error:?}");
}
