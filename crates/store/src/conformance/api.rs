use gatewright_types::ApiId;

use super::samples::{api, deployment, integration, route, stage, stored_api};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(
    an_api_is_kept_changed_and_deleted,
    ids_are_unique,
    lists_come_in_parts,
    deleting_cascades,
    dropping_a_transaction_rolls_back,
    ten_writers_of_one_api_lose_nothing,
);

async fn an_api_is_kept_changed_and_deleted(store: Store) {
    let id = stored_api(&store, "a1").await;
    assert_eq!(
        store.read().await.expect("reads").api_fetch(&id).await.expect("ok"),
        Some(api("a1"))
    );

    let mut changed = api("a1");
    changed.name = "émile".to_owned();
    let mut write = store.write().await.expect("begins");
    assert!(write.api_update(&changed).await.expect("ok"));
    assert!(!write.api_update(&api("zz")).await.expect("ok"));
    write.commit().await.expect("commits");
    assert_eq!(store.read().await.expect("reads").api_fetch(&id).await.expect("ok"), Some(changed));

    let mut write = store.write().await.expect("begins");
    assert!(write.api_delete(&id).await.expect("ok"));
    assert!(!write.api_delete(&id).await.expect("ok"));
    write.commit().await.expect("commits");
    assert_eq!(store.read().await.expect("reads").api_fetch(&id).await.expect("ok"), None);
}

async fn ids_are_unique(store: Store) {
    stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    let error = write.api_insert(&api("a1")).await.expect_err("taken");
    assert!(matches!(error, StoreError::Conflict(Constraint::Id)), "{error:?}");
}

async fn lists_come_in_parts(store: Store) {
    for id in ["a1", "a2", "a3", "a4", "a5"] {
        stored_api(&store, id).await;
    }
    let mut seen = Vec::new();
    let mut page = Page::first(2);
    let mut parts = 0;
    loop {
        let listed = store.read().await.expect("reads").api_list(&page).await.expect("ok");
        seen.extend(listed.items.into_iter().map(|api| api.api_id.to_string()));
        parts += 1;
        // What goes away between two parts shifts nothing.
        let mut write = store.write().await.expect("begins");
        write.api_delete(&ApiId::new("a1")).await.expect("ok");
        write.commit().await.expect("commits");
        match listed.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    assert_eq!((seen.join(" ").as_str(), parts), ("a1 a2 a3 a4 a5", 3));
    let exact = store.read().await.expect("reads").api_list(&Page::first(4)).await.expect("ok");
    assert_eq!((exact.items.len(), exact.next), (4, None));
}

async fn deleting_cascades(store: Store) {
    let id = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    write.integration_insert(&id, &integration("i1")).await.expect("ok");
    write.route_insert(&id, &route("r1", "GET /", Some("i1"))).await.expect("ok");
    write.deployment_insert(&id, &deployment("d1", true), "{}").await.expect("ok");
    write.stage_insert(&id, &stage("$default", Some("d1"))).await.expect("ok");
    write.commit().await.expect("commits");

    let mut write = store.write().await.expect("begins");
    assert!(write.api_delete(&id).await.expect("deletes"));
    write.commit().await.expect("commits");
    let mut read = store.read().await.expect("reads");
    assert!(read.route_list_all(&id).await.expect("ok").is_empty());
    assert!(read.integration_list_all(&id).await.expect("ok").is_empty());
    assert!(read.stage_list_all(&id).await.expect("ok").is_empty());
    assert!(read.deployment_list(&id, &Page::first(9)).await.expect("ok").items.is_empty());
}

async fn dropping_a_transaction_rolls_back(store: Store) {
    let mut write = store.write().await.expect("begins");
    write.api_insert(&api("a1")).await.expect("ok");
    drop(write);
    let mut write = store.write().await.expect("begins");
    assert_eq!(write.api_fetch(&ApiId::new("a1")).await.expect("ok"), None);
    // A refused statement too leaves nothing of its transaction.
    write.api_insert(&api("a2")).await.expect("ok");
    write.api_insert(&api("a2")).await.expect_err("taken");
    drop(write);
    let listed = store.read().await.expect("reads").api_list(&Page::first(9)).await.expect("ok");
    assert!(listed.items.is_empty());
}

/// Terraform runs ten at once: they queue, none conflicts, none loses another's change.
async fn ten_writers_of_one_api_lose_nothing(store: Store) {
    let id = stored_api(&store, "a1").await;
    let writers = (0..10).map(|number| {
        let (store, id) = (store.clone(), id.clone());
        tokio::spawn(async move {
            for step in 0..5 {
                let mut write = store.write().await.expect("begins");
                let mut api = write.api_lock(&id).await.expect("ok").expect("there");
                api.tags.insert(format!("{number}-{step}"), String::new());
                assert!(write.api_update(&api).await.expect("ok"));
                write.commit().await.expect("commits");
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.expect("no writer failed");
    }
    let api = store.read().await.expect("reads").api_fetch(&id).await.expect("ok").expect("there");
    assert_eq!(api.tags.len(), 50);
    let mut write = store.write().await.expect("begins");
    assert_eq!(write.api_lock(&ApiId::new("zz")).await.expect("ok"), None);
}
