mod aws;

use std::time::Duration;

use gatewright_types::{Integration, RouteSettings, Scheme};
use serde_json::json;

use super::*;
use crate::{AnswersPlan, ConnectionPlan, DeploymentDocument};

/// With an empty configuration.
fn compile(document: &StageDocument) -> Result<StagePlan, CompileError> {
    super::compile(document, &Environment::default())
}

/// A stage that serves one route with one integration, each with members laid over defaults.
fn document(
    api: serde_json::Value,
    route: serde_json::Value,
    integration: serde_json::Value,
) -> StageDocument {
    let over = |mut base: serde_json::Value, members: serde_json::Value| {
        let base_map = base.as_object_mut().expect("an object");
        base_map.extend(members.as_object().expect("an object").clone());
        base
    };
    let api = over(
        json!({"apiId": "a1", "apiKeySelectionExpression": "$request.header.x-api-key",
            "createdDate": "2026-01-01T00:00:00Z", "disableExecuteApiEndpoint": false,
            "ipAddressType": "ipv4", "name": "n", "protocolType": "HTTP",
            "routeSelectionExpression": "$request.method $request.path"}),
        api,
    );
    let route = over(
        json!({"apiKeyRequired": false, "authorizationType": "NONE", "routeId": "r1",
            "routeKey": "GET /pets/{id}", "target": "integrations/i1"}),
        route,
    );
    let integration = over(
        json!({"connectionType": "INTERNET", "integrationId": "i1", "integrationMethod": "ANY",
            "integrationType": "HTTP_PROXY", "timeoutInMillis": 30000,
            "integrationUri": "http://${stageVariables.host}/p/{id}"}),
        integration,
    );
    let stage: Stage = serde_json::from_value(json!({"autoDeploy": true, "stageName": "$default",
        "createdDate": "2026-01-01T00:00:00Z", "lastUpdatedDate": "2026-01-01T00:00:00Z",
        "defaultRouteSettings": {}, "stageVariables": {"host": "up.example.com:8080"}}))
    .expect("a stage");
    let integration: Integration = serde_json::from_value(integration).expect("an integration");
    StageDocument {
        authorizers_cache_epoch: 0,
        format: StageDocument::FORMAT,
        api_id: gatewright_types::ApiId::new("a1"),
        stage,
        deployment: Some(DeploymentDocument {
            api: serde_json::from_value(api).expect("an api"),
            authorizers: Vec::new(),
            integrations: vec![integration],
            integration_responses: Vec::new(),
            models: Vec::new(),
            routes: vec![serde_json::from_value(route).expect("a route")],
            route_responses: Vec::new(),
        }),
    }
}

#[test]
fn a_proxy_route_becomes_a_plan() {
    let plan = compile(&document(json!({}), json!({}), json!({"timeoutInMillis": 500})))
        .expect("compiles");
    let found = plan.table.find("GET", "/pets/7").expect("a route");
    let route = &plan.routes[found.index];
    assert_eq!(route.names.route_key, "GET /pets/{id}");
    let IntegrationPlan::HttpProxy(proxy) = &route.integration else {
        panic!("not callable: {:?}", route.integration)
    };
    assert_eq!(proxy.upstream.authority, "up.example.com:8080");
    assert_eq!(proxy.upstream.method, crate::UpstreamMethod::Client);
    assert_eq!(proxy.upstream.timeout.as_millis(), 500);
    assert_eq!(proxy.upstream.connection, ConnectionPlan::Internet { appends_path: false });
}

#[test]
fn a_default_route_appends_the_path() {
    let plan = compile(&document(
        json!({}),
        json!({"routeKey": "$default"}),
        json!({"integrationUri": "http://up.example.com", "integrationMethod": "POST"}),
    ))
    .expect("compiles");
    let IntegrationPlan::HttpProxy(proxy) = &plan.routes[0].integration else {
        panic!("not callable")
    };
    assert_eq!(proxy.upstream.connection, ConnectionPlan::Internet { appends_path: true });
    assert_eq!(proxy.upstream.method, crate::UpstreamMethod::Fixed("POST".to_owned()));
}

/// What could become whole by another change answers 500 rather than blocking the deployment.
#[test]
fn what_cannot_be_called_says_why() {
    let check = |route, integration, expected: &str| {
        let plan = compile(&document(json!({}), route, integration)).expect("compiles");
        let IntegrationPlan::Uncallable { reason } = &plan.routes[0].integration else {
            panic!("callable")
        };
        assert!(reason.contains(expected), "{reason}");
    };
    check(json!({"target": null}), json!({}), "no target");
    check(json!({"target": "integrations/zz"}), json!({}), "does not exist");
    check(json!({}), json!({"integrationUri": "http://${stageVariables.nope}/"}), "nope");
}

