use gatewright_types::{ApiKeyId, UsagePlanId};

use super::samples::{api_key, usage_plan};
use crate::{Constraint, Page, Store, StoreError, WriteTransaction};

super::on_both!(
    a_key_is_in_a_plan_once,
    what_does_not_exist_is_refused,
    keys_and_plans_go_without_each_other,
);

/// A plan `p1` and keys `k1` (`web`) and `k2` (`app`).
async fn begin(store: &Store) -> WriteTransaction {
    let mut write = store.write().await.expect("begins");
    write.usage_plan_insert(&usage_plan("p1", vec![])).await.expect("ok");
    for (id, name) in [("k1", "web"), ("k2", "app")] {
        write.api_key_insert(&api_key(id, name)).await.expect("ok");
    }
    write
}

async fn a_key_is_in_a_plan_once(store: Store) {
    let (plan, key) = (UsagePlanId::new("p1"), ApiKeyId::new("k1"));
    let mut write = begin(&store).await;
    write.usage_plan_key_insert(&plan, &key).await.expect("ok");
    write.usage_plan_key_insert(&plan, &ApiKeyId::new("k2")).await.expect("ok");
    let expected = api_key("k1", "web");
    let found = write.usage_plan_key_fetch(&plan, &key).await.expect("ok");
    assert_eq!(found.as_ref(), Some(&expected));
    let listed = write.usage_plan_key_list(&plan, "", &Page::first(1)).await.expect("ok");
    assert_eq!(listed.items, std::slice::from_ref(&expected));
    let page = Page { after: listed.next, limit: 1 };
    let listed = write.usage_plan_key_list(&plan, "", &page).await.expect("ok");
    assert_eq!(listed.items, [api_key("k2", "app")]);
    let listed = write.usage_plan_key_list(&plan, "we", &Page::first(9)).await.expect("ok");
    assert_eq!(listed.items, [expected]);
    assert!(write.usage_plan_key_delete(&plan, &key).await.expect("ok"));
    assert!(!write.usage_plan_key_delete(&plan, &key).await.expect("ok"));
    assert_eq!(write.usage_plan_key_fetch(&plan, &key).await.expect("ok"), None);
    write.usage_plan_key_insert(&plan, &key).await.expect("ok");
    let twice = write.usage_plan_key_insert(&plan, &key).await;
    assert!(matches!(twice, Err(StoreError::Conflict(Constraint::UsagePlanKey))), "{twice:?}");
}

async fn what_does_not_exist_is_refused(store: Store) {
    let mut write = begin(&store).await;
    let missing = write.usage_plan_key_insert(&UsagePlanId::new("p1"), &ApiKeyId::new("k9")).await;
    let expected = Constraint::UsagePlanKeyMissing;
    assert!(
        matches!(missing, Err(StoreError::Conflict(found)) if found == expected),
        "{missing:?}"
    );
}

async fn keys_and_plans_go_without_each_other(store: Store) {
    let (plan, key) = (UsagePlanId::new("p1"), ApiKeyId::new("k1"));
    let mut write = begin(&store).await;
    for id in ["k1", "k2"] {
        write.usage_plan_key_insert(&plan, &ApiKeyId::new(id)).await.expect("ok");
    }
    assert!(write.api_key_delete(&key).await.expect("ok"));
    let listed = write.usage_plan_key_list(&plan, "", &Page::first(9)).await.expect("ok");
    assert_eq!(listed.items, [api_key("k2", "app")]);
    assert!(write.usage_plan_delete(&plan).await.expect("ok"));
    assert!(write.api_key_fetch(&ApiKeyId::new("k2")).await.expect("ok").is_some());
}
