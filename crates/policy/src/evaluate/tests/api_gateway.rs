//! AWS's own examples for managing APIs: "Identity-based policy examples", "IAM policy examples for
//! managing API Gateway APIs" and "Using tags to control access" of the API Gateway developer guide.

use super::*;

const API: &str = "arn:aws:apigateway:us-east-1::/apis/a123456789";
const ROUTES: &str = "arn:aws:apigateway:us-east-1::/apis/a123456789/routes";
const ROUTE: &str = "arn:aws:apigateway:us-east-1::/apis/a123456789/routes/r1";
const APIS: &str = "arn:aws:apigateway:us-east-1::/apis";

#[test]
fn full_access() {
    check(
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"Stmt1467321765000","Effect":"Allow",
            "Action":["apigateway:*"],"Resource":["*"]}]}"#,
        &[
            ("apigateway:GET", API, "", Allowed),
            ("apigateway:DELETE", ROUTE, "", Allowed),
            ("execute-api:Invoke", "arn:aws:execute-api:us-east-1:1:a/b", "", ImplicitlyDenied),
            ("sts:GetCallerIdentity", "*", "", ImplicitlyDenied),
        ],
    );
}

#[test]
fn managed_policy_administrator() {
    check(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["apigateway:*"],
            "Resource":"arn:aws:apigateway:*::/*"}]}"#,
        &[
            ("apigateway:POST", APIS, "", Allowed),
            ("apigateway:PATCH", "arn:aws:apigateway:eu-west-1::/vpclinks/v", "", Allowed),
            // Routing rules carry an account, which the managed policy does not cover.
            (
                "apigateway:UpdateRoutingRule",
                "arn:aws:apigateway:us-east-1:111122223333:/domainnames/example.com/routingrules/r",
                "",
                ImplicitlyDenied,
            ),
        ],
    );
}

#[test]
fn simple_read_permissions() {
    check(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["apigateway:GET"],
            "Resource":["arn:aws:apigateway:us-east-1::/apis/a123456789/*"]}]}"#,
        &[
            ("apigateway:GET", ROUTE, "", Allowed),
            ("apigateway:GET", ROUTES, "", Allowed),
            ("APIGateway:get", ROUTE, "", Allowed),
            ("apigateway:GET", API, "", ImplicitlyDenied),
            ("apigateway:GET", APIS, "", ImplicitlyDenied),
            ("apigateway:POST", ROUTES, "", ImplicitlyDenied),
            (
                "apigateway:GET",
                "arn:aws:apigateway:eu-west-1::/apis/a123456789/routes",
                "",
                ImplicitlyDenied,
            ),
            (
                "apigateway:GET",
                "arn:aws:apigateway:us-east-1::/apis/b/routes",
                "",
                ImplicitlyDenied,
            ),
        ],
    );
}

#[test]
fn read_only_permissions_on_any_apis() {
    check(
        r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"Stmt1467321237000","Effect":"Deny","Action":["apigateway:POST","apigateway:PUT",
             "apigateway:PATCH","apigateway:DELETE"],"Resource":["arn:aws:apigateway:us-east-1::/*"]},
            {"Sid":"Stmt1467321341000","Effect":"Deny","Action":["apigateway:GET","apigateway:HEAD",
             "apigateway:OPTIONS"],"Resource":["arn:aws:apigateway:us-east-1::/",
             "arn:aws:apigateway:us-east-1::/account","arn:aws:apigateway:us-east-1::/domainnames",
             "arn:aws:apigateway:us-east-1::/apikeys"]},
            {"Sid":"Stmt1467321344000","Effect":"Allow","Action":["apigateway:GET","apigateway:HEAD",
             "apigateway:OPTIONS"],"Resource":["arn:aws:apigateway:us-east-1::/restapis/*"]}]}"#,
        &[
            ("apigateway:GET", "arn:aws:apigateway:us-east-1::/restapis/a/stages", "", Allowed),
            (
                "apigateway:POST",
                "arn:aws:apigateway:us-east-1::/restapis/a/stages",
                "",
                ExplicitlyDenied,
            ),
            ("apigateway:DELETE", API, "", ExplicitlyDenied),
            ("apigateway:GET", "arn:aws:apigateway:us-east-1::/domainnames", "", ExplicitlyDenied),
            (
                "apigateway:GET",
                "arn:aws:apigateway:us-east-1::/domainnames/d",
                "",
                ImplicitlyDenied,
            ),
            ("apigateway:DELETE", "arn:aws:apigateway:eu-west-1::/apis/a", "", ImplicitlyDenied),
        ],
    );
}