/// A setting that is not honoured is never passed over: its routes are not served.
#[test]
fn what_is_not_honoured_is_not_served() {
    let check = |document: &StageDocument, expected: &str| {
        let plan = compile(document).expect("compiles");
        let found = plan.not_served().map(|(_, setting)| setting).collect::<Vec<_>>();
        assert_eq!(found, [expected]);
        assert!(plan.table.find("GET", "/pets/7").is_some());
    };
    let none = || json!({});
    let websocket = document(json!({"protocolType": "WEBSOCKET"}), none(), none());
    check(&websocket, "protocolType WEBSOCKET");
    check(
        &document(none(), none(), json!({"integrationType": "MOCK"})),
        "integrationType MOCK of integration i1",
    );
}

#[test]
fn who_may_call() {
    let authorizer = |members: serde_json::Value| {
        let mut authorizer = json!({"authorizerId": "z1", "authorizerType": "REQUEST", "name": "n",
            "identitySource": ["$request.header.Authorization", "$context.routeKey", "$stageVariables.host"],
            "authorizerPayloadFormatVersion": "2.0",
            "authorizerUri": "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/\
                arn:aws:lambda:us-east-1:000000000000:function:auth/invocations"});
        let map = authorizer.as_object_mut().expect("an object");
        map.extend(members.as_object().expect("an object").clone());
        let route = json!({"authorizationType": "CUSTOM", "authorizerId": "z1"});
        let mut document = document(json!({}), route, json!({}));
        let deployment = document.deployment.as_mut().expect("deployed");
        deployment.authorizers = vec![serde_json::from_value(authorizer).expect("an authorizer")];
        document
    };
    let environment = Environment {
        lambda: serde_json::from_value(json!({"endpoint": "http://functions:9001"}))
            .expect("valid"),
        ..Environment::default()
    };
    let plan = |document: &StageDocument, environment| {
        super::compile(document, environment).expect("compiles").routes.remove(0)
    };

    let route = plan(&authorizer(json!({"authorizerResultTtlInSeconds": 60})), &environment);
    let AuthorizationPlan::Lambda(found) = &route.authorization else { panic!("open") };
    assert_eq!((found.sources.len(), found.result_ttl), (3, Some(Duration::from_secs(60))));
    assert_eq!(found.function.target, "/2015-03-31/functions/auth/invocations");
    assert_eq!(found.function.timeout, Duration::from_secs(10));
    assert_eq!(found.answer, crate::AuthorizerAnswerPlan::Policy);

    // What it says is short: it is never streamed.
    let streaming = Environment {
        lambda: serde_json::from_value(
            json!({"endpoint": "http://functions:9001", "response_stream": true}),
        )
        .expect("valid"),
        ..Environment::default()
    };
    let route = plan(&authorizer(json!({})), &streaming);
    let AuthorizationPlan::Lambda(found) = &route.authorization else { panic!("open") };
    assert_eq!(found.function.target, "/2015-03-31/functions/auth/invocations");

    // Whoever cannot be asked lets nobody pass.
    let obstacle = |members, environment| match plan(&authorizer(members), environment).integration
    {
        IntegrationPlan::Refused { reason }
        | IntegrationPlan::Uncallable { reason }
        | IntegrationPlan::NotServed { setting: reason } => reason,
        IntegrationPlan::HttpProxy(_)
        | IntegrationPlan::Lambda(_)
        | IntegrationPlan::Service(_) => panic!("called"),
    };
    let nowhere = Environment::default();
    let unknown = obstacle(json!({}), &nowhere);
    assert!(
        unknown.starts_with("authorizerUri of authorizer z1: neither lambda.endpoint"),
        "{unknown}"
    );
    let variable = obstacle(json!({"authorizerUri": "arn:${stageVariables.nope}"}), &environment);
    assert!(variable.contains("nope"), "{variable}");
    let source = obstacle(json!({"identitySource": ["$context.nosuch"]}), &environment);
    assert!(source.contains("$context.nosuch"), "{source}");

    let route = json!({"authorizationType": "CUSTOM", "authorizerId": "gone"});
    let route = plan(&document(json!({}), route, json!({})), &environment);
    assert!(matches!(route.integration, IntegrationPlan::Uncallable { .. }));
    let signed = document(json!({}), json!({"authorizationType": "AWS_IAM"}), json!({}));
    assert_eq!(plan(&signed, &environment).authorization, AuthorizationPlan::AwsIam);
}

