//! Documents as a whole, in the form of spec/management-api.md section 4.4.

mod example;

use expect_test::expect;
use gatewright_types::{AuthorizationType, AuthorizerId, Cors, IpAddressType, StageName};

use super::{ExportOptions, ExportedApi, OutputType, export};
use example::{CREATED, Example, example, route};

fn exported(example: &Example, output_type: OutputType, include_extensions: bool) -> String {
    let exported = ExportedApi {
        api: &example.api,
        routes: &example.routes,
        integrations: &example.integrations,
        authorizers: &example.authorizers,
        stage_name: example.stage_name.as_ref(),
        api_endpoint: "https://a1b2c3d4.execute-api.us-east-1.amazonaws.com",
        created_date: CREATED,
    };
    export(&exported, &ExportOptions { output_type, include_extensions })
}

#[test]
fn json_has_aws_order_of_members() {
    let expected = expect![[r#"
        {
          "openapi": "3.0.1",
          "info": {
            "title": "my-api",
            "version": "2020-04-08 19:05:45UTC"
          },
          "servers": [
            {
              "url": "https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/{basePath}",
              "variables": {
                "basePath": {
                  "default": "prod"
                }
              }
            }
          ],
          "tags": [
            {
              "name": "Owner",
              "x-amazon-apigateway-tag-value": "team"
            }
          ],
          "paths": {
            "/files/{proxy+}": {
              "x-amazon-apigateway-any-method": {
                "responses": {
                  "default": {
                    "description": "Default response for ANY /files/{proxy+}"
                  }
                },
                "security": [
                  {
                    "my-lambda": []
                  }
                ]
              },
              "parameters": [
                {
                  "name": "proxy+",
                  "in": "path",
                  "description": "Generated path parameter for proxy+",
                  "required": true,
                  "schema": {
                    "type": "string"
                  }
                }
              ]
            },
            "/pets/{id}": {
              "get": {
                "responses": {
                  "default": {
                    "description": "Default response for GET /pets/{id}"
                  }
                },
                "x-amazon-apigateway-integration": {
                  "payloadFormatVersion": "2.0",
                  "type": "aws_proxy",
                  "httpMethod": "POST",
                  "uri": "arn:aws:apigateway:...",
                  "connectionType": "INTERNET"
                }
              },
              "put": {
                "responses": {
                  "default": {
                    "description": "Default response for PUT /pets/{id}"
                  }
                },
                "x-amazon-apigateway-auth": {
                  "type": "AWS_IAM"
                },
                "x-amazon-apigateway-integration": {
                  "payloadFormatVersion": "2.0",
                  "type": "aws_proxy",
                  "httpMethod": "POST",
                  "uri": "arn:aws:apigateway:...",
                  "connectionType": "INTERNET"
                }
              },
              "delete": {
                "operationId": "deletePet",
                "responses": {
                  "default": {
                    "description": "Default response for DELETE /pets/{id}"
                  }
                },
                "security": [
                  {
                    "my-jwt": [
                      "pets:write"
                    ]
                  }
                ],
                "x-amazon-apigateway-integration": {
                  "credentials": "arn:role",
                  "responseParameters": {
                    "200": {
                      "overwrite:header.b": "v"
                    }
                  },
                  "requestParameters": {
                    "overwrite:header.a": "v"
                  },
                  "payloadFormatVersion": "1.0",
                  "connectionId": "link",
                  "type": "http_proxy",
                  "httpMethod": "ANY",
                  "uri": "arn:listener",
                  "connectionType": "VPC_LINK",
                  "tlsConfig": {
                    "serverNameToVerify": "u.example.com"
                  },
                  "timeoutInMillis": 50
                }
              },
              "parameters": [
                {
                  "name": "id",
                  "in": "path",
                  "description": "Generated path parameter for id",
                  "required": true,
                  "schema": {
                    "type": "string"
                  }
                }
              ]
            },
            "/$default": {
              "x-amazon-apigateway-any-method": {
                "isDefaultRoute": true,
                "responses": {
                  "default": {
                    "description": "Default response for $default"
                  }
                },
                "x-amazon-apigateway-integration": {
                  "payloadFormatVersion": "2.0",
                  "type": "aws_proxy",
                  "httpMethod": "POST",
                  "uri": "arn:aws:apigateway:...",
                  "connectionType": "INTERNET"
                }
              }
            }
          },
          "components": {
            "securitySchemes": {
              "my-jwt": {
                "type": "oauth2",
                "x-amazon-apigateway-authorizer": {
                  "type": "jwt",
                  "identitySource": "$request.header.Authorization",
                  "jwtConfiguration": {
                    "audience": [
                      "pets"
                    ],
                    "issuer": "https://issuer.example.com"
                  }
                }
              },
              "my-lambda": {
                "type": "apiKey",
                "name": "key",
                "in": "query",
                "x-amazon-apigateway-authorizer": {
                  "type": "request",
                  "identitySource": "$request.querystring.key, $request.header.b",
                  "authorizerUri": "arn:function",
                  "authorizerCredentials": "arn:role",
                  "authorizerPayloadFormatVersion": "2.0",
                  "authorizerResultTtlInSeconds": 300,
                  "enableSimpleResponses": true
                }
              }
            }
          },
          "x-amazon-apigateway-cors": {
            "allowMethods": [
              "GET"
            ],
            "allowOrigins": [
              "*"
            ]
          },
          "x-amazon-apigateway-importexport-version": "1.0"
        }
    "#]];
    expected.assert_eq(&exported(&example(), OutputType::Json, true));
}

#[test]
fn yaml_says_the_same() {
    let expected = expect![[r#"
        openapi: "3.0.1"
        info:
          title: "my-api"
          version: "2020-04-08 19:05:45UTC"
        servers:
        - url: "https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/{basePath}"
          variables:
            basePath:
              default: "prod"
        tags:
        - name: "Owner"
          x-amazon-apigateway-tag-value: "team"
        paths:
          /files/{proxy+}:
            x-amazon-apigateway-any-method:
              responses:
                default:
                  description: "Default response for ANY /files/{proxy+}"
              security:
              - my-lambda: []
            parameters:
            - name: "proxy+"
              in: "path"
              description: "Generated path parameter for proxy+"
              required: true
              schema:
                type: "string"
          /pets/{id}:
            get:
              responses:
                default:
                  description: "Default response for GET /pets/{id}"
              x-amazon-apigateway-integration:
                payloadFormatVersion: "2.0"
                type: "aws_proxy"
                httpMethod: "POST"
                uri: "arn:aws:apigateway:..."
                connectionType: "INTERNET"
            put:
              responses:
                default:
                  description: "Default response for PUT /pets/{id}"
              x-amazon-apigateway-auth:
                type: "AWS_IAM"
              x-amazon-apigateway-integration:
                payloadFormatVersion: "2.0"
                type: "aws_proxy"
                httpMethod: "POST"
                uri: "arn:aws:apigateway:..."
                connectionType: "INTERNET"
            delete:
              operationId: "deletePet"
              responses:
                default:
                  description: "Default response for DELETE /pets/{id}"
              security:
              - my-jwt:
                - "pets:write"
              x-amazon-apigateway-integration:
                credentials: "arn:role"
                responseParameters:
                  "200":
                    "overwrite:header.b": "v"
                requestParameters:
                  "overwrite:header.a": "v"
                payloadFormatVersion: "1.0"
                connectionId: "link"
                type: "http_proxy"
                httpMethod: "ANY"
                uri: "arn:listener"
                connectionType: "VPC_LINK"
                tlsConfig:
                  serverNameToVerify: "u.example.com"
                timeoutInMillis: 50
            parameters:
            - name: "id"
              in: "path"
              description: "Generated path parameter for id"
              required: true
              schema:
                type: "string"
          /$default:
            x-amazon-apigateway-any-method:
              isDefaultRoute: true
              responses:
                default:
                  description: "Default response for $default"
              x-amazon-apigateway-integration:
                payloadFormatVersion: "2.0"
                type: "aws_proxy"
                httpMethod: "POST"
                uri: "arn:aws:apigateway:..."
                connectionType: "INTERNET"
        components:
          securitySchemes:
            my-jwt:
              type: "oauth2"
              x-amazon-apigateway-authorizer:
                type: "jwt"
                identitySource: "$request.header.Authorization"
                jwtConfiguration:
                  audience:
                  - "pets"
                  issuer: "https://issuer.example.com"
            my-lambda:
              type: "apiKey"
              name: "key"
              in: "query"
              x-amazon-apigateway-authorizer:
                type: "request"
                identitySource: "$request.querystring.key, $request.header.b"
                authorizerUri: "arn:function"
                authorizerCredentials: "arn:role"
                authorizerPayloadFormatVersion: "2.0"
                authorizerResultTtlInSeconds: 300
                enableSimpleResponses: true
        x-amazon-apigateway-cors:
          allowMethods:
          - "GET"
          allowOrigins:
          - "*"
        x-amazon-apigateway-importexport-version: "1.0"
    "#]];
    expected.assert_eq(&exported(&example(), OutputType::Yaml, true));
}

#[test]
fn without_extensions_no_member_is_awss_own() {
    let expected = expect![[r#"
        openapi: "3.0.1"
        info:
          title: "my-api"
          version: "2020-04-08 19:05:45UTC"
        servers:
        - url: "https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/{basePath}"
          variables:
            basePath:
              default: "prod"
        tags:
        - name: "Owner"
        paths:
          /files/{proxy+}:
            parameters:
            - name: "proxy+"
              in: "path"
              description: "Generated path parameter for proxy+"
              required: true
              schema:
                type: "string"
          /pets/{id}:
            get:
              responses:
                default:
                  description: "Default response for GET /pets/{id}"
            put:
              responses:
                default:
                  description: "Default response for PUT /pets/{id}"
            delete:
              operationId: "deletePet"
              responses:
                default:
                  description: "Default response for DELETE /pets/{id}"
              security:
              - my-jwt:
                - "pets:write"
            parameters:
            - name: "id"
              in: "path"
              description: "Generated path parameter for id"
              required: true
              schema:
                type: "string"
        components:
          securitySchemes:
            my-jwt:
              type: "oauth2"
            my-lambda:
              type: "apiKey"
              name: "key"
              in: "query"
    "#]];
    let text = exported(&example(), OutputType::Yaml, false);
    assert!(!text.contains("x-amazon-"));
    expected.assert_eq(&text);
}

#[test]
fn the_api_decides_version_base_path_and_endpoint() {
    check_head(|_| {}, "2020-04-08 19:05:45UTC", "prod");
    check_head(|example| example.api.version = Some("1.0".to_owned()), "1.0", "prod");
    check_head(|example| example.stage_name = None, "2020-04-08 19:05:45UTC", "");
    let stage = StageName::new("$default");
    check_head(|example| example.stage_name = Some(stage), "2020-04-08 19:05:45UTC", "");

    let mut example = example();
    example.api.disable_execute_api_endpoint = true;
    example.api.ip_address_type = IpAddressType::Dualstack;
    example.api.description = Some("yes".to_owned());
    example.routes.clear();
    example.authorizers.clear();
    example.api.tags.clear();
    example.api.cors_configuration = Some(Cors::default());
    let expected = expect![[r#"
        openapi: "3.0.1"
        info:
          title: "my-api"
          description: "yes"
          version: "2020-04-08 19:05:45UTC"
        servers:
        - url: "https://a1b2c3d4.execute-api.us-east-1.amazonaws.com/{basePath}"
          variables:
            basePath:
              default: "prod"
          x-amazon-apigateway-endpoint-configuration:
            disableExecuteApiEndpoint: true
            ipAddressType: "dualstack"
        paths: {}
        x-amazon-apigateway-cors: {}
        x-amazon-apigateway-importexport-version: "1.0"
    "#]];
    expected.assert_eq(&exported(&example, OutputType::Yaml, true));
}

#[track_caller]
fn check_head(change: impl FnOnce(&mut Example), version: &str, base_path: &str) {
    let mut example = example();
    change(&mut example);
    let text = exported(&example, OutputType::Json, true);
    let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document["info"]["version"], version);
    assert_eq!(document["servers"][0]["variables"]["basePath"]["default"], base_path);
}

#[test]
fn the_order_of_resources_does_not_matter() {
    let forward = example();
    let mut backward = example();
    backward.routes.reverse();
    backward.integrations.reverse();
    backward.authorizers.reverse();
    for output_type in [OutputType::Json, OutputType::Yaml] {
        assert_eq!(exported(&forward, output_type, true), exported(&backward, output_type, true));
    }
}

#[test]
fn what_cannot_be_said_is_left_out() {
    let mut example = example();
    example.routes = vec![
        route("ANY /$default", Some("i2")),
        route("$default", Some("i1")),
        route("GET /$default", None),
        route("no key", None),
    ];
    let document: serde_json::Value =
        serde_json::from_str(&exported(&example, OutputType::Json, true)).expect("JSON");
    let paths = document["paths"].as_object().expect("an object");
    assert_eq!(paths.keys().collect::<Vec<_>>(), ["/$default"]);
    let item = &paths["/$default"];
    assert_eq!(item["x-amazon-apigateway-any-method"]["isDefaultRoute"], true);
    assert!(item["get"].is_object());

    // A lost authorizer does not open the route.
    example.routes = vec![route("GET /a", None)];
    example.routes[0].authorization_type = AuthorizationType::Jwt;
    example.routes[0].authorizer_id = Some(AuthorizerId::new("lost"));
    let text = exported(&example, OutputType::Yaml, true);
    assert!(text.contains("security:\n      - lost: []\n"), "{text}");
}
