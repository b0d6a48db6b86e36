use gatewright_types::ModelId;

use super::samples::{model, stored_api};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(a_model_is_kept_changed_and_deleted, names_are_unique_in_their_api);

async fn a_model_is_kept_changed_and_deleted(store: Store) {
    let api = stored_api(&store, "a1").await;
    let id = ModelId::new("m1");
    let mut write = store.write().await.expect("begins");
    write.model_insert(&api, &model("m1", "one")).await.expect("ok");
    let changed = model("m1", "two");
    assert!(write.model_update(&api, &changed).await.expect("ok"));
    assert_eq!(write.model_fetch(&api, &id).await.expect("ok"), Some(changed.clone()));
    let listed = write.model_list(&api, &Page::first(9)).await.expect("ok");
    assert_eq!(listed.items, std::slice::from_ref(&changed));
    assert_eq!(write.model_list_all(&api).await.expect("ok"), [changed]);
    assert_eq!(write.model_count(&api).await.expect("ok"), 1);
    assert!(write.model_delete(&api, &id).await.expect("ok"));
    assert!(!write.model_delete(&api, &id).await.expect("ok"));
}

async fn names_are_unique_in_their_api(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    write.model_insert(&api, &model("m1", "one")).await.expect("ok");
    let taken = write.model_insert(&api, &model("m2", "one")).await;
    assert!(matches!(taken, Err(StoreError::Conflict(Constraint::ModelName))), "{taken:?}");
}
