use gatewright_types::{ConnectionType, VpcLinkId};

use super::samples::{integration, stored_api, vpc_link};
use crate::{Constraint, Page, Store, StoreError};

super::on_both!(a_link_is_kept_changed_and_deleted, one_in_use_stays, links_must_exist);

async fn a_link_is_kept_changed_and_deleted(store: Store) {
    let id = VpcLinkId::new("v1");
    let mut write = store.write().await.expect("begins");
    write.vpc_link_insert(&vpc_link("v1")).await.expect("ok");
    let mut changed = write.vpc_link_lock(&id).await.expect("ok").expect("there");
    changed.name = "w".to_owned();
    assert!(write.vpc_link_update(&changed).await.expect("ok"));
    assert_eq!(write.vpc_link_fetch(&id).await.expect("ok"), Some(changed.clone()));
    assert_eq!(write.vpc_link_list(&Page::first(9)).await.expect("ok").items, [changed]);
    assert!(write.vpc_link_delete(&id).await.expect("ok"));
    assert!(!write.vpc_link_delete(&id).await.expect("ok"));
    assert_eq!(write.vpc_link_lock(&id).await.expect("ok"), None);
}

async fn one_in_use_stays(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut write = store.write().await.expect("begins");
    write.vpc_link_insert(&vpc_link("v1")).await.expect("ok");
    let mut private = integration("i1");
    private.connection_type = ConnectionType::VpcLink;
    private.connection_id = Some("v1".to_owned());
    write.integration_insert(&api, &private).await.expect("ok");
    let in_use = write.vpc_link_delete(&VpcLinkId::new("v1")).await;
    assert!(matches!(in_use, Err(StoreError::Conflict(Constraint::VpcLinkInUse))), "{in_use:?}");
}

async fn links_must_exist(store: Store) {
    let api = stored_api(&store, "a1").await;
    let mut private = integration("i1");
    private.connection_type = ConnectionType::VpcLink;
    private.connection_id = Some("${stageVariables.link}".to_owned());
    let mut write = store.write().await.expect("begins");
    write.integration_insert(&api, &private).await.expect("a stage variable is not looked at");
    private.connection_id = Some("nope".to_owned());
    let none = write.integration_update(&api, &private).await;
    assert!(matches!(none, Err(StoreError::Conflict(Constraint::IntegrationVpcLink))), "{none:?}");
}