#[test]
fn a_user_blocked_from_deleting() {
    check(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["apigateway:GET","apigateway:PATCH"],
             "Resource":["arn:aws:apigateway:us-east-1::/apis/*"]},
            {"Effect":"Allow","Action":["apigateway:DELETE"],
             "Condition":{"StringNotLike":{"aws:username":"johndoe"}},
             "Resource":["arn:aws:apigateway:us-east-1::/apis/*"]}]}"#,
        &[
            ("apigateway:DELETE", API, "aws:username=janedoe", Allowed),
            ("apigateway:DELETE", API, "aws:username=johndoe", ImplicitlyDenied),
            ("apigateway:DELETE", API, "", Allowed),
            ("apigateway:GET", API, "aws:username=johndoe", Allowed),
        ],
    );
}

#[test]
fn one_api_denied() {
    check(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"apigateway:*","Resource":"*"},
            {"Effect":"Deny","Action":"apigateway:*","Resource":[
             "arn:aws:apigateway:us-east-1::/apis/a123456789",
             "arn:aws:apigateway:us-east-1::/apis/a123456789/*"]}]}"#,
        &[
            ("apigateway:GET", API, "", ExplicitlyDenied),
            ("apigateway:POST", ROUTES, "", ExplicitlyDenied),
            ("apigateway:GET", "arn:aws:apigateway:us-east-1::/apis/a1234567890", "", Allowed),
            ("apigateway:GET", APIS, "", Allowed),
        ],
    );
}

#[test]
fn only_request_or_jwt_authorizers() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Sid":"OnlyAllowSomeAuthorizerTypes",
        "Effect":"Allow","Action":["apigateway:PUT","apigateway:POST","apigateway:PATCH"],
        "Resource":["arn:aws:apigateway:us-east-1::/apis",
         "arn:aws:apigateway:us-east-1::/apis/??????????",
         "arn:aws:apigateway:us-east-1::/apis/*/authorizers",
         "arn:aws:apigateway:us-east-1::/apis/*/authorizers/*"],
        "Condition":{"ForAllValues:StringEqualsIfExists":{
         "apigateway:Request/AuthorizerType":["REQUEST","JWT"]}}}]}"#;
    let authorizers = "arn:aws:apigateway:us-east-1::/apis/a123456789/authorizers";
    check(
        policy,
        &[
            ("apigateway:POST", authorizers, "apigateway:Request/AuthorizerType+=JWT", Allowed),
            (
                "apigateway:POST",
                authorizers,
                "apigateway:Request/AuthorizerType+=TOKEN",
                ImplicitlyDenied,
            ),
            (
                "apigateway:POST",
                authorizers,
                "apigateway:Request/AuthorizerType+=JWT|TOKEN",
                ImplicitlyDenied,
            ),
            ("apigateway:POST", APIS, "", Allowed),
            ("apigateway:PATCH", API, "", Allowed),
            ("apigateway:POST", ROUTES, "", ImplicitlyDenied),
        ],
    );
}

#[test]
fn the_default_endpoint_must_be_disabled() {
    check(
        r#"{"Version":"2012-10-17","Statement":[
            {"Sid":"DisableExecuteApiEndpoint","Effect":"Allow",
             "Action":["apigateway:PATCH","apigateway:POST","apigateway:PUT"],
             "Resource":["arn:aws:apigateway:us-east-1::/apis","arn:aws:apigateway:us-east-1::/apis/*"],
             "Condition":{"BoolIfExists":{"apigateway:Request/DisableExecuteApiEndpoint":true}}},
            {"Sid":"ScopeDownToJustApis","Effect":"Deny",
             "Action":["apigateway:PATCH","apigateway:POST","apigateway:PUT"],
             "Resource":["arn:aws:apigateway:us-east-1::/apis/*/*"]}]}"#,
        &[
            ("apigateway:POST", APIS, "apigateway:Request/DisableExecuteApiEndpoint=true", Allowed),
            (
                "apigateway:POST",
                APIS,
                "apigateway:Request/DisableExecuteApiEndpoint=false",
                ImplicitlyDenied,
            ),
            ("apigateway:PATCH", API, "", Allowed),
            ("apigateway:POST", ROUTES, "", ExplicitlyDenied),
        ],
    );
}

#[test]
fn routes_must_have_authorization() {
    check(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["apigateway:POST","apigateway:PATCH","apigateway:PUT"],
             "Resource":["arn:aws:apigateway:us-east-1::/apis","arn:aws:apigateway:us-east-1::/apis/*/routes",
              "arn:aws:apigateway:us-east-1::/apis/*/routes/*"]},
            {"Effect":"Deny","Action":["apigateway:POST","apigateway:PATCH","apigateway:PUT"],
             "Resource":["arn:aws:apigateway:us-east-1::/apis","arn:aws:apigateway:us-east-1::/apis/*"],
             "Condition":{"ForAnyValue:StringEqualsIgnoreCase":{
              "apigateway:Request/RouteAuthorizationType":"NONE"}}}]}"#,
        &[
            ("apigateway:POST", ROUTES, "apigateway:Request/RouteAuthorizationType+=JWT", Allowed),
            (
                "apigateway:POST",
                ROUTES,
                "apigateway:Request/RouteAuthorizationType+=none",
                ExplicitlyDenied,
            ),
            (
                "apigateway:PUT",
                APIS,
                "apigateway:Request/RouteAuthorizationType+=JWT|NONE",
                ExplicitlyDenied,
            ),
            ("apigateway:PATCH", ROUTE, "", Allowed),
        ],
    );
}

