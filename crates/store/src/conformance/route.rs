use gatewright_types::RouteId;

use super::samples::{integration, route, stored_api};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(
    a_route_is_kept_changed_and_deleted,
    keys_are_unique_in_their_api,
    targets_must_exist
);

async fn a_route_is_kept_changed_and_deleted(store: Store) {
    let api = stored_api(&store, "a1").await;
    let id = RouteId::new("r1");
    let mut write = store.write().await.expect("begins");
    write.integration_insert(&api, &integration("i1")).await.expect("ok");
    write.route_insert(&api, &route("r1", "GET /", None)).await.expect("ok");
    let changed = route("r1", "GET /pets", Some("i1"));
    assert!(write.route_update(&api, &changed).await.expect("ok"));
    assert_eq!(write.route_fetch(&api, &id).await.expect("ok"), Some(changed.clone()));
    assert_eq!(write.route_list(&api, &Page::first(9)).await.expect("ok").items, [changed]);
    assert!(write.route_delete(&api, &id).await.expect("ok"));
    assert!(!write.route_delete(&api, &id).await.expect("ok"));
}

async fn keys_are_unique_in_their_api(store: Store) {
    let api = stored_api(&store, "a1").await;
    let other = stored_api(&store, "a2").await;
    let mut write = store.write().await.expect("begins");
    write.route_insert(&api, &route("r1", "GET /", None)).await.expect("ok");
    write.route_insert(&other, &route("r2", "GET /", None)).await.expect("ok");
    let error = write.route_insert(&api, &route("r3", "GET /", None)).await.expect_err("taken");
    assert!(matches!(error, StoreError::Conflict(Constraint::RouteKey)), "{error:?}");
}

async fn targets_must_exist(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    let refused = write.route_insert(&api, &route("r1", "GET /", Some("zz"))).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Constraint::RouteTarget))), "{refused:?}");
}