#[test]
fn a_mapping_that_a_stage_variable_spoils_is_refused() {
    let parameters = json!({"requestParameters": {"overwrite:header.a": "${stageVariables.v}"}});
    let mut document = document(json!({}), json!({}), parameters);
    let refused = |document: &StageDocument| compile(document).map_err(|error| error.to_string());
    assert!(refused(&document).is_ok());
    document.stage.stage_variables.insert("v".to_owned(), "a\nb".to_owned());
    let error = refused(&document).expect_err("not a header's value");
    assert_eq!(
        error,
        "route 'GET /pets/{id}': requestParameters of integration i1: overwrite:header.a: \"a\\nb\" may not \
         stand in a header"
    );
}

#[test]
fn detailed_metrics_are_a_routes_own_or_the_stages() {
    let detailed = |own: Option<bool>, default: Option<bool>| {
        let mut document = document(json!({}), json!({}), json!({}));
        document.stage.default_route_settings.detailed_metrics_enabled = default;
        let own = RouteSettings { detailed_metrics_enabled: own, ..RouteSettings::default() };
        document.stage.route_settings.insert("GET /pets/{id}".to_owned(), own);
        compile(&document).expect("compiles").routes[0].detailed_metrics
    };
    assert!(!detailed(None, None));
    assert!(detailed(None, Some(true)));
    assert!(detailed(Some(true), Some(false)));
    assert!(!detailed(Some(false), Some(true)));
}

/// A route's own settings outweigh the stage's, member by member.
#[test]
fn throttles_are_a_routes_own_or_the_stages() {
    let throttle = |change: fn(&mut Stage)| {
        let mut document = document(json!({}), json!({}), json!({}));
        change(&mut document.stage);
        let plan = compile(&document).expect("compiles");
        plan.routes[0].throttle.map(|throttle| (throttle.rate, throttle.burst))
    };
    assert_eq!(throttle(|_| {}), None);
    assert_eq!(
        throttle(|stage| stage.default_route_settings.throttling_rate_limit = Some(0.5)),
        Some((0.5, 5_000))
    );
    assert_eq!(
        throttle(|stage| {
            stage.default_route_settings.throttling_rate_limit = Some(2.0);
            stage.default_route_settings.throttling_burst_limit = Some(1);
            let own = RouteSettings { throttling_burst_limit: Some(7), ..RouteSettings::default() };
            stage.route_settings.insert("GET /pets/{id}".to_owned(), own);
        }),
        Some((2.0, 7))
    );
}

#[test]
fn a_cors_configuration_becomes_header_values() {
    let cors = json!({"allowOrigins": ["https://a.example", "http://*"], "allowMethods": ["GET", "PUT"],
        "allowHeaders": ["*"], "maxAge": 5});
    let plan = compile(&document(json!({"corsConfiguration": cors}), json!({}), json!({})));
    let cors = plan.expect("compiles").cors.expect("there");
    assert_eq!(
        cors.allowed_origins,
        crate::AllowedOrigins::Listed {
            exact: vec!["https://a.example".to_owned()],
            starts: vec!["http://".to_owned()],
        }
    );
    assert_eq!(cors.allow_methods.expect("there").value, "GET,PUT");
    assert!(cors.allow_headers.expect("there").is_any);
    assert_eq!(
        (cors.allow_credentials, cors.max_age.expect("there")),
        (false, "5".parse().expect("a value"))
    );
}

#[test]
fn a_route_key_that_is_none_is_refused() {
    let error = compile(&document(json!({}), json!({"routeKey": "GET"}), json!({})));
    assert!(error.expect_err("refused").to_string().contains("not a route key"));
}

#[test]
fn documents_survive_their_codec() {
    let document = document(json!({}), json!({}), json!({}));
    let text = document.encode().expect("encodes");
    assert_eq!(StageDocument::decode(&text).expect("decodes"), document);
    let other = |format: u32| text.replacen("\"format\":2", &format!("\"format\":{format}"), 1);
    assert!(StageDocument::decode(&other(1)).is_ok());
    for unknown in [0, 3] {
        let refused = StageDocument::decode(&other(unknown)).expect_err("unknown");
        assert!(
            matches!(refused, crate::DocumentError::UnknownFormat(format) if format == unknown)
        );
    }
}

