//! What signs, by `credentialsArn`, and which service an `integrationSubtype` calls.

use serde_json::{Value, json};

use super::{Environment, IntegrationPlan, document};
use crate::SigningPlan;

const ROLE: &str = "arn:aws:iam::000000000000:role/writer";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:000000000000:function:orders";

/// A configuration with these members of `[aws]` and an Invoke API.
fn environment(aws: Value) -> Environment {
    let lambda = json!({"endpoint": "http://invoke:9001",
        "functions": {"emulated": {"url": "http://emulator:8080"}}});
    Environment {
        aws: serde_json::from_value(aws).expect("valid"),
        lambda: serde_json::from_value(lambda).expect("valid"),
        ..Environment::default()
    }
}

fn plan(integration: Value, environment: &Environment) -> IntegrationPlan {
    let mut document = document(json!({}), json!({}), integration);
    document.stage.stage_variables.insert("role".to_owned(), "writer".to_owned());
    let mut plan = crate::compile(&document, environment).expect("compiles");
    plan.routes.remove(0).integration
}

fn function(arn: &str, credentials_arn: Option<&str>) -> Value {
    json!({"integrationType": "AWS_PROXY", "integrationUri": arn, "credentialsArn": credentials_arn})
}

#[test]
fn an_invocation_is_signed_by_the_roles_profile_or_the_gateways_own() {
    let with_file = environment(json!({"credentials_file": "/c", "roles": {ROLE: "writer"}}));
    let with_variable = ROLE.replace("writer", "${stageVariables.role}");
    let emulated = FUNCTION.replace("orders", "emulated");
    let signing = |arn, role, environment| match plan(function(arn, role), environment) {
        IntegrationPlan::Lambda(plan) => plan
            .function
            .signing
            .map(|SigningPlan { profile, region }| (profile, region.to_string())),
        other => panic!("{arn} {role:?}: {other:?}"),
    };
    let signed = |profile: &str| Some((profile.to_owned(), "eu-west-1".to_owned()));
    assert_eq!(signing(FUNCTION, None, &with_file), signed("default"));
    assert_eq!(signing(FUNCTION, Some(ROLE), &with_file), signed("writer"));
    assert_eq!(signing(FUNCTION, Some(&with_variable), &with_file), signed("writer"));
    // A runtime's emulator knows no access keys.
    assert_eq!(signing(&emulated, Some(ROLE), &with_file), None);
    assert_eq!(signing(FUNCTION, None, &environment(json!({}))), None);
}

#[test]
fn a_role_that_nobody_has_is_refused() {
    let environment = environment(json!({"credentials_file": "/c", "roles": {ROLE: "writer"}}));
    let refused = |role: &str| match plan(function(FUNCTION, Some(role)), &environment) {
        IntegrationPlan::Refused { reason } => reason,
        other => panic!("{role}: {other:?}"),
    };
    let other = ROLE.replace("writer", "reader");
    assert_eq!(
        refused(&other),
        format!(
            "credentialsArn of integration i1: aws.roles.\"{other}\" is not in the configuration"
        )
    );
    let callers = refused("arn:aws:iam::*:user/*");
    assert!(callers.contains("the caller's own credentials"), "{callers}");
    // A variable may yet be set.
    let open =
        plan(function(FUNCTION, Some("arn:aws:iam::0:role/${stageVariables.x}")), &environment);
    assert!(matches!(open, IntegrationPlan::Uncallable { .. }), "{open:?}");
}

/// An HTTP upstream is asked for nothing: its role has nothing to open, whoever it is.
#[test]
fn an_http_upstream_needs_no_credentials() {
    let plan = plan(json!({"credentialsArn": ROLE}), &Environment::default());
    assert!(matches!(plan, IntegrationPlan::HttpProxy(_)), "{plan:?}");
}

