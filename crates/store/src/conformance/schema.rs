use gatewright_types::{ApiId, IntegrationId};

use super::samples::{api, route, stored_api};
use crate::{Constraint, Store, StoreError};

super::on_both!(migrating_again_changes_nothing, another_version_is_refused);

async fn migrating_again_changes_nothing(store: Store) {
    let api = stored_api(&store, "a1").await;
    assert_eq!(store.migrate().await.expect("ok"), 0);
    store.check_schema().await.expect("up to date");
    assert!(store.read().await.expect("reads").api_fetch(&api).await.expect("ok").is_some());
}

async fn another_version_is_refused(store: Store) {
    let mut write = store.write().await.expect("begins");
    write
        .execute("update _sqlx_migrations set version = 99 where version = 7", &[])
        .await
        .expect("ok");
    write.commit().await.expect("commits");
    for refused in [store.check_schema().await, store.migrate().await.map(drop)] {
        let refused = refused.expect_err("ahead");
        assert!(matches!(refused, StoreError::Schema { found: 99, .. }), "{refused:?}");
    }
    let mut write = store.write().await.expect("begins");
    write.execute("delete from _sqlx_migrations", &[]).await.expect("ok");
    write.commit().await.expect("commits");
    let behind = store.check_schema().await.expect_err("behind");
    assert!(behind.to_string().contains("gatewright migrate"), "{behind}");
}

#[tokio::test]
async fn rows_of_before_survive_on_sqlite() {
    let directory = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite:{}", directory.path().join("store.db").display());
    rows_of_before_survive(Store::open(&url).await.expect("opens")).await;
}

#[tokio::test]
async fn rows_of_before_survive_on_postgres() {
    let url = super::postgres_server::database();
    rows_of_before_survive(Store::open(&url).await.expect("opens")).await;
}

/// Version 2 knew neither authorizers nor VPC links, and a table is made anew for them.
async fn rows_of_before_survive(store: Store) {
    assert_eq!(store.migrate_first(2).await.expect("migrates"), 2);
    let mut write = store.write().await.expect("begins");
    write.api_insert(&api("a1")).await.expect("ok");
    for sql in [
        "insert into integrations (api_id, integration_id, body) values ('a1', 'i1', '{}')",
        "insert into routes (api_id, route_id, route_key, integration_id, body)
             values ('a1', 'r1', 'GET /', 'i1', '{}')",
    ] {
        write.execute(sql, &[]).await.expect("ok");
    }
    write.commit().await.expect("commits");

    assert!(store.migrate().await.expect("migrates") > 0);
    let id = ApiId::new("a1");
    let mut write = store.write().await.expect("begins");
    let changed = route("r1", "GET /pets", Some("i1"));
    assert!(write.route_update(&id, &changed).await.expect("still there"));
    write.route_insert(&id, &route("r2", "GET /", None)).await.expect("a sequence of its own");
    let in_use = write.integration_delete(&id, &IntegrationId::new("i1")).await;
    assert!(
        matches!(in_use, Err(StoreError::Conflict(Constraint::IntegrationInUse))),
        "{in_use:?}"
    );
}

#[tokio::test]
async fn an_empty_file_needs_migrating_and_a_reopened_one_has_kept_everything() {
    let directory = tempfile::tempdir().expect("a directory");
    let url = format!("sqlite:{}", directory.path().join("store.db").display());
    let store = Store::open(&url).await.expect("opens");
    assert!(matches!(store.check_schema().await, Err(StoreError::Schema { found: 0, .. })));
    assert!(store.migrate().await.expect("migrates") > 0);
    let api = stored_api(&store, "a1").await;
    store.close().await;
    let store = Store::open(&url).await.expect("opens");
    assert!(store.read().await.expect("reads").api_fetch(&api).await.expect("ok").is_some());
}

#[tokio::test]
async fn other_urls_are_refused() {
    assert!(matches!(Store::open("mysql://x").await, Err(StoreError::Url(_))));
    assert!(matches!(
        Store::open("sqlite:/no/such/dir/x.db").await,
        Err(StoreError::Create { .. })
    ));
}
