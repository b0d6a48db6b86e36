use gatewright_types::DeploymentId;

use super::samples::{deployment, stage, stored_api};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(a_deployment_is_kept, one_in_use_stays, pruning_keeps_what_is_used_and_new);

async fn a_deployment_is_kept(store: Store) {
    let api = stored_api(&store, "a1").await;
    let id = DeploymentId::new("d1");
    let mut write = store.write().await.expect("begins");
    write.deployment_insert(&api, &deployment("d1", false), "{\"x\":1}").await.expect("ok");
    let mut described = deployment("d1", false);
    described.description = Some("first".to_owned());
    assert!(write.deployment_update(&api, &described).await.expect("ok"));
    assert_eq!(write.deployment_fetch(&api, &id).await.expect("ok"), Some(described));
    let content = write.deployment_content(&api, &id).await.expect("ok");
    assert_eq!(content.as_deref(), Some("{\"x\":1}"));
    assert!(write.deployment_delete(&api, &id).await.expect("ok"));
    assert_eq!(write.deployment_content(&api, &id).await.expect("ok"), None);
}

async fn one_in_use_stays(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    write.deployment_insert(&api, &deployment("d1", false), "{}").await.expect("ok");
    write.stage_insert(&api, &stage("dev", Some("d1"))).await.expect("ok");
    let error = write.deployment_delete(&api, &DeploymentId::new("d1")).await.expect_err("in use");
    assert!(matches!(error, StoreError::Conflict(Constraint::DeploymentInUse)), "{error:?}");
}

async fn pruning_keeps_what_is_used_and_new(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    write.deployment_insert(&api, &deployment("manual", false), "{}").await.expect("ok");
    for id in ["d1", "d2", "d3", "d4", "d5"] {
        write.deployment_insert(&api, &deployment(id, true), "{}").await.expect("ok");
    }
    write.stage_insert(&api, &stage("old", Some("d1"))).await.expect("ok");
    assert_eq!(write.deployments_prune(&api, 2).await.expect("ok"), 2);
    let left = write.deployment_list(&api, &Page::first(9)).await.expect("ok").items;
    let left = left.iter().map(|kept| kept.deployment_id.as_str()).collect::<Vec<_>>();
    assert_eq!(left, ["manual", "d1", "d4", "d5"]);
}
