use super::samples::access_key;
use crate::{AccessKey, Constraint, Store, StoreError};

super::on_both!(an_access_key_is_kept_and_disabled, a_key_of_before_is_the_administrators);

async fn an_access_key_is_kept_and_disabled(store: Store) {
    let key = access_key("AKIA1");
    let mut write = store.write().await.expect("begins");
    assert_eq!(write.access_key_list_all().await.expect("ok"), []);
    write.access_key_insert(&key).await.expect("ok");
    write.commit().await.expect("commits");
    let mut write = store.write().await.expect("begins");
    assert_eq!(write.access_key_fetch("AKIA1").await.expect("ok"), Some(key.clone()));
    assert_eq!(write.access_key_fetch("AKIA2").await.expect("ok"), None);
    assert!(write.access_key_set_active("AKIA1", false).await.expect("ok"));
    assert!(!write.access_key_set_active("AKIA2", false).await.expect("ok"));
    let disabled = AccessKey { active: false, ..key.clone() };
    assert_eq!(write.access_key_list_all().await.expect("ok"), [disabled]);
    let error = write.access_key_insert(&key).await.expect_err("taken");
    assert!(matches!(error, StoreError::Conflict(Constraint::Id)), "{error:?}");
}

/// Versions without policies wrote keys that may do everything.
async fn a_key_of_before_is_the_administrators(store: Store) {
    let mut write = store.write().await.expect("begins");
    let sql = "insert into access_keys (access_key_id, sealed_secret, active, created_at)
         values ('AKIA1', 'sealed', 1, 1800000000)";
    write.execute(sql, &[]).await.expect("ok");
    let key = write.access_key_fetch("AKIA1").await.expect("ok").expect("there");
    assert_eq!(key.user_name, "administrator");
    assert!(key.policy.contains(r#""Action":"*""#), "{}", key.policy);
}