const SERVICE: &str = "arn:aws:servicediscovery:us-east-1:000000000000:service/srv-1";

/// The route's integration as VPC_LINK, where the service is at a place.
fn private(integration: &serde_json::Value) -> IntegrationPlan {
    let mut members = json!({"connectionType": "VPC_LINK", "connectionId": "l1"});
    let map = members.as_object_mut().expect("an object");
    map.extend(integration.as_object().expect("an object").clone());
    let mut document = document(json!({}), json!({}), members);
    document.stage.stage_variables.insert("srv".to_owned(), "srv-1".to_owned());
    let table = [(SERVICE.to_owned(), "http://orders.internal:8080".to_owned())];
    let environment = Environment {
        private_integrations: std::collections::BTreeMap::from(table).try_into().expect("valid"),
        ..Environment::default()
    };
    let mut plan = super::compile(&document, &environment).expect("compiles");
    plan.routes.remove(0).integration
}

#[test]
fn a_private_integration_is_where_configuration_says() {
    let check = |members: serde_json::Value, scheme, authority: &str, server_name: Option<&str>| {
        let IntegrationPlan::HttpProxy(proxy) = private(&members) else { panic!("not callable") };
        assert_eq!(proxy.upstream.connection, ConnectionPlan::VpcLink);
        assert_eq!(proxy.upstream.origin.scheme, scheme);
        assert_eq!(proxy.upstream.authority, authority);
        assert_eq!(proxy.upstream.server_name.as_deref(), server_name);
    };
    let (mapped, http, https) = ("orders.internal:8080", Scheme::Http, Scheme::Https);
    check(json!({"integrationUri": SERVICE}), http, mapped, None);
    check(json!({"integrationUri": format!("{SERVICE}?stage=prod")}), http, mapped, None);
    let with_variable = SERVICE.replace("srv-1", "${stageVariables.srv}");
    check(json!({"integrationUri": with_variable}), http, mapped, None);
    check(json!({"integrationUri": "https://a.example"}), https, "a.example", None);
    // With a TLS configuration, traffic is never in the clear.
    check(json!({"integrationUri": SERVICE, "tlsConfig": {}}), https, mapped, None);
    let named = json!({"serverNameToVerify": "orders.example"});
    let members = json!({"integrationUri": SERVICE, "tlsConfig": named});
    check(members, https, mapped, Some("orders.example"));
}

#[test]
fn a_private_integration_that_nothing_maps_is_refused() {
    let check = |uri: &str, expected: &str| {
        let IntegrationPlan::Refused { reason } = private(&json!({"integrationUri": uri})) else {
            panic!("{uri}: not refused")
        };
        assert_eq!(reason, format!("integrationUri of integration i1: {expected}"));
    };
    let other = SERVICE.replace("srv-1", "srv-2");
    check(&other, &format!("private_integrations.\"{other}\" is not in the configuration"));
    check("http://a.example/path", "neither an ARN nor http(s)://host:port");
    // A variable may yet be set: nothing is refused for want of it.
    let open = private(&json!({"integrationUri": "arn:aws:x:${stageVariables.nope}"}));
    assert!(matches!(open, IntegrationPlan::Uncallable { .. }), "{open:?}");
}

#[test]
fn how_a_functions_answers_come() {
    let lambda = |table: serde_json::Value| Environment {
        lambda: serde_json::from_value(table).expect("valid"),
        ..Environment::default()
    };
    let uri = "arn:aws:lambda:us-east-1:000000000000:function:orders:live";
    let document = document(
        json!({}),
        json!({}),
        json!({"integrationType": "AWS_PROXY", "integrationUri": uri}),
    );
    let plan = |environment: &Environment| {
        let route = super::compile(&document, environment).expect("compiles").routes.remove(0);
        let IntegrationPlan::Lambda(plan) = route.integration else { panic!("no function") };
        (plan.answers, plan.function.target)
    };
    let whole = plan(&lambda(json!({"endpoint": "http://functions:9001"})));
    let target = "/2015-03-31/functions/orders/invocations?Qualifier=live";
    assert_eq!(whole, (AnswersPlan::Whole, target.to_owned()));
    let streamed = plan(&lambda(json!({
        "endpoint": "http://functions:9001", "functions": {"orders": {"response_stream": true}}})));
    let target = "/2021-11-15/functions/orders/response-streaming-invocations?Qualifier=live";
    assert_eq!(streamed, (AnswersPlan::Streamed, target.to_owned()));
}
