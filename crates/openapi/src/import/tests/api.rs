//! The API's own members, and what a document says beside its routes.

use expect_test::{Expect, expect};

use super::{imported, refused, shown, try_import};
use crate::{BasePath, ImportError};

#[test]
fn info_names_the_api() {
    let rows = [
        (r#"{"openapi":"3.0.1","info":{"title":"t","version":2.0},"paths":{}}"#, "2.0"),
        (r#"{"openapi":"3.0.1","info":{"title":"t","version":"2.0"},"paths":{}}"#, "2.0"),
        ("openapi: 3.0.1\ninfo:\n  title: t\n  version: 2.0\npaths: {}\n", "2.0"),
        ("openapi: 3.0.1\ninfo:\n  title: t\n  version: 1.10\npaths: {}\n", "1.10"),
        (
            "openapi: 3.0.1\ninfo:\n  title: t\n  version: 2017-04-21T04:08:08Z\npaths: {}\n",
            "2017-04-21T04:08:08Z",
        ),
        ("{openapi: 3.0.1, info: {title: t, version: '7'}, paths: {}}", "7"),
        ("\u{feff}openapi: 3.0.1\ninfo: {title: t, version: '8'}\npaths: {}", "8"),
    ];
    for (text, version) in rows {
        let api = try_import(text, BasePath::Ignore).expect(text).api;
        assert_eq!((api.name.as_str(), api.version.as_deref()), ("t", Some(version)), "{text}");
    }
    refused("x-mine: 1", "paths is missing");
}

#[test]
fn what_is_not_openapi_3_is_refused() {
    let rows = [
        ("", "Invalid OpenAPI input. The document is empty"),
        ("hello", "Invalid OpenAPI input. The document is not an object"),
        ("[]", "Invalid OpenAPI input. The document is not an object"),
        ("{}", "Invalid OpenAPI input. The document has no member openapi"),
        (
            r#"{"swagger":"2.0"}"#,
            "Invalid OpenAPI input. Swagger 2.0 is not supported, OpenAPI 3.0 is",
        ),
        (r#"{"openapi":"2.0"}"#, "Invalid OpenAPI input. OpenAPI 2.0 is not supported, 3.0 is"),
        (
            "{\"openapi\":\n \"3.0.1\",,}",
            "Invalid OpenAPI input. The document is not JSON: key must be a string at line 2 column 10",
        ),
        (
            "a: [\n",
            "Invalid OpenAPI input. The document is not YAML: while parsing a node, did not find expected node content at line 2 column 1",
        ),
        (
            r#"{"a":1,"a":2}"#,
            "Invalid OpenAPI input. The document is not JSON: duplicate key `a` at line 1 column 10",
        ),
    ];
    for (text, expected) in rows {
        let error = try_import(text, BasePath::Ignore).expect_err(text);
        assert!(!matches!(error, ImportError::Invalid { .. }), "{text}");
        assert_eq!(error.to_string(), expected, "{text}");
    }
    let error = try_import("{openapi: 3.0.1, info: {}, paths: {}}", BasePath::Ignore);
    let place = "info.title".to_owned();
    let problem = "is missing".to_owned();
    assert_eq!(error, Err(ImportError::Invalid { place, problem }));
}

#[test]
fn tags_need_a_value() {
    let imported = imported(
        "paths: {}\ntags:\n- {name: Owner, x-amazon-apigateway-tag-value: team}\n- {name: pets}\n- {name: dogs}",
    );
    assert_eq!(
        imported.api.tags.into_iter().collect::<Vec<_>>(),
        [("Owner".to_owned(), "team".to_owned())]
    );
    assert_eq!(
        imported.import_info,
        ["tags.[1] is ignored: it has no x-amazon-apigateway-tag-value (and 1 more like it)"]
    );
}

#[test]
fn the_endpoint_is_configured_by_the_server_or_at_the_top() {
    let rows = [
        (
            "servers: [{x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: true}}]",
            Some(true),
        ),
        (
            "x-amazon-apigateway-endpoint-configuration: {disableExecuteApiEndpoint: 'true', ipAddressType: dualstack, vpcEndpointIds: [a]}",
            Some(true),
        ),
        ("servers: [{url: /}]", None),
    ];
    for (rest, disabled) in rows {
        let imported = imported(&format!("paths: {{}}\n{rest}"));
        assert_eq!(imported.api.disable_execute_api_endpoint, disabled, "{rest}");
        assert_eq!(imported.api.ip_address_type.is_some(), rest.contains("dualstack"));
        assert_eq!(imported.import_info.len(), usize::from(rest.contains("vpc")));
    }
    refused(
        "paths: {}\nservers: [{x-amazon-apigateway-endpoint-configuration: {ipAddressType: ipv5}}]",
        "servers.[0].x-amazon-apigateway-endpoint-configuration.ipAddressType is `ipv5`, not ipv4 or dualstack",
    );
}

#[test]
fn cors_is_in_camel_case() {
    check_cors(
        "{allowOrigins: ['*'], allowCredentials: false, exposeHeaders: [x-a], maxAge: -1, allowMethods: [GET], allowHeaders: [X-B]}",
        &expect![[r#"
            Some(
                Cors {
                    allow_credentials: Some(
                        false,
                    ),
                    allow_headers: Some(
                        [
                            "X-B",
                        ],
                    ),
                    allow_methods: Some(
                        [
                            "GET",
                        ],
                    ),
                    allow_origins: Some(
                        [
                            "*",
                        ],
                    ),
                    expose_headers: Some(
                        [
                            "x-a",
                        ],
                    ),
                    max_age: Some(
                        -1,
                    ),
                },
            )
        "#]],
    );
    check_cors(
        "{allow_origins: ['*'], max_age: 5}",
        &expect![[r#"
            Some(
                Cors {
                },
            )
        "#]],
    );
    refused(
        "paths: {}\nx-amazon-apigateway-cors: {maxAge: 9999999999}",
        "x-amazon-apigateway-cors.maxAge is `9999999999`, not a number of seconds up to 86400",
    );
}

fn check_cors(cors: &str, expected: &Expect) {
    let imported = imported(&format!("paths: {{}}\nx-amazon-apigateway-cors: {cors}"));
    expected.assert_eq(&shown(&imported.api.cors_configuration));
}

#[test]
fn everything_else_is_told() {
    let imported = imported(
        "paths:
  /a:
    get: {requestBody: {}, responses: {}, x-amazon-apigateway-request-validator: all, tags: [a], deprecated: true}
    put: {requestBody: {}, responses: {}}
components: {schemas: {a: {}}}
externalDocs: {}
x-amazon-apigateway-importexport-version: '1.0'
x-amazon-apigateway-policy: {}
x-amazon-apigateway-gateway-responses: {}
x-amazon-apigateway-binary-media-types: []
x-mine: 1
extra: 1",
    );
    let expected = expect![[r#"
        [
            "paths.'/a'(get) has no x-amazon-apigateway-integration: its route has no target (and 1 more like it)",
            "paths.'/a'(get).requestBody is ignored: HTTP APIs do not validate bodies (and 1 more like it)",
            "paths.'/a'(get).responses is ignored: HTTP APIs do not validate bodies (and 1 more like it)",
            "components.schemas is ignored: HTTP APIs do not validate bodies",
            "x-amazon-apigateway-binary-media-types is ignored: HTTP APIs do not have it",
            "x-amazon-apigateway-gateway-responses is ignored: HTTP APIs do not have it",
            "x-amazon-apigateway-policy is ignored: HTTP APIs do not have it",
            "paths.'/a'(get).x-amazon-apigateway-request-validator is ignored: HTTP APIs do not have it",
        ]
    "#]];
    expected.assert_debug_eq(&imported.import_info);
    assert_eq!(imported.warnings, ["Parse issue: attribute extra is unexpected"]);
    let newer = try_import(
        "{openapi: 3.1.0, info: {title: t}, paths: {}, x-amazon-apigateway-importexport-version: 2}",
        BasePath::Ignore,
    );
    assert_eq!(
        newer.expect("read as 3.0").warnings,
        [
            "Parse issue: attribute openapi is 3.1.0; the document is read as OpenAPI 3.0",
            "Parse issue: attribute x-amazon-apigateway-importexport-version is 2; the document is read as version 1.0",
        ]
    );
}
