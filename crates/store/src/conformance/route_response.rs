use gatewright_types::{RouteId, RouteResponseId};

use super::samples::{route, route_response, stored_api};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(
    a_response_is_kept_changed_and_deleted,
    keys_are_unique_in_their_route,
    responses_go_with_their_route,
);

async fn a_response_is_kept_changed_and_deleted(store: Store) {
    let api = stored_api(&store, "a1").await;
    let (parent, id) = (RouteId::new("p1"), RouteResponseId::new("x1"));
    let mut write = store.write().await.expect("begins");
    write.route_insert(&api, &route("p1", "GET /", None)).await.expect("ok");
    write
        .route_response_insert(&api, &parent, &route_response("x1", "$default"))
        .await
        .expect("ok");
    let changed = route_response("x1", "/2../");
    assert!(write.route_response_update(&api, &parent, &changed).await.expect("ok"));
    let fetched = write.route_response_fetch(&api, &parent, &id).await.expect("ok");
    assert_eq!(fetched, Some(changed.clone()));
    let listed = write.route_response_list(&api, &parent, &Page::first(9)).await.expect("ok");
    assert_eq!(listed.items, std::slice::from_ref(&changed));
    let all = write.route_response_list_all(&api).await.expect("ok");
    assert_eq!(all, [(parent.clone(), changed)]);
    assert!(write.route_response_delete(&api, &parent, &id).await.expect("ok"));
    assert!(!write.route_response_delete(&api, &parent, &id).await.expect("ok"));
}

async fn keys_are_unique_in_their_route(store: Store) {
    let api = stored_api(&store, "a1").await;
    let parent = RouteId::new("p1");
    let mut write = store.write().await.expect("begins");
    write.route_insert(&api, &route("p1", "GET /", None)).await.expect("ok");
    write
        .route_response_insert(&api, &parent, &route_response("x1", "$default"))
        .await
        .expect("ok");
    let taken = write.route_response_insert(&api, &parent, &route_response("x2", "$default")).await;
    assert!(matches!(taken, Err(StoreError::Conflict(Constraint::RouteResponseKey))), "{taken:?}");
}

async fn responses_go_with_their_route(store: Store) {
    let api = stored_api(&store, "a1").await;
    let parent = RouteId::new("p1");
    let mut write = store.write().await.expect("begins");
    write.route_insert(&api, &route("p1", "GET /", None)).await.expect("ok");
    write
        .route_response_insert(&api, &parent, &route_response("x1", "$default"))
        .await
        .expect("ok");
    assert!(write.route_delete(&api, &parent).await.expect("ok"));
    assert!(write.route_response_list_all(&api).await.expect("ok").is_empty());
}
