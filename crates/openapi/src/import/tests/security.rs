//! Security schemes and requirements.

use expect_test::expect;

use super::{imported, refused, routes, shown, warned};

#[test]
fn security_schemes_are_authorizers() {
    let imported = imported(
        "paths: {}
components:
  securitySchemes:
    jwt:
      type: oauth2
      x-amazon-apigateway-authorizer:
        type: jwt
        identitySource: $request.header.Authorization
        jwtConfiguration: {issuer: 'https://issuer', audience: [a, b]}
    lambda:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authorizer:
        type: Request
        identitySource: '$request.header.a, $request.querystring.b'
        authorizerUri: arn:aws:apigateway:${AWS::Region}:lambda:path/x
        authorizerCredentials: arn:role
        authorizerPayloadFormatVersion: 2.0
        authorizerResultTtlInSeconds: '300'
        enableSimpleResponses: true
    oidc:
      type: openIdConnect
      openIdConnectUrl: https://issuer/x/.well-known/openid-configuration
      x-amazon-apigateway-authorizer: {type: jwt, jwtConfiguration: {audience: [a]}}
    other: {type: http, scheme: bearer}",
    );
    let expected = expect![[r#"
        [
            CreateAuthorizer {
                authorizer_type: Some(
                    Jwt,
                ),
                identity_source: Some(
                    [
                        "$request.header.Authorization",
                    ],
                ),
                jwt_configuration: Some(
                    JwtConfiguration {
                        audience: Some(
                            [
                                "a",
                                "b",
                            ],
                        ),
                        issuer: Some(
                            "https://issuer",
                        ),
                    },
                ),
                name: Some(
                    "jwt",
                ),
            },
            CreateAuthorizer {
                authorizer_credentials_arn: Some(
                    "arn:role",
                ),
                authorizer_payload_format_version: Some(
                    "2.0",
                ),
                authorizer_result_ttl_in_seconds: Some(
                    300,
                ),
                authorizer_type: Some(
                    Request,
                ),
                authorizer_uri: Some(
                    "arn:aws:apigateway:eu-west-1:lambda:path/x",
                ),
                enable_simple_responses: Some(
                    true,
                ),
                identity_source: Some(
                    [
                        "$request.header.a",
                        "$request.querystring.b",
                    ],
                ),
                name: Some(
                    "lambda",
                ),
            },
            CreateAuthorizer {
                authorizer_type: Some(
                    Jwt,
                ),
                jwt_configuration: Some(
                    JwtConfiguration {
                        audience: Some(
                            [
                                "a",
                            ],
                        ),
                        issuer: Some(
                            "https://issuer/x",
                        ),
                    },
                ),
                name: Some(
                    "oidc",
                ),
            },
        ]
    "#]];
    expected.assert_eq(&shown(&imported.authorizers));
}

const SCHEMES: &str = "
components:
  securitySchemes:
    jwt: {type: oauth2, x-amazon-apigateway-authorizer: {type: jwt}}
    lambda: {type: apiKey, x-amazon-apigateway-authorizer: {type: request}}
    iam: {type: apiKey, x-amazon-apigateway-authtype: awsSigv4}
    bearer: {type: http}
    token: {type: apiKey, x-amazon-apigateway-authorizer: {type: token}}
    gone: {$ref: '#/components/securitySchemes/nowhere'}
";

#[test]
fn a_requirement_protects_a_route() {
    let rows = [
        ("", "", "None"),
        ("", "security: [{jwt: [a, b]}]", "Jwt, authorizer 0, scopes a b"),
        ("", "security: [{lambda: []}]", "Custom, authorizer 1"),
        ("", "security: [{iam: []}]", "AwsIam"),
        ("", "security: [{bearer: []}]", "None"),
        ("", "security: [{}]", "None"),
        ("security: [{jwt: []}]", "", "Jwt, authorizer 0"),
        ("security: [{jwt: []}]", "security: []", "None"),
        ("security: [{jwt: []}]", "security: ", "Jwt, authorizer 0"),
        ("security: [{jwt: []}]", "security: [{lambda: []}]", "Custom, authorizer 1"),
        ("security: [{jwt: []}]", "x-amazon-apigateway-auth: {type: aws_iam}", "AwsIam"),
        ("security: [{jwt: []}]", "x-amazon-apigateway-auth: {type: NONE}", "None"),
        ("", "x-amazon-apigateway-auth: {type: AWS_IAM}\n      security: [{iam: []}]", "AwsIam"),
    ];
    for (top, operation, expected) in rows {
        let rest = format!(
            "{top}\npaths:\n  /a:\n    get:\n      operationId: o\n      {operation}{SCHEMES}"
        );
        let imported = imported(&rest);
        let mut shown = routes(&imported)[0].clone();
        shown.truncate(shown.find(", called").unwrap());
        assert_eq!(shown, format!("GET /a: {expected}"), "{rest}");
        let open = "components.securitySchemes.bearer has no x-amazon-apigateway-authorizer: routes that require it are open";
        let told = imported.warnings.iter().any(|warning| warning.contains(open));
        assert_eq!(told, operation.contains("bearer"));
    }
}

#[test]
fn a_requirement_that_cannot_be_met_is_refused() {
    let several = "security has several security requirements, of which a route can have one";
    let scopes = "has scopes: Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types";
    let rows = [
        ("security: [{jwt: []}, {lambda: []}]", several.to_owned()),
        ("security: [{jwt: []}, {}]", several.to_owned()),
        ("security: [{jwt: [], lambda: []}]", several.to_owned()),
        (
            "security: [{nobody: []}]",
            "security.[0].nobody requires `nobody`, which components.securitySchemes lacks"
                .to_owned(),
        ),
        (
            "security: [{token: []}]",
            "security.[0].token requires `token`, which components.securitySchemes lacks"
                .to_owned(),
        ),
        (
            "security: [{gone: []}]",
            "security.[0].gone requires `gone`, which components.securitySchemes lacks".to_owned(),
        ),
        ("security: [{lambda: [a]}]", format!("security.[0].lambda {scopes}")),
        ("security: [{iam: [a]}]", format!("security.[0].iam {scopes}")),
        ("security: [{jwt: a}]", "security.[0].jwt is not of type `array`".to_owned()),
        ("security: {jwt: []}", "security is not of type `array`".to_owned()),
        ("security: [jwt]", "security.[0] is not of type `object`".to_owned()),
        (
            "x-amazon-apigateway-auth: {type: JWT}",
            "x-amazon-apigateway-auth.type is `JWT`, not NONE or AWS_IAM".to_owned(),
        ),
        (
            "x-amazon-apigateway-auth: {type: NONE}\n      security: [{jwt: []}]",
            "x-amazon-apigateway-auth stands beside another security requirement".to_owned(),
        ),
    ];
    for (operation, expected) in rows {
        refused(
            &format!("paths:\n  /a:\n    get:\n      {operation}{SCHEMES}"),
            &format!("paths.'/a'(get).{expected}"),
        );
    }
    refused(&format!("security: [{{jwt: []}}, {{lambda: []}}]\npaths: {{}}{SCHEMES}"), several);
    warned(
        &format!("paths: {{}}{SCHEMES}"),
        &[
            "Parse issue: attribute components.securitySchemes.gone.#/components/securitySchemes/nowhere is missing",
            "Parse issue: attribute components.securitySchemes.token.x-amazon-apigateway-authorizer.type is token, and the authorizer is skipped: HTTP APIs have jwt and request",
        ],
    );
}
