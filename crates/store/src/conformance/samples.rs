//! Resources to store.

use gatewright_types::{Api, ApiId, Deployment, Integration, Route, Stage};
use serde_json::json;

use crate::Store;

pub(super) const TIME: &str = "2026-01-01T00:00:00Z";

pub(super) fn api(id: &str) -> Api {
    serde_json::from_value(
        json!({"apiId": id, "apiKeySelectionExpression": "$request.header.x-api-key",
        "createdDate": TIME, "disableExecuteApiEndpoint": false, "ipAddressType": "ipv4",
        "name": "pets", "protocolType": "HTTP",
        "routeSelectionExpression": "$request.method $request.path"}),
    )
    .expect("an api")
}

pub(super) fn integration(id: &str) -> Integration {
    serde_json::from_value(json!({"connectionType": "INTERNET", "integrationId": id,
        "integrationMethod": "ANY", "integrationType": "HTTP_PROXY",
        "integrationUri": "http://up.example.com/é", "timeoutInMillis": 30000}))
    .expect("an integration")
}

pub(super) fn route(id: &str, key: &str, integration: Option<&str>) -> Route {
    serde_json::from_value(json!({"apiKeyRequired": false, "authorizationType": "NONE",
        "routeId": id, "routeKey": key,
        "target": integration.map(|id| format!("integrations/{id}"))}))
    .expect("a route")
}

pub(super) fn deployment(id: &str, auto_deployed: bool) -> Deployment {
    serde_json::from_value(json!({"autoDeployed": auto_deployed, "createdDate": TIME,
        "deploymentId": id, "deploymentStatus": "DEPLOYED"}))
    .expect("a deployment")
}

pub(super) fn stage(name: &str, deployment: Option<&str>) -> Stage {
    serde_json::from_value(json!({"autoDeploy": true, "stageName": name, "createdDate": TIME,
        "lastUpdatedDate": TIME, "defaultRouteSettings": {}, "deploymentId": deployment}))
    .expect("a stage")
}

/// Stores an empty API.
pub(super) async fn stored_api(store: &Store, id: &str) -> ApiId {
    let mut write = store.write().await.expect("begins");
    write.api_insert(&api(id)).await.expect("inserts");
    write.commit().await.expect("commits");
    ApiId::new(id)
}
