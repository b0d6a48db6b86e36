use std::collections::BTreeSet;

use gatewright_types::{ApiId, StageName};

use super::samples::{
    access_key, api_mapping, deployment, domain_name, routing_rule, stage, stored_api,
};
use crate::{ChangeKey, StageRow, Store};

super::on_both!(
    a_commit_that_matters_takes_a_revision,
    deltas_and_the_whole,
    deleting_leaves_a_tombstone_for_those_who_knew,
    revisions_become_visible_in_order,
    access_keys_are_heard_of_while_they_may_be_used,
    forgotten_decisions_are_counted,
    a_domain_name_is_heard_of_with_all_below_it,
);

fn key(api: &ApiId, name: &str) -> ChangeKey {
    ChangeKey::Stage { api_id: api.clone(), stage_name: StageName::new(name) }
}

/// Adds a stage and says so.
async fn recorded_stage(store: &Store, api: &ApiId, name: &str) -> u64 {
    let mut write = store.write().await.expect("begins");
    write.stage_insert(api, &stage(name, None)).await.expect("ok");
    write.record(key(api, name));
    write.commit().await.expect("commits").expect("a revision")
}

async fn a_commit_that_matters_takes_a_revision(store: Store) {
    let mut watch = store.watch();
    let api = stored_api(&store, "a1").await;
    assert_eq!(store.read().await.expect("reads").revision().await.expect("ok"), 0);
    assert_eq!(recorded_stage(&store, &api, "dev").await, 1);
    assert_eq!(*watch.wait_for(|revision| *revision >= 1).await.expect("open"), 1);

    let mut write = store.write().await.expect("begins");
    write.record(key(&api, "dev"));
    drop(write);
    assert_eq!(store.read().await.expect("reads").revision().await.expect("ok"), 1);
}

async fn deltas_and_the_whole(store: Store) {
    let api = stored_api(&store, "a1").await;
    recorded_stage(&store, &api, "dev").await;
    recorded_stage(&store, &api, "prod").await;
    let mut write = store.write().await.expect("begins");
    write.deployment_insert(&api, &deployment("d1", true), "content").await.expect("ok");
    write.stage_update(&api, &stage("dev", Some("d1"))).await.expect("ok");
    write.record(key(&api, "dev"));
    write.commit().await.expect("commits");

    let mut read = store.read().await.expect("reads");
    let whole = read.changes_after(0).await.expect("ok");
    assert_eq!((whole.revision, whole.complete), (3, true));
    let names = whole.stages.iter().map(|change| (change.stage_name.as_str(), change.revision));
    assert_eq!(names.collect::<Vec<_>>(), [("prod", 2), ("dev", 3)]);

    let delta = read.changes_after(2).await.expect("ok");
    assert_eq!((delta.revision, delta.complete, delta.stages.len()), (3, false, 1));
    assert_eq!(delta.source, whole.source);
    assert_eq!(
        delta.stages[0].current,
        Some(StageRow {
            stage: stage("dev", Some("d1")),
            authorizers_cache_epoch: 0,
            deployment_content: Some("content".to_owned())
        })
    );
    assert!(read.changes_after(3).await.expect("ok").stages.is_empty());
    // A reader of the future has seen another history.
    assert!(read.changes_after(4).await.expect("ok").complete);
}

async fn deleting_leaves_a_tombstone_for_those_who_knew(store: Store) {
    let api = stored_api(&store, "a1").await;
    let seen = recorded_stage(&store, &api, "dev").await;
    let mut write = store.write().await.expect("begins");
    write.api_delete(&api).await.expect("ok");
    write.record(key(&api, "dev"));
    write.commit().await.expect("commits");
    let mut read = store.read().await.expect("reads");
    let delta = read.changes_after(seen).await.expect("ok");
    assert_eq!(delta.stages.len(), 1);
    assert_eq!(delta.stages[0].current, None);
    assert!(read.changes_after(0).await.expect("ok").stages.is_empty());
}

