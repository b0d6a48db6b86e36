use gatewright_types::{IntegrationId, IntegrationResponseId};

use super::samples::{integration, integration_response, stored_api};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(
    a_response_is_kept_changed_and_deleted,
    keys_are_unique_in_their_integration,
    responses_go_with_their_integration,
);

async fn a_response_is_kept_changed_and_deleted(store: Store) {
    let api = stored_api(&store, "a1").await;
    let (parent, id) = (IntegrationId::new("p1"), IntegrationResponseId::new("x1"));
    let mut write = store.write().await.expect("begins");
    write.integration_insert(&api, &integration("p1")).await.expect("ok");
    write
        .integration_response_insert(&api, &parent, &integration_response("x1", "$default"))
        .await
        .expect("ok");
    let changed = integration_response("x1", "/2../");
    assert!(write.integration_response_update(&api, &parent, &changed).await.expect("ok"));
    let fetched = write.integration_response_fetch(&api, &parent, &id).await.expect("ok");
    assert_eq!(fetched, Some(changed.clone()));
    let listed = write.integration_response_list(&api, &parent, &Page::first(9)).await.expect("ok");
    assert_eq!(listed.items, std::slice::from_ref(&changed));
    let all = write.integration_response_list_all(&api).await.expect("ok");
    assert_eq!(all, [(parent.clone(), changed)]);
    assert!(write.integration_response_delete(&api, &parent, &id).await.expect("ok"));
    assert!(!write.integration_response_delete(&api, &parent, &id).await.expect("ok"));
}

async fn keys_are_unique_in_their_integration(store: Store) {
    let api = stored_api(&store, "a1").await;
    let parent = IntegrationId::new("p1");
    let mut write = store.write().await.expect("begins");
    write.integration_insert(&api, &integration("p1")).await.expect("ok");
    write
        .integration_response_insert(&api, &parent, &integration_response("x1", "$default"))
        .await
        .expect("ok");
    let taken = write
        .integration_response_insert(&api, &parent, &integration_response("x2", "$default"))
        .await;
    assert!(
        matches!(taken, Err(StoreError::Conflict(Constraint::IntegrationResponseKey))),
        "{taken:?}"
    );
}

async fn responses_go_with_their_integration(store: Store) {
    let api = stored_api(&store, "a1").await;
    let parent = IntegrationId::new("p1");
    let mut write = store.write().await.expect("begins");
    write.integration_insert(&api, &integration("p1")).await.expect("ok");
    write
        .integration_response_insert(&api, &parent, &integration_response("x1", "$default"))
        .await
        .expect("ok");
    assert!(write.integration_delete(&api, &parent).await.expect("ok"));
    assert!(write.integration_response_list_all(&api).await.expect("ok").is_empty());
}
