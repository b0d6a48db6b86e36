use gatewright_types::StageName;

use super::samples::{deployment, stage, stored_api};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(
    a_stage_is_kept_changed_and_deleted,
    names_are_unique_in_their_api,
    deployments_must_exist
);

async fn a_stage_is_kept_changed_and_deleted(store: Store) {
    let api = stored_api(&store, "a1").await;
    let name = StageName::new("dev");
    let mut write = store.write().await.expect("begins");
    write.deployment_insert(&api, &deployment("d1", false), "{}").await.expect("ok");
    write.stage_insert(&api, &stage("dev", None)).await.expect("ok");
    assert!(write.stage_update(&api, &stage("dev", Some("d1"))).await.expect("ok"));
    let stored = write.stage_fetch(&api, &name).await.expect("ok");
    assert_eq!(stored, Some(stage("dev", Some("d1"))));
    assert_eq!(write.stage_list(&api, &Page::first(9)).await.expect("ok").items.len(), 1);
    assert!(write.stage_delete(&api, &name).await.expect("ok"));
    assert!(!write.stage_delete(&api, &name).await.expect("ok"));
}

async fn names_are_unique_in_their_api(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    write.stage_insert(&api, &stage("dev", None)).await.expect("ok");
    let error = write.stage_insert(&api, &stage("dev", None)).await.expect_err("taken");
    assert!(matches!(error, StoreError::Conflict(Constraint::StageName)), "{error:?}");
}

async fn deployments_must_exist(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    let refused = write.stage_insert(&api, &stage("dev", Some("zz"))).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict(Constraint::StageDeployment))),
        "{refused:?}"
    );
}
