//! Integrations.

use expect_test::expect;

use super::{imported, refused, routes, shown, try_import};
use crate::BasePath;

#[test]
fn an_integration_has_every_listed_member() {
    let imported = imported(
        "paths:
  /a:
    get:
      x-amazon-apigateway-integration:
        type: HTTP_Proxy
        httpMethod: any
        uri: https://${AWS::Region}.example.com/{proxy}
        payloadFormatVersion: 1.0
        connectionType: vpc_link
        connectionId: ${stageVariables.link}
        credentials: arn:${AWS::Partition}:iam::${AWS::AccountId}:role/r
        requestParameters: {'append:header.x': 5}
        responseParameters: {200: {'overwrite:header.x': v}}
        timeoutInMillis: 1500
        integrationSubtype: SQS-SendMessage
        tlsConfig: {serverNameToVerify: u.example.com}
        passthroughBehavior: when_no_match
        cacheKeyParameters: [a]
        responses: {default: {statusCode: 200}}
    put: {x-amazon-apigateway-integration: {type: aws_proxy, uri: arn}}",
    );
    let expected = expect![[r#"
        [
            CreateIntegration {
                connection_id: Some(
                    "${stageVariables.link}",
                ),
                connection_type: Some(
                    VpcLink,
                ),
                credentials_arn: Some(
                    "arn:aws:iam::123456789012:role/r",
                ),
                description: Some(
                    "AutoCreate from OpenAPI Import",
                ),
                integration_method: Some(
                    "ANY",
                ),
                integration_subtype: Some(
                    "SQS-SendMessage",
                ),
                integration_type: Some(
                    HttpProxy,
                ),
                integration_uri: Some(
                    "https://eu-west-1.example.com/{proxy}",
                ),
                payload_format_version: Some(
                    "1.0",
                ),
                request_parameters: Some(
                    {
                        "append:header.x": "5",
                    },
                ),
                response_parameters: Some(
                    {
                        "200": {
                            "overwrite:header.x": "v",
                        },
                    },
                ),
                timeout_in_millis: Some(
                    1500,
                ),
                tls_config: Some(
                    TlsConfig {
                        server_name_to_verify: Some(
                            "u.example.com",
                        ),
                    },
                ),
            },
            CreateIntegration {
                description: Some(
                    "AutoCreate from OpenAPI Import",
                ),
                integration_type: Some(
                    AwsProxy,
                ),
                integration_uri: Some(
                    "arn",
                ),
                payload_format_version: Some(
                    "1.0",
                ),
            },
        ]
    "#]];
    expected.assert_eq(&shown(&imported.integrations));
    assert_eq!(imported.import_info.len(), 3, "{:?}", imported.import_info);
}

#[test]
fn a_payload_format_version_may_be_a_number() {
    for (version, expected) in [("2.0", "2.0"), ("'2.0'", "2.0"), ("1.0", "1.0")] {
        let json = format!(
            r#"{{"openapi":"3.0.1","info":{{"title":"t"}},"paths":{{"/a":{{"get":{{"x-amazon-apigateway-integration":{{"type":"aws_proxy","payloadFormatVersion":{}}}}}}}}}}}"#,
            version.replace('\'', "\"")
        );
        let imported = try_import(&json, BasePath::Ignore).expect("JSON");
        assert_eq!(imported.integrations[0].payload_format_version.as_deref(), Some(expected));
    }
}

#[test]
fn components_are_shared_between_their_users() {
    let imported = imported(
        "paths:
  /a:
    get: {x-amazon-apigateway-integration: {$ref: '#/components/x-amazon-apigateway-integrations/one'}}
    put: {x-amazon-apigateway-integration: {$ref: '#/components/x-amazon-apigateway-integrations/one'}}
    post: {x-amazon-apigateway-integration: {type: http_proxy}}
    head: {x-amazon-apigateway-integration: {$ref: '#/components/x-amazon-apigateway-integrations/none'}}
    patch: {x-amazon-apigateway-integration: {$ref: '#/components/x-amazon-apigateway-integrations/mock'}}
    delete: {x-amazon-apigateway-integration: {$ref: '#/components/x-amazon-apigateway-integrations/mock'}}
components:
  x-amazon-apigateway-integrations: {one: {type: http_proxy}, mock: {type: mock}, unused: 1}",
    );
    assert_eq!(
        routes(&imported),
        [
            "DELETE /a: None",
            "GET /a: None, integration 0",
            "HEAD /a: None",
            "PATCH /a: None",
            "POST /a: None, integration 1",
            "PUT /a: None, integration 0",
        ]
    );
    assert_eq!(imported.integrations.len(), 2);
    assert_eq!(
        imported.warnings,
        [
            "Parse issue: attribute #/components/x-amazon-apigateway-integrations/mock.type is mock, and the integration is skipped: Currently, an API with a protocol type of HTTP may only be associated with proxy integrations (AWS_PROXY, HTTP_PROXY)",
            "Parse issue: attribute paths.'/a'(head).x-amazon-apigateway-integration.#/components/x-amazon-apigateway-integrations/none is missing",
        ]
    );
}

#[test]
fn wrong_integrations_name_their_member() {
    let rows = [
        ("{}", ".type is missing"),
        ("{type: {}}", ".type is not of type `string`"),
        ("{type: lambda}", ".type is `lambda`, not aws_proxy or http_proxy"),
        ("1", " is not of type `object`"),
        ("{type: aws_proxy, timeoutInMillis: soon}", ".timeoutInMillis is not of type `integer`"),
        ("{type: aws_proxy, timeoutInMillis: 1e3}", ".timeoutInMillis is not of type `integer`"),
        (
            "{type: aws_proxy, connectionType: x}",
            ".connectionType is `x`, not INTERNET or VPC_LINK",
        ),
        (
            "{type: aws_proxy, requestParameters: {a: []}}",
            ".requestParameters.a is not of type `string`",
        ),
        (
            "{type: aws_proxy, responseParameters: {200: a}}",
            ".responseParameters.200 is not of type `object`",
        ),
        ("{type: aws_proxy, tlsConfig: a}", ".tlsConfig is not of type `object`"),
    ];
    for (integration, expected) in rows {
        refused(
            &format!("paths: {{/a: {{get: {{x-amazon-apigateway-integration: {integration}}}}}}}"),
            &format!("paths.'/a'(get).x-amazon-apigateway-integration{expected}"),
        );
    }
}