#[test]
fn a_routing_rule_of_certain_priorities() {
    let rule = "arn:aws:apigateway:us-east-1:111122223333:/domainnames/example.com/routingrules/r";
    check(
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"apigateway:UpdateRoutingRule",
            "Resource":"arn:aws:apigateway:us-east-1:111122223333:/domainnames/example.com/routingrules/*",
            "Condition":{
             "NumericGreaterThanEquals":{"apigateway:Resource/Priority":1001,"apigateway:Request/Priority":1001},
             "NumericLessThanEquals":{"apigateway:Resource/Priority":2000,"apigateway:Request/Priority":2000}}}]}"#,
        &[
            (
                "apigateway:UpdateRoutingRule",
                rule,
                "apigateway:Resource/Priority=1001; apigateway:Request/Priority=2000",
                Allowed,
            ),
            (
                "apigateway:UpdateRoutingRule",
                rule,
                "apigateway:Resource/Priority=1000; apigateway:Request/Priority=1500",
                ImplicitlyDenied,
            ),
            (
                "apigateway:UpdateRoutingRule",
                rule,
                "apigateway:Resource/Priority=1500; apigateway:Request/Priority=2001",
                ImplicitlyDenied,
            ),
            (
                "apigateway:UpdateRoutingRule",
                rule,
                "apigateway:Resource/Priority=1500",
                ImplicitlyDenied,
            ),
        ],
    );
}

#[test]
fn a_routing_rule_for_certain_base_paths() {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"apigateway:*","Resource":"*",
        "Condition":{"ForAllValues:StringLike":{"apigateway:Request/ConditionBasePaths":["orders*"]},
                     "Null":{"apigateway:Request/ConditionBasePaths":"false"}}}]}"#;
    check(
        policy,
        &[
            (
                "apigateway:PUT",
                APIS,
                "apigateway:Request/ConditionBasePaths+=orders/create|orders123",
                Allowed,
            ),
            (
                "apigateway:PUT",
                APIS,
                "apigateway:Request/ConditionBasePaths+=orders|payment/orders",
                ImplicitlyDenied,
            ),
            ("apigateway:PUT", APIS, "apigateway:Request/ConditionBasePaths+=", ImplicitlyDenied),
            ("apigateway:PUT", APIS, "", ImplicitlyDenied),
        ],
    );
}

#[test]
fn resource_tags() {
    check(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":"apigateway:GET","Resource":"*"},
            {"Effect":"Allow","Action":"apigateway:*","Resource":"*",
             "Condition":{"StringEquals":{"aws:ResourceTag/iamrole":"readWrite"}}},
            {"Effect":"Deny","Action":["apigateway:PATCH","apigateway:PUT","apigateway:POST","apigateway:DELETE"],
             "Resource":"*","Condition":{"Null":{"aws:ResourceTag/prod":"false"}}}]}"#,
        &[
            ("apigateway:GET", API, "", Allowed),
            ("apigateway:PATCH", API, "", ImplicitlyDenied),
            ("apigateway:PATCH", API, "aws:ResourceTag/iamrole=readWrite", Allowed),
            ("apigateway:PATCH", API, "aws:ResourceTag/IamRole=readWrite", Allowed),
            ("apigateway:PATCH", API, "aws:ResourceTag/iamrole=readwrite", ImplicitlyDenied),
            (
                "apigateway:PATCH",
                API,
                "aws:ResourceTag/iamrole=readWrite; aws:ResourceTag/prod=",
                ExplicitlyDenied,
            ),
            ("apigateway:GET", API, "aws:ResourceTag/prod=yes", Allowed),
        ],
    );
}

#[test]
fn request_tags() {
    let stages = "arn:aws:apigateway:us-east-1::/restapis/a/stages";
    check(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["apigateway:*"],"Resource":["*"]},
            {"Effect":"Deny","Action":"apigateway:POST","Resource":"arn:aws:apigateway:*::/restapis/*/stages",
             "Condition":{"Null":{"aws:RequestTag/stage":"true"}}},
            {"Effect":"Deny","Action":"apigateway:POST","Resource":"arn:aws:apigateway:*::/restapis/*/stages",
             "Condition":{"ForAnyValue:StringNotEquals":{"aws:RequestTag/stage":["beta","gamma","prod"]}}}]}"#,
        &[
            ("apigateway:POST", stages, "aws:RequestTag/stage=beta", Allowed),
            ("apigateway:POST", stages, "aws:RequestTag/stage=alpha", ExplicitlyDenied),
            ("apigateway:POST", stages, "", ExplicitlyDenied),
            ("apigateway:GET", stages, "", Allowed),
        ],
    );
}
