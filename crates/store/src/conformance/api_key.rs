use gatewright_types::ApiKeyId;

use super::samples::api_key;
use crate::{ApiKeyFilter, Constraint, Page, Store, StoreError};

super::on_both!(a_key_is_kept_changed_and_deleted, values_are_unique, keys_are_filtered_in_parts);

async fn a_key_is_kept_changed_and_deleted(store: Store) {
    let id = ApiKeyId::new("k1");
    let key = api_key("k1", "first");
    let mut write = store.write().await.expect("begins");
    write.api_key_insert(&key).await.expect("ok");
    write.commit().await.expect("commits");
    let mut write = store.write().await.expect("begins");
    assert_eq!(write.api_key_fetch(&id).await.expect("ok"), Some(key.clone()));
    let mut changed = write.api_key_lock(&id).await.expect("ok").expect("there");
    assert_eq!(changed, key.api_key);
    changed.name = Some("second".to_owned());
    assert!(write.api_key_update(&changed).await.expect("ok"));
    let found = write.api_key_fetch(&id).await.expect("ok").expect("there");
    assert_eq!((&found.api_key, &found.sealed_value), (&changed, &key.sealed_value));
    let filter = ApiKeyFilter { name_prefix: "sec".to_owned(), ..ApiKeyFilter::default() };
    let listed = write.api_key_list(&filter, &Page::first(9)).await.expect("ok");
    assert_eq!(listed.items, [found]);
    let by_digest = write.api_key_fetch_by_digest(&key.value_digest).await.expect("ok");
    assert_eq!(by_digest, Some(changed));
    assert!(write.api_key_delete(&id).await.expect("ok"));
    assert!(!write.api_key_delete(&id).await.expect("ok"));
    assert_eq!(write.api_key_fetch(&id).await.expect("ok"), None);
    assert_eq!(write.api_key_lock(&id).await.expect("ok"), None);
}

async fn values_are_unique(store: Store) {
    let mut write = store.write().await.expect("begins");
    write.api_key_insert(&api_key("k1", "a")).await.expect("ok");
    let mut other = api_key("k2", "b");
    other.value_digest = api_key("k1", "a").value_digest;
    let taken = write.api_key_insert(&other).await;
    assert!(matches!(taken, Err(StoreError::Conflict(Constraint::ApiKeyValue))), "{taken:?}");
}

async fn keys_are_filtered_in_parts(store: Store) {
    let mut write = store.write().await.expect("begins");
    for (id, name, customer) in [
        ("k1", "web-1", Some("c1")),
        ("k2", "app-1", Some("c1")),
        ("k3", "web-é", None),
        ("k4", "web-%", Some("c1")),
        ("k5", "", None),
    ] {
        let mut key = api_key(id, name);
        key.api_key.customer_id = customer.map(str::to_owned);
        write.api_key_insert(&key).await.expect("ok");
    }
    let mut ids = async |name_prefix: &str, customer_id: &str, page: Page| {
        let filter = ApiKeyFilter {
            name_prefix: name_prefix.to_owned(),
            customer_id: customer_id.to_owned(),
        };
        let listed = write.api_key_list(&filter, &page).await.expect("ok");
        let ids = listed.items.iter().map(|key| key.api_key.id.as_str().to_owned());
        (ids.collect::<Vec<_>>().join(" "), listed.next)
    };
    assert_eq!(ids("", "", Page::first(9)).await, ("k1 k2 k3 k4 k5".to_owned(), None));
    let (first, next) = ids("web-", "", Page::first(2)).await;
    assert_eq!(first, "k1 k3");
    assert_eq!(ids("web-", "", Page { after: next, limit: 2 }).await, ("k4".to_owned(), None));
    assert_eq!(ids("web-é", "", Page::first(9)).await.0, "k3");
    assert_eq!(ids("web-%", "", Page::first(9)).await.0, "k4");
    assert_eq!(ids("web", "c1", Page::first(9)).await.0, "k1 k4");
    assert_eq!(ids("WEB", "", Page::first(9)).await.0, "");
}
