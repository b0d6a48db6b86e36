//! One suite, run on both databases.

mod access_key;
mod api;
mod api_key;
mod api_mapping;
mod authorizer;
mod changes;
mod deployment;
mod domain_name;
mod integration;
mod integration_response;
mod model;
mod postgres_server;
mod route;
mod route_response;
mod routing_rule;
mod samples;
mod schema;
mod stage;
mod usage_plan;
mod usage_plan_key;
mod vpc_link;

use crate::Store;

/// A test of the suite: a module per database, each with its own empty store.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test] async fn $name() {
                let (store, _directory) = crate::conformance::sqlite_store().await;
                super::$name(store).await;
            })+
        }
        mod postgres {
            $(#[tokio::test] async fn $name() {
                super::$name(crate::conformance::postgres_store().await).await;
            })+
        }
    };
}
pub(crate) use on_both;

async fn sqlite_store() -> (Store, tempfile::TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("a store # with?odd%name.db");
    let store = Store::open(&format!("sqlite:{}", path.display())).await.expect("opens");
    store.migrate().await.expect("migrates");
    (store, directory)
}

async fn postgres_store() -> Store {
    let store = Store::open(&postgres_server::database()).await.expect("opens");
    store.migrate().await.expect("migrates");
    store
}
