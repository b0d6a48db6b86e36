//! Documents that mean harm, and documents in which everything is of the wrong type.

use fastrand::Rng;
use gatewright_types::limits;
use serde_json::{Value, json};

use super::imported;
use crate::ImportError;

#[track_caller]
fn malformed(text: &str, expected: &str) {
    match imported(text) {
        Err(ImportError::Malformed { problem }) => {
            assert!(problem.contains(expected), "{problem}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn nesting_is_bounded() {
    let levels = 200_000;
    malformed(&"{\"a\":".repeat(levels), "recursion limit");
    malformed(&format!("{{\"a\": {}", "[".repeat(levels)), "recursion limit");
    malformed(&"[".repeat(levels), "recursion limit");
    malformed(&"- ".repeat(levels), "more than 127 levels");
    malformed(&"? ".repeat(levels), "a key is not a scalar");
    malformed(&"a: {".repeat(levels), "not YAML");
    let lines = (0..300).map(|depth| format!("{}a:\n", " ".repeat(depth)));
    malformed(&lines.collect::<String>(), "more than 127 levels");
    let deep = |levels: usize| {
        let (open, close) = ("[".repeat(levels), "]".repeat(levels));
        format!("{{openapi: 3.0.1, info: {{title: t}}, paths: {{}}, x-deep: {open}{close}}}")
    };
    assert!(imported(&deep(limits::IMPORT_NESTING_MAX - 1)).is_ok());
    assert!(imported(&deep(limits::IMPORT_NESTING_MAX)).is_err());
}

#[test]
fn aliases_are_bounded() {
    let mut laughs = "a0: &a0 lol\n".to_owned();
    for level in 1..30 {
        let aliases = format!("*a{},", level - 1).repeat(10);
        laughs.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    malformed(&laughs, "aliases make the document too large");
    let long = format!("a: &a {}\nb: [{}]", "x".repeat(100_000), "*a, ".repeat(1000));
    malformed(&long, "aliases make the document too large");
    let merged = format!("a: &a {{{}: x}}\nb:\n{}", "y".repeat(1000), "- <<: *a\n".repeat(10_000));
    malformed(&merged, "aliases make the document too large");
    let anchors = (0..120).map(|depth| format!("&a{depth} [")).collect::<String>();
    malformed(&format!("{anchors}{}", "x".repeat(1_000_000)), "not YAML");
    let closed = format!("{anchors}{}{}", "x".repeat(1_000_000), "]".repeat(120));
    malformed(&closed, "aliases make the document too large");
    malformed("&a [*a]", "an alias stands inside what it names");
    malformed("*a", "unknown anchor");
}

#[test]
fn size_is_bounded() {
    let spaces = " ".repeat(limits::MANAGEMENT_BODY_BYTES_MAX);
    malformed(&format!("{spaces}{{}}"), "more than 6291456 bytes");
    let values = format!("{{\"a\":[{}0]}}", "0,".repeat(limits::IMPORT_NODES_MAX));
    malformed(&values, "more than 500000 values");
    let (zeros, copies) = ("0,".repeat(1000), "*a,".repeat(500));
    malformed(&format!("a: &a [{zeros}]\nb: [{copies}]"), "aliases make the document too large");
    let paths = |count: usize| {
        let paths = (0..count).map(|index| format!("  /p{index}: {{get: {{}}}}\n"));
        format!("openapi: 3.0.1\ninfo: {{title: t}}\npaths:\n{}", paths.collect::<String>())
    };
    assert!(imported(&paths(limits::ROUTES_PER_API_MAX)).is_ok());
    let error = imported(&paths(limits::ROUTES_PER_API_MAX + 1)).expect_err("too many");
    assert!(error.to_string().ends_with("attribute paths has more than 3000 routes"), "{error}");
    let schemes = (0..=limits::IMPORT_SECURITY_SCHEMES_MAX).map(|index| format!("s{index}: {{}},"));
    let error = imported(&format!(
        "{{openapi: 3.0.1, info: {{title: t}}, paths: {{}}, components: {{securitySchemes: {{{}}}}}}}",
        schemes.collect::<String>()
    ));
    let message = error.expect_err("too many").to_string();
    assert!(message.ends_with("components.securitySchemes has more than 100 schemes"), "{message}");
}

#[test]
fn findings_are_bounded() {
    let members = (0..1000).map(|index| {
        format!(
            "\"u{index}\":1,\"x-amazon-apigateway-{index}\":1,\"{}{index}\":1,",
            "y".repeat(999)
        )
    });
    let text = format!(
        "{{{}\"openapi\":\"3.0.1\",\"info\":{{\"title\":\"t\"}},\"paths\":{{}}}}",
        members.collect::<String>()
    );
    let imported = imported(&text).expect("imports");
    assert_eq!(imported.import_info.len(), limits::IMPORT_FINDINGS_MAX);
    assert_eq!(imported.warnings.len(), limits::IMPORT_FINDINGS_MAX + 1);
    assert_eq!(imported.warnings[limits::IMPORT_FINDINGS_MAX], "1900 more warnings");
    assert!(imported.warnings.iter().all(|warning| warning.len() < 300));
}

#[test]
fn numbers_of_any_size_are_read_or_refused() {
    let digits = "9".repeat(1000);
    for number in
        [&digits, "1e999999", "-0.0", "1E-400", "18446744073709551616", &format!("0.{digits}")]
    {
        for place in ["timeoutInMillis", "payloadFormatVersion", "uri", "requestParameters"] {
            let text = format!(
                "{{\"openapi\":\"3.0.1\",\"info\":{{\"title\":\"t\"}},\"paths\":{{\"/a\":{{\"get\":{{\"x-amazon-apigateway-integration\":{{\"type\":\"aws_proxy\",\"{place}\":{number}}}}}}}}}}}"
            );
            let refused = imported(&text).is_err();
            let wants_text = matches!(place, "payloadFormatVersion" | "uri");
            assert_eq!(refused, !wants_text, "{place}: {number}");
        }
    }
}

/// One of everything.
fn good_document() -> Value {
    json!({
        "openapi": "3.0.1",
        "info": {"title": "t", "description": "d", "version": "v"},
        "servers": [{
            "url": "https://h/{basePath}",
            "variables": {"basePath": {"default": "b"}},
            "x-amazon-apigateway-endpoint-configuration": {
                "disableExecuteApiEndpoint": true, "ipAddressType": "ipv4"
            }
        }],
        "tags": [{"name": "n", "x-amazon-apigateway-tag-value": "v"}],
        "security": [{"lambda": []}],
        "paths": {
            "/a": {
                "get": {
                    "operationId": "o",
                    "security": [{"jwt": ["s"]}],
                    "x-amazon-apigateway-integration": {
                        "type": "http_proxy", "httpMethod": "GET", "uri": "u",
                        "payloadFormatVersion": "1.0", "connectionType": "VPC_LINK",
                        "connectionId": "c", "credentials": "r", "timeoutInMillis": 50,
                        "integrationSubtype": "s",
                        "requestParameters": {"k": "v"},
                        "responseParameters": {"200": {"k": "v"}},
                        "tlsConfig": {"serverNameToVerify": "n"}
                    }
                },
                "put": {
                    "x-amazon-apigateway-auth": {"type": "AWS_IAM"},
                    "x-amazon-apigateway-integration":
                        {"$ref": "#/components/x-amazon-apigateway-integrations/shared"}
                }
            },
            "/$default": {"x-amazon-apigateway-any-method": {"isDefaultRoute": true}}
        },
        "components": {
            "securitySchemes": {
                "jwt": {
                    "type": "openIdConnect", "openIdConnectUrl": "u",
                    "x-amazon-apigateway-authorizer": {
                        "type": "jwt", "identitySource": "i",
                        "jwtConfiguration": {"issuer": "i", "audience": ["a"]}
                    }
                },
                "lambda": {
                    "x-amazon-apigateway-authorizer": {
                        "type": "request", "authorizerUri": "u", "authorizerCredentials": "c",
                        "authorizerPayloadFormatVersion": "2.0",
                        "authorizerResultTtlInSeconds": 5, "enableSimpleResponses": true,
                        "identityValidationExpression": "e"
                    }
                },
                "iam": {"x-amazon-apigateway-authtype": "awsSigv4"}
            },
            "x-amazon-apigateway-integrations": {"shared": {"type": "aws_proxy"}}
        },
        "x-amazon-apigateway-cors": {
            "allowOrigins": ["o"], "allowMethods": ["m"], "allowHeaders": ["h"],
            "exposeHeaders": ["e"], "maxAge": 5, "allowCredentials": true
        },
        "x-amazon-apigateway-importexport-version": "1.0"
    })
}

#[test]
fn whatever_is_of_the_wrong_type_is_named() {
    let good = good_document();
    let clean = imported(&good.to_string()).expect("imports");
    assert_eq!((clean.warnings.len(), clean.routes.len()), (0, 3), "{:?}", clean.warnings);
    let mut mutations = 0;
    for pointer in pointers(&good) {
        let others = [
            json!(null),
            json!(true),
            json!(7),
            json!("text"),
            json!([]),
            json!([[]]),
            json!({}),
            json!({"a": {}}),
        ];
        for other in others {
            let mut document = good.clone();
            let node = document.pointer_mut(&pointer).expect("there");
            let before = std::mem::replace(node, other.clone());
            let result = imported(&document.to_string());
            mutations += 1;
            // A list of identity sources says the same as a text with commas.
            let listed = pointer.ends_with("/identitySource") && other == json!([]);
            if listed || fits(&before, &other) {
                continue;
            }
            let findings = match result {
                Err(error) => error.to_string(),
                Ok(imported) => imported.warnings.join("\n"),
            };
            // The innermost name is enough to find it; indexes and whole documents have none.
            let name = pointer.rsplit('/').next().unwrap_or_default();
            let name = name.replace("~1", "/");
            let named = name.parse::<usize>().is_ok() || findings.contains(&name);
            assert!(!findings.is_empty() && named, "{pointer}: {other}: {findings}");
        }
    }
    assert!(mutations > 700, "{mutations}");
}

/// Whether a value may stand in for another: `null` is absence, every scalar is a text too, and
/// containers of one kind say nothing of their content.
fn fits(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (_, Value::Null) => true,
        (Value::String(_), _) => !after.is_array() && !after.is_object(),
        (Value::Bool(_), _) => after.is_boolean(),
        (Value::Number(_), _) => after.is_number(),
        (Value::Array(_), _) => after.is_array(),
        (Value::Object(_), _) => after.is_object(),
        (Value::Null, _) => false,
    }
}

fn pointers(value: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(members) => {
            members.iter().map(|(name, child)| (name.replace('/', "~1"), child)).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().map(|(index, child)| (index.to_string(), child)).collect()
        }
        _ => Vec::new(),
    };
    let mut all = vec![String::new()];
    for (name, child) in children {
        all.extend(pointers(child).into_iter().map(|pointer| format!("/{name}{pointer}")));
    }
    all
}

#[test]
fn mangled_documents_do_no_harm() {
    let json = serde_json::to_string_pretty(&good_document()).expect("JSON");
    let yaml = "openapi: 3.0.1\ninfo: {title: t}\npaths:\n  /a: &a\n    get: !!map {x: 'y', ? z : \"w\\n\"}\n  /b: *a\n  /c:\n    <<: *a\n    put: |-\n      text\n# end\n";
    for text in [json.as_str(), yaml] {
        for end in (0..text.len()).step_by(7) {
            drop(imported(&text[..end]));
        }
        let pieces = [
            "{", "}", "[", "]", ":", ",", "\n", "  ", "- ", "? ", "&a", "*a", "'", "\"", "!", "|",
            ">", "%", "#", "---", "...", "\t", "\u{0}", "é",
        ];
        for seed in 0..500 {
            let mut rng = Rng::with_seed(seed);
            let mut mangled = text.to_owned();
            for _ in 0..rng.usize(1..6) {
                let place = rng.usize(0..mangled.len());
                if mangled.is_char_boundary(place) {
                    mangled.insert_str(place, pieces[rng.usize(0..pieces.len())]);
                }
            }
            drop(imported(&mangled));
        }
    }
}
