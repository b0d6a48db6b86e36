use super::*;

const PLAN: &str = r#"{"id":"p1","name":"n","productCode":"c",
    "apiStages":[{"apiId":"a","stage":"$default","throttle":{"/pets/GET":{"burstLimit":1,"rateLimit":2}}}],
    "quota":{"limit":1,"offset":2,"period":"WEEK"},"throttle":{"burstLimit":3,"rateLimit":4}}"#;

fn plan() -> UsagePlan {
    serde_json::from_str(PLAN).expect("a plan")
}

/// What the operations, each `op path value`, make of members of the plan, or their refusal.
fn run(operations: &[&str]) -> Result<UsagePlan, String> {
    let operations = operations.iter().map(|text| {
        let mut parts = text.splitn(3, ' ');
        let op = format!("\"{}\"", parts.next().expect("an op"));
        PatchOperation {
            op: serde_json::from_str(&op).expect("an op"),
            path: parts.next().expect("a path").to_owned(),
            value: parts.next().map(str::to_owned),
        }
    });
    patched(plan(), &operations.collect::<Vec<_>>()).map_err(|error| error.to_string())
}

#[track_caller]
fn check(operations: &[&str], member: &str, expected: &str) {
    let plan = serde_json::to_value(run(operations).expect("taken")).expect("json");
    assert_eq!(plan[member].to_string(), expected, "{operations:?}");
}

#[track_caller]
fn refused(operation: &str, expected: &str) {
    let refusal = run(&[operation]).expect_err(operation);
    assert!(refusal.contains(expected), "{operation}: {refusal}");
}

#[test]
fn texts_are_replaced() {
    check(&["replace /name other"], "name", r#""other""#);
    check(&["replace /description d"], "description", r#""d""#);
    check(&["replace /description d", "replace /description "], "description", "null");
    check(&["replace /productCode d"], "productCode", r#""d""#);
    check(&["remove /productCode"], "productCode", "null");
    check(&["remove /productCode", "add /productCode d"], "productCode", r#""d""#);
}

#[test]
fn throttle_and_quota_are_changed_removed_and_made() {
    check(&["replace /throttle/burstLimit 9"], "throttle", r#"{"burstLimit":9,"rateLimit":4.0}"#);
    check(&["replace /throttle/rateLimit 0.5"], "throttle", r#"{"burstLimit":3,"rateLimit":0.5}"#);
    check(&["remove /throttle"], "throttle", "null");
    check(
        &["remove /throttle", "add /throttle/rateLimit 5"],
        "throttle",
        r#"{"burstLimit":0,"rateLimit":5.0}"#,
    );
    check(
        &["replace /quota/limit 9", "replace /quota/offset 0", "replace /quota/period DAY"],
        "quota",
        r#"{"limit":9,"offset":0,"period":"DAY"}"#,
    );
    check(&["remove /quota"], "quota", "null");
    check(
        &["remove /quota", "add /quota/period MONTH", "add /quota/limit 7"],
        "quota",
        r#"{"limit":7,"offset":0,"period":"MONTH"}"#,
    );
    let half = run(&["remove /quota", "add /quota/limit 7"]);
    assert_eq!(half, Err("Missing required member 'quota.period'".to_owned()));
}

#[test]
fn stages_are_added_and_removed() {
    check(&["remove /apiStages a:$default"], "apiStages", "[]");
    check(
        &["remove /apiStages a:$default", "add /apiStages b:dev"],
        "apiStages",
        r#"[{"apiId":"b","stage":"dev"}]"#,
    );
    refused("remove /apiStages", "Invalid API Stage specified");
    refused("remove /apiStages a", "Invalid API Stage specified");
    refused("add /apiStages a:", "Invalid API Stage specified");
    let unknown = "Invalid API Stage {api: b, stage: dev} specified for usageplan p1";
    refused("remove /apiStages b:dev", unknown);
    refused("replace /apiStages/b:dev/throttle/k/rateLimit 1", unknown);
}

#[test]
fn a_stage_throttles_its_routes() {
    let throttle = |operation: &str| {
        let plan = run(&[operation]).expect("taken");
        serde_json::to_string(&plan.api_stages[0].throttle).expect("json")
    };
    // As Terraform writes a path, and as AWS documents it.
    for key in ["/pets/GET", "~1pets/GET", "~1pets~1GET"] {
        assert_eq!(
            throttle(&format!("replace /apiStages/a:$default/throttle/{key}/rateLimit 9")),
            r#"{"/pets/GET":{"burstLimit":1,"rateLimit":9.0}}"#
        );
        assert_eq!(throttle(&format!("remove /apiStages/a:$default/throttle/{key}")), "null");
    }
    assert_eq!(
        throttle("add /apiStages/a:$default/throttle/*/*/burstLimit 5"),
        r#"{"*/*":{"burstLimit":5,"rateLimit":0.0},"/pets/GET":{"burstLimit":1,"rateLimit":2.0}}"#
    );
    assert_eq!(
        throttle(r#"replace /apiStages/a:$default/throttle {"$connect":{"rateLimit":1}}"#),
        r#"{"$connect":{"burstLimit":0,"rateLimit":1.0}}"#
    );
    assert_eq!(throttle("remove /apiStages/a:$default/throttle"), "null");
}

#[test]
fn other_paths_and_values_are_refused() {
    refused(
        "remove /apiStages/a:$default",
        "Invalid patch path  '/apiStages/a:$default' specified for op 'remove'. Must be one of: [/apiStages, /quota, /throttle, /productCode, /apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>, /apiStages/<apidId:stageName>/throttle]",
    );
    for operation in [
        "add /name x",
        "remove /name",
        "replace /apiStages a:$default",
        "replace /id x",
        "replace /quota {}",
        "replace /apiStages/a:$default/throttle/k/other 1",
        "replace /apiStages/a:$default/throttles 1",
        "copy /name x",
        "test /name x",
    ] {
        let path = operation.split(' ').nth(1).unwrap_or_default();
        refused(operation, &format!("Invalid patch path  '{path}'"));
    }
    refused("replace /quota/limit x", "Invalid value for '/quota/limit': 'x'");
    refused("replace /quota/limit -1", "Invalid value for '/quota/limit': '-1'");
    refused("replace /throttle/rateLimit", "Invalid value for '/throttle/rateLimit': a value");
    refused("replace /quota/period YEAR", "'YEAR' is not DAY, WEEK or MONTH");
    refused("replace /apiStages/a:$default/throttle nope", "Invalid value for");
}
