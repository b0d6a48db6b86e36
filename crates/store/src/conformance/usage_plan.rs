use gatewright_types::{ApiId, ApiStage, StageName, ThrottleSettings, UsagePlanId};

use super::samples::{api_key, stage, stored_api, usage_plan};
use crate::{Constraint, Page, Store, StoreError, WriteTransaction};

super::on_both!(
    a_plan_is_kept_changed_and_deleted,
    stages_must_exist,
    a_deleted_stage_leaves_its_plans,
    plans_are_listed_in_parts_with_their_stages,
    a_key_that_reaches_a_stage_by_two_plans_is_found,
);

/// An API `a1` with stages `dev` and `prod`.
async fn begin(store: &Store) -> WriteTransaction {
    let api = stored_api(store, "a1").await;
    let mut write = store.write().await.expect("begins");
    for name in ["dev", "prod"] {
        write.stage_insert(&api, &stage(name, None)).await.expect("ok");
    }
    write
}

fn api_stage(stage: &str) -> ApiStage {
    ApiStage { api_id: ApiId::new("a1"), stage: StageName::new(stage), throttle: None }
}

async fn a_plan_is_kept_changed_and_deleted(store: Store) {
    let id = UsagePlanId::new("p1");
    let mut write = begin(&store).await;
    write.usage_plans_lock().await.expect("ok");
    let mut plan = usage_plan("p1", vec![api_stage("dev")]);
    write.usage_plan_insert(&plan).await.expect("ok");
    assert_eq!(write.usage_plan_fetch(&id).await.expect("ok"), Some(plan.clone()));
    let throttle = ThrottleSettings { burst_limit: 2, rate_limit: 0.5 };
    plan.name = "other".to_owned();
    plan.api_stages[0].throttle = Some([("/*".to_owned(), throttle)].into());
    plan.api_stages.push(api_stage("prod"));
    assert!(write.usage_plan_update(&plan).await.expect("ok"));
    assert_eq!(write.usage_plan_fetch(&id).await.expect("ok"), Some(plan.clone()));
    plan.api_stages.remove(0);
    assert!(write.usage_plan_update(&plan).await.expect("ok"));
    assert_eq!(write.usage_plan_fetch(&id).await.expect("ok"), Some(plan));
    assert!(write.usage_plan_delete(&id).await.expect("ok"));
    assert!(!write.usage_plan_delete(&id).await.expect("ok"));
    assert!(!write.usage_plan_update(&usage_plan("p1", vec![])).await.expect("ok"));
    assert_eq!(write.usage_plan_fetch(&id).await.expect("ok"), None);
}

async fn stages_must_exist(store: Store) {
    let mut write = begin(&store).await;
    let none = write.usage_plan_insert(&usage_plan("p1", vec![api_stage("nope")])).await;
    assert!(matches!(none, Err(StoreError::Conflict(Constraint::UsagePlanStage))), "{none:?}");
    drop(write);
    let mut write = store.write().await.expect("begins");
    write.usage_plan_insert(&usage_plan("p1", vec![])).await.expect("ok");
    let none = write.usage_plan_update(&usage_plan("p1", vec![api_stage("nope")])).await;
    assert!(matches!(none, Err(StoreError::Conflict(Constraint::UsagePlanStage))), "{none:?}");
}

async fn a_deleted_stage_leaves_its_plans(store: Store) {
    let (id, api) = (UsagePlanId::new("p1"), ApiId::new("a1"));
    let mut write = begin(&store).await;
    let plan = usage_plan("p1", vec![api_stage("dev"), api_stage("prod")]);
    write.usage_plan_insert(&plan).await.expect("ok");
    assert!(write.stage_delete(&api, &StageName::new("dev")).await.expect("ok"));
    let left = write.usage_plan_fetch(&id).await.expect("ok").expect("there");
    assert_eq!(left.api_stages, [api_stage("prod")]);
    assert!(write.api_delete(&api).await.expect("ok"));
    let left = write.usage_plan_fetch(&id).await.expect("ok").expect("there");
    assert_eq!(left.api_stages, []);
}

async fn plans_are_listed_in_parts_with_their_stages(store: Store) {
    let mut write = begin(&store).await;
    let key = api_key("k1", "k");
    write.api_key_insert(&key).await.expect("ok");
    let plans = [
        usage_plan("p1", vec![api_stage("dev"), api_stage("prod")]),
        usage_plan("p2", vec![]),
        usage_plan("p3", vec![api_stage("prod")]),
    ];
    for plan in &plans {
        write.usage_plan_insert(plan).await.expect("ok");
    }
    let first = write.usage_plan_list(None, &Page::first(2)).await.expect("ok");
    assert_eq!(first.items, plans[..2]);
    let page = Page { after: first.next, limit: 2 };
    let second = write.usage_plan_list(None, &page).await.expect("ok");
    assert_eq!((second.items.as_slice(), second.next), (&plans[2..], None));
    write.usage_plan_key_insert(&UsagePlanId::new("p3"), &key.api_key.id).await.expect("ok");
    let of_key = write.usage_plan_list(Some(&key.api_key.id), &Page::first(2)).await.expect("ok");
    assert_eq!(of_key.items, plans[2..]);
}

async fn a_key_that_reaches_a_stage_by_two_plans_is_found(store: Store) {
    let (first, second) = (UsagePlanId::new("p1"), UsagePlanId::new("p2"));
    let mut write = begin(&store).await;
    let key = api_key("k1", "k");
    write.api_key_insert(&key).await.expect("ok");
    write.usage_plan_insert(&usage_plan("p1", vec![api_stage("dev")])).await.expect("ok");
    let plan = usage_plan("p2", vec![api_stage("dev"), api_stage("prod")]);
    write.usage_plan_insert(&plan).await.expect("ok");
    write.usage_plan_key_insert(&first, &key.api_key.id).await.expect("ok");
    assert_eq!(write.usage_plan_overlap(&first).await.expect("ok"), None);
    write.usage_plan_key_insert(&second, &key.api_key.id).await.expect("ok");
    assert_eq!(write.usage_plan_overlap(&first).await.expect("ok"), Some(api_stage("dev")));
    assert_eq!(write.usage_plan_overlap(&second).await.expect("ok"), Some(api_stage("dev")));
}
