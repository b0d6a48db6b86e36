use gatewright_types::{ApiMappingId, StageName};

use super::samples::{api_mapping, domain_name, stage, stored_api};
use crate::{Constraint, Page, Store, StoreError, WriteTransaction};

super::on_both!(
    a_mapping_is_kept_changed_and_deleted,
    keys_are_unique_on_their_domain_name,
    stages_must_exist,
    mapped_stages_and_their_apis_stay,
);

const DOMAIN: &str = "x.example.com";

/// A domain name, and an API with stages `dev` and `prod`.
async fn begin(store: &Store) -> WriteTransaction {
    let api = stored_api(store, "a1").await;
    let mut write = store.write().await.expect("begins");
    write.domain_name_insert(&domain_name(DOMAIN)).await.expect("ok");
    for name in ["dev", "prod"] {
        write.stage_insert(&api, &stage(name, None)).await.expect("ok");
    }
    write
}

async fn a_mapping_is_kept_changed_and_deleted(store: Store) {
    let id = ApiMappingId::new("m1");
    let mut write = begin(&store).await;
    let first = api_mapping("m1", None, "a1", "dev");
    write.api_mapping_insert(DOMAIN, &first).await.expect("ok");
    let changed = api_mapping("m1", Some("v1/x"), "a1", "prod");
    assert!(write.api_mapping_update(DOMAIN, &changed).await.expect("ok"));
    assert_eq!(write.api_mapping_fetch(DOMAIN, &id).await.expect("ok"), Some(changed.clone()));
    let listed = write.api_mapping_list(DOMAIN, &Page::first(9)).await.expect("ok");
    assert_eq!(listed.items, [changed]);
    assert!(write.api_mapping_delete(DOMAIN, &id).await.expect("ok"));
    assert!(!write.api_mapping_delete(DOMAIN, &id).await.expect("ok"));
}

async fn keys_are_unique_on_their_domain_name(store: Store) {
    let mut write = begin(&store).await;
    for key in [None, Some("v1")] {
        let first = api_mapping(key.unwrap_or("m1"), key, "a1", "dev");
        write.api_mapping_insert(DOMAIN, &first).await.expect("ok");
    }
    let taken = write.api_mapping_insert(DOMAIN, &api_mapping("m3", None, "a1", "prod")).await;
    assert!(matches!(taken, Err(StoreError::Conflict(Constraint::ApiMappingKey))), "{taken:?}");
}

async fn stages_must_exist(store: Store) {
    let mut write = begin(&store).await;
    let none = write.api_mapping_insert(DOMAIN, &api_mapping("m1", None, "a1", "nope")).await;
    assert!(matches!(none, Err(StoreError::Conflict(Constraint::ApiMappingStage))), "{none:?}");
}

async fn mapped_stages_and_their_apis_stay(store: Store) {
    let mut write = begin(&store).await;
    write.api_mapping_insert(DOMAIN, &api_mapping("m1", None, "a1", "dev")).await.expect("ok");
    let api = gatewright_types::ApiId::new("a1");
    let (dev, prod) = (StageName::new("dev"), StageName::new("prod"));
    let found = write.api_mapping_domain_names(&api, None).await.expect("ok");
    assert_eq!(found, [DOMAIN]);
    assert_eq!(write.api_mapping_domain_names(&api, Some(&dev)).await.expect("ok"), [DOMAIN]);
    assert!(write.api_mapping_domain_names(&api, Some(&prod)).await.expect("ok").is_empty());
    assert!(write.stage_delete(&api, &prod).await.expect("not mapped"));
    write.commit().await.expect("commits");

    let mut write = store.write().await.expect("begins");
    let refused = write.stage_delete(&api, &dev).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Constraint::StageInUse))), "{refused:?}");
    drop(write);
    let mut write = store.write().await.expect("begins");
    let refused = write.api_delete(&api).await;
    assert!(matches!(refused, Err(StoreError::Conflict(Constraint::StageInUse))), "{refused:?}");
}
