//! What signs, by `credentialsArn`.

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
