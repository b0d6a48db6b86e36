//! Resources to store.

use gatewright_types::{
    Api, ApiId, ApiMapping, ApiStage, Authorizer, Deployment, DomainName, Integration,
    IntegrationResponse, Model, Route, RouteResponse, RoutingRule, Stage, Timestamp, UsagePlan,
    VpcLink,
};
use serde_json::json;

use crate::{AccessKey, Store, StoredApiKey};

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

pub(super) fn authorizer(id: &str, name: &str) -> Authorizer {
    serde_json::from_value(json!({"authorizerId": id, "authorizerType": "JWT", "name": name,
        "identitySource": ["$request.header.Authorization"],
        "jwtConfiguration": {"audience": ["a"], "issuer": "https://issuer.example.com"}}))
    .expect("an authorizer")
}

pub(super) fn model(id: &str, name: &str) -> Model {
    serde_json::from_value(json!({"contentType": "application/json", "modelId": id, "name": name,
        "schema": "{}"}))
    .expect("a model")
}

pub(super) fn integration_response(id: &str, key: &str) -> IntegrationResponse {
    serde_json::from_value(json!({"integrationResponseId": id, "integrationResponseKey": key}))
        .expect("an integration response")
}

pub(super) fn route_response(id: &str, key: &str) -> RouteResponse {
    serde_json::from_value(json!({"routeResponseId": id, "routeResponseKey": key}))
        .expect("a route response")
}

pub(super) fn vpc_link(id: &str) -> VpcLink {
    serde_json::from_value(json!({"createdDate": TIME, "name": "v", "securityGroupIds": [],
        "subnetIds": ["subnet-1"], "vpcLinkId": id, "vpcLinkStatus": "AVAILABLE",
        "vpcLinkVersion": "V2"}))
    .expect("a VPC link")
}

pub(super) fn domain_name(name: &str) -> DomainName {
    serde_json::from_value(json!({"apiMappingSelectionExpression": "$request.basepath",
        "domainName": name, "domainNameConfigurations": [], "routingMode": "API_MAPPING_ONLY"}))
    .expect("a domain name")
}

pub(super) fn api_mapping(id: &str, key: Option<&str>, api: &str, stage: &str) -> ApiMapping {
    serde_json::from_value(json!({"apiId": api, "apiMappingId": id, "apiMappingKey": key,
        "stage": stage}))
    .expect("an API mapping")
}

pub(super) fn routing_rule(id: &str, priority: u32) -> RoutingRule {
    serde_json::from_value(json!({"actions": [], "conditions": [], "priority": priority,
        "routingRuleId": id}))
    .expect("a routing rule")
}

pub(super) fn access_key(id: &str) -> AccessKey {
    AccessKey {
        access_key_id: id.to_owned(),
        sealed_secret: "sealed".to_owned(),
        active: true,
        created_date: Timestamp::from_unix_seconds(1_800_000_000),
        user_name: "ci".to_owned(),
        policy: "{}".to_owned(),
    }
}

pub(super) fn api_key(id: &str, name: &str) -> StoredApiKey {
    let api_key = serde_json::from_value(json!({"createdDate": 1_800_000_000, "enabled": true,
        "id": id, "lastUpdatedDate": 1_800_000_000, "name": name}));
    StoredApiKey {
        api_key: api_key.expect("an API key"),
        sealed_value: format!("sealed {id}"),
        value_digest: format!("digest {id}"),
    }
}

pub(super) fn usage_plan(id: &str, api_stages: Vec<ApiStage>) -> UsagePlan {
    let plan = serde_json::from_value::<UsagePlan>(json!({"id": id, "name": "plan"}));
    UsagePlan { api_stages, ..plan.expect("a usage plan") }
}

/// Stores an empty API.
pub(super) async fn stored_api(store: &Store, id: &str) -> ApiId {
    let mut write = store.write().await.expect("begins");
    write.api_insert(&api(id)).await.expect("inserts");
    write.commit().await.expect("commits");
    ApiId::new(id)
}
