use gatewright_types::Timestamp;

use crate::{AccessKey, Constraint, Store, StoreError};

super::on_both!(an_access_key_is_kept);

async fn an_access_key_is_kept(store: Store) {
    let key = AccessKey {
        access_key_id: "AKIA1".to_owned(),
        sealed_secret: "sealed".to_owned(),
        active: true,
        created_date: Timestamp::from_unix_seconds(1_800_000_000),
    };
    let mut write = store.write().await.expect("begins");
    assert_eq!(write.access_key_count().await.expect("ok"), 0);
    write.access_key_insert(&key).await.expect("ok");
    write.commit().await.expect("commits");
    let mut write = store.write().await.expect("begins");
    assert_eq!(write.access_key_count().await.expect("ok"), 1);
    assert_eq!(write.access_key_fetch("AKIA1").await.expect("ok"), Some(key.clone()));
    assert_eq!(write.access_key_fetch("AKIA2").await.expect("ok"), None);
    let error = write.access_key_insert(&key).await.expect_err("taken");
    assert!(matches!(error, StoreError::Conflict(Constraint::Id)), "{error:?}");
}