async fn access_keys_are_heard_of_while_they_may_be_used(store: Store) {
    let key = access_key("AKIA1");
    let mut write = store.write().await.expect("begins");
    write.access_key_insert(&key).await.expect("ok");
    write.access_key_insert(&access_key("AKIA2")).await.expect("ok");
    assert_eq!(write.commit().await.expect("commits"), Some(1));
    let heard = async |after| {
        let changes = store.read().await.expect("reads").changes_after(after).await.expect("ok");
        let keys = changes.access_keys.into_iter();
        keys.map(|change| (change.access_key_id, change.current)).collect::<Vec<_>>()
    };
    assert_eq!(heard(0).await[0], ("AKIA1".to_owned(), Some(key.clone())));
    assert_eq!(heard(1).await, []);

    let mut write = store.write().await.expect("begins");
    write.access_key_set_active("AKIA1", false).await.expect("ok");
    write.commit().await.expect("commits");
    assert_eq!(heard(1).await, [("AKIA1".to_owned(), None)]);
    assert_eq!(heard(0).await.len(), 1);

    let mut write = store.write().await.expect("begins");
    write.access_key_set_active("AKIA1", true).await.expect("ok");
    write.commit().await.expect("commits");
    assert_eq!(heard(2).await, [("AKIA1".to_owned(), Some(key))]);
}

async fn forgotten_decisions_are_counted(store: Store) {
    let api = stored_api(&store, "a1").await;
    let seen = recorded_stage(&store, &api, "dev").await;
    let mut write = store.write().await.expect("begins");
    write.stage_forget_authorizations(&api, &StageName::new("dev")).await.expect("ok");
    write.record(key(&api, "dev"));
    write.commit().await.expect("commits");
    let mut write = store.write().await.expect("begins");
    // Nothing else touches it.
    write.stage_update(&api, &stage("dev", None)).await.expect("ok");
    write.commit().await.expect("commits");
    let changes = store.read().await.expect("reads").changes_after(seen).await.expect("ok");
    let row = changes.stages[0].current.as_ref().expect("there");
    assert_eq!(row.authorizers_cache_epoch, 1);
}

async fn a_domain_name_is_heard_of_with_all_below_it(store: Store) {
    let api = stored_api(&store, "a1").await;
    let name = "x.example.com";
    let mut write = store.write().await.expect("begins");
    write.stage_insert(&api, &stage("dev", None)).await.expect("ok");
    write.domain_name_insert(&domain_name(name)).await.expect("ok");
    assert_eq!(write.commit().await.expect("commits"), Some(1));
    let heard = async |after| {
        let changes = store.read().await.expect("reads").changes_after(after).await.expect("ok");
        changes.domain_names
    };
    assert_eq!(heard(0).await.len(), 1);

    let mut write = store.write().await.expect("begins");
    write.domain_name_lock(name).await.expect("ok").expect("there");
    let mapping = api_mapping("m1", Some("v1"), "a1", "dev");
    write.api_mapping_insert(name, &mapping).await.expect("ok");
    write.routing_rule_insert(name, &routing_rule("u1", 1)).await.expect("ok");
    write.commit().await.expect("commits");
    let changes = heard(1).await;
    let row = changes[0].current.as_ref().expect("there");
    assert_eq!(row.domain_name, domain_name(name));
    assert_eq!((&*row.api_mappings, row.routing_rules.len()), (&[mapping][..], 1));

    let mut write = store.write().await.expect("begins");
    write.domain_name_lock(name).await.expect("ok").expect("there");
    write.domain_name_delete(name).await.expect("ok");
    write.commit().await.expect("commits");
    assert_eq!(heard(2).await[0].current, None);
    assert_eq!(heard(0).await, []);
}

/// Whoever has seen revision N never later finds something new at or below N.
async fn revisions_become_visible_in_order(store: Store) {
    let mut writers = Vec::new();
    for number in 0..8 {
        let api = stored_api(&store, &format!("a{number}")).await;
        let store = store.clone();
        writers.push(tokio::spawn(async move {
            for step in 0..10 {
                recorded_stage(&store, &api, &format!("s{step}")).await;
            }
        }));
    }
    let mut seen = BTreeSet::new();
    let mut upto = 0;
    let mut watch = store.watch();
    while upto < 80 {
        watch.wait_for(|revision| *revision > upto).await.expect("open");
        let changes = store.read().await.expect("reads").changes_after(upto).await.expect("ok");
        for change in changes.stages {
            assert!(change.revision > upto && change.revision <= changes.revision);
            seen.insert((change.api_id, change.stage_name));
        }
        upto = changes.revision;
    }
    for writer in writers {
        writer.await.expect("no writer failed");
    }
    assert_eq!(seen.len(), 80);
}