fn send(parameters: &Value, environment: &Environment) -> IntegrationPlan {
    let mut given = json!({"QueueUrl": "$stageVariables.queue", "MessageBody": "$request.body.a"});
    given
        .as_object_mut()
        .expect("an object")
        .extend(parameters.as_object().expect("an object").clone());
    plan(
        json!({"integrationType": "AWS_PROXY", "integrationSubtype": "SQS-SendMessage", "credentialsArn": ROLE,
            "integrationUri": null, "requestParameters": given, "timeoutInMillis": 700}),
        environment,
    )
}

fn with_sqs(endpoint: &str) -> Environment {
    environment(json!({"credentials_file": "/c", "roles": {ROLE: "writer"},
        "services": {"sqs": {"endpoint": endpoint}}}))
}

#[test]
fn a_services_action_becomes_a_plan() {
    let check = |endpoint: &str, region: &Value, authority: &str, signed_for: &str| {
        let IntegrationPlan::Service(plan) = send(region, &with_sqs(endpoint)) else {
            panic!("{region}: not callable")
        };
        assert_eq!(plan.subtype, gatewright_types::IntegrationSubtype::SqsSendMessage);
        assert_eq!((plan.endpoint.authority(), plan.timeout.as_millis()), (authority, 700));
        assert_eq!(plan.signing.profile, "writer");
        assert_eq!(plan.signing.region.as_str(), signed_for, "{region}");
        assert!(plan.parameters.needs_body());
    };
    let (fixed, regional) = ("http://sqs:9324", "https://sqs.{region}.amazonaws.com");
    check(fixed, &json!({}), "sqs:9324", "us-east-1");
    check(fixed, &json!({"Region": "eu-west-1"}), "sqs:9324", "eu-west-1");
    // A variable that the stage does not have: left out, as every parameter that finds nothing.
    check(fixed, &json!({"Region": "$stageVariables.nosuch"}), "sqs:9324", "us-east-1");
    check(fixed, &json!({"Region": "$request.header.r"}), "sqs:9324", "us-east-1");
    check(regional, &json!({}), "sqs.us-east-1.amazonaws.com", "us-east-1");
    check(regional, &json!({"Region": "eu-west-1"}), "sqs.eu-west-1.amazonaws.com", "eu-west-1");
}

#[test]
fn a_services_action_that_configuration_does_not_know_is_refused() {
    let check = |parameters: Value, environment: &Environment, expected: &str| match send(
        &parameters,
        environment,
    ) {
        IntegrationPlan::Refused { reason } => assert_eq!(reason, expected),
        other => panic!("{other:?}"),
    };
    let roles = json!({"credentials_file": "/c", "roles": {ROLE: "writer"},
        "services": {"kinesis": {"endpoint": "http://k"}}});
    check(
        json!({}),
        &environment(roles),
        "integrationSubtype SQS-SendMessage of integration i1: neither aws.services.sqs.endpoint nor aws.endpoint is \
         in the configuration",
    );
    let no_role = environment(json!({"endpoint": "http://all"}));
    let role = format!("aws.roles.\"{ROLE}\" is not in the configuration");
    check(json!({}), &no_role, &format!("credentialsArn of integration i1: {role}"));
    // The management API demands a role, and the gateway's own profile stands in for none.
    let without_role = plan(
        json!({"integrationType": "AWS_PROXY", "integrationSubtype": "SQS-PurgeQueue"}),
        &with_sqs("http://sqs"),
    );
    assert!(matches!(without_role, IntegrationPlan::Refused { .. }), "{without_role:?}");
    let parameters = |reason: &str| format!("requestParameters of integration i1: {reason}");
    let sqs = with_sqs("https://sqs.{region}.amazonaws.com");
    check(
        json!({"Region": "$request.header.r"}),
        &sqs,
        &parameters(
            "Region: a request may not choose among the endpoints that {region} stands for",
        ),
    );
    let not_a_region = parameters("Region: \"evil.example/\" is not a region's name");
    check(json!({"Region": "evil.example/"}), &sqs, &not_a_region);
    let unknown = parameters("MessageBody: \"request.bdy\" is not a source");
    check(json!({"MessageBody": "$request.bdy"}), &sqs, &unknown);
}
