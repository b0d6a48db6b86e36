use gatewright_types::AuthorizerId;

use super::samples::{authorizer, route, stored_api};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(
    an_authorizer_is_kept_changed_and_deleted,
    names_are_unique_in_their_api,
    one_in_use_stays
);

async fn an_authorizer_is_kept_changed_and_deleted(store: Store) {
    let api = stored_api(&store, "a1").await;
    let id = AuthorizerId::new("z1");
    let mut write = store.write().await.expect("begins");
    write.authorizer_insert(&api, &authorizer("z1", "one")).await.expect("ok");
    let changed = authorizer("z1", "two");
    assert!(write.authorizer_update(&api, &changed).await.expect("ok"));
    assert!(!write.authorizer_update(&api, &authorizer("zz", "three")).await.expect("ok"));
    assert_eq!(write.authorizer_fetch(&api, &id).await.expect("ok"), Some(changed.clone()));
    let listed = write.authorizer_list(&api, &Page::first(9)).await.expect("ok");
    assert_eq!(listed.items, std::slice::from_ref(&changed));
    assert_eq!(write.authorizer_list_all(&api).await.expect("ok"), [changed]);
    assert_eq!(write.authorizer_count(&api).await.expect("ok"), 1);
    assert!(write.authorizer_delete(&api, &id).await.expect("ok"));
    assert!(!write.authorizer_delete(&api, &id).await.expect("ok"));
    assert_eq!(write.authorizer_fetch(&api, &id).await.expect("ok"), None);
}

async fn names_are_unique_in_their_api(store: Store) {
    let api = stored_api(&store, "a1").await;
    let other = stored_api(&store, "a2").await;
    let mut write = store.write().await.expect("begins");
    write.authorizer_insert(&api, &authorizer("z1", "one")).await.expect("ok");
    write.authorizer_insert(&other, &authorizer("z2", "one")).await.expect("ok");
    let taken = write.authorizer_insert(&api, &authorizer("z3", "one")).await;
    assert!(matches!(taken, Err(StoreError::Conflict(Constraint::AuthorizerName))), "{taken:?}");
}

async fn one_in_use_stays(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    write.authorizer_insert(&api, &authorizer("z1", "one")).await.expect("ok");
    let mut used = route("r1", "GET /", None);
    used.authorizer_id = Some(AuthorizerId::new("z1"));
    write.route_insert(&api, &used).await.expect("ok");
    let in_use = write.authorizer_delete(&api, &AuthorizerId::new("z1")).await;
    assert!(matches!(in_use, Err(StoreError::Conflict(Constraint::AuthorizerInUse))), "{in_use:?}");
    drop(write);

    // Whoever deletes the API deletes both.
    let mut write = store.write().await.expect("begins");
    write.authorizer_insert(&api, &authorizer("z1", "one")).await.expect("ok");
    write.route_insert(&api, &used).await.expect("ok");
    assert!(write.api_delete(&api).await.expect("deletes"));
    assert!(write.authorizer_list_all(&api).await.expect("ok").is_empty());
}
