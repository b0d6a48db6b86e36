//! Whole events, as spec/http-api-runtime.md sections 6.2 and 6.3 have them.

use std::sync::LazyLock;

use http::HeaderName;
use serde_json::{Value, json};

use super::*;

const TRACE_ID: (&str, &str) = ("x-amzn-trace-id", "Root=1-67fd88cb-4981526a50466e9f2be0fbed");
const HOST: &str = "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com";

static CLIENT: LazyLock<AddressText> = LazyLock::new(|| AddressText::new([203, 0, 113, 7].into()));
static PROXY: LazyLock<AddressText> = LazyLock::new(|| AddressText::new([10, 0, 0, 1].into()));

/// The request of the specification's samples, changed by `change`.
fn written(
    format: PayloadFormat,
    headers: &[(&'static str, &'static str)],
    change: impl FnOnce(&mut EventSource<'_>),
) -> Value {
    written_by(headers, None, change, |source| event(format, source))
}

fn written_by(
    headers: &[(&'static str, &'static str)],
    authorizer: Option<Authorizer<'_>>,
    change: impl FnOnce(&mut EventSource<'_>),
    write: impl FnOnce(&EventSource<'_>) -> Vec<u8>,
) -> Value {
    let pair = |(name, value): &(&'static str, &'static str)| {
        (HeaderName::from_static(name), value.parse().expect("a value"))
    };
    let headers = [("host", HOST), ("user-agent", "curl/8.5.0"), ("accept", "*/*"), TRACE_ID]
        .iter()
        .chain(headers)
        .map(pair);
    let mut map = HeaderMap::new();
    headers.for_each(|(name, value)| {
        map.append(name, value);
    });
    let mut source = EventSource {
        route_key: "POST /orders/{id}",
        path: "/dev/orders/a b",
        client_path: "/v1/orders/a b",
        raw_path: "/v1/orders/a%20b",
        query: "tag=x&tag=y&q=Hello%20World",
        method: "POST",
        headers: &map,
        domain_name: HOST,
        protocol: "https",
        account_id: "123456789012",
        api_id: "a1b2c3d4e5",
        stage: "dev",
        client: &CLIENT,
        peer: &CLIENT,
        client_certificate: None,
        request_id: "JCJXri3_PHcEP_Q=",
        received_ms: 1_744_668_836_573,
        path_parameters: &[("id", "a b")],
        stage_variables: &BTreeMap::from([("table".to_owned(), "orders-dev".to_owned())]),
        authorizer,
        body: Some(&Bytes::from(r#"{"a": [1, 2]}"#)),
    };
    change(&mut source);
    serde_json::from_slice(&write(&source)).expect("JSON")
}

#[test]
fn format_2() {
    let headers =
        [("cookie", "sid=1; theme=dark"), ("content-type", "application/json"), ("expect", "x")];
    let expected = json!({
        "version": "2.0",
        "routeKey": "POST /orders/{id}",
        "rawPath": "/dev/orders/a b",
        "rawQueryString": "tag=x&tag=y&q=Hello%20World",
        "cookies": ["sid=1", "theme=dark"],
        "headers": {
            "accept": "*/*", "content-length": "13", "content-type": "application/json", "host": HOST,
            "user-agent": "curl/8.5.0", "x-amzn-trace-id": "Root=1-67fd88cb-4981526a50466e9f2be0fbed",
            "x-forwarded-for": "203.0.113.7", "x-forwarded-port": "443", "x-forwarded-proto": "https"
        },
        "queryStringParameters": {"q": "Hello World", "tag": "x,y"},
        "requestContext": {
            "accountId": "123456789012", "apiId": "a1b2c3d4e5", "domainName": HOST,
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": "POST", "path": "/dev/orders/a b", "protocol": "HTTP/1.1",
                "sourceIp": "203.0.113.7", "userAgent": "curl/8.5.0"
            },
            "requestId": "JCJXri3_PHcEP_Q=", "routeKey": "POST /orders/{id}", "stage": "dev",
            "time": "14/Apr/2025:22:13:56 +0000", "timeEpoch": 1_744_668_836_573_i64
        },
        "pathParameters": {"id": "a b"},
        "body": "{\"a\": [1, 2]}",
        "isBase64Encoded": false,
        "stageVariables": {"table": "orders-dev"}
    });
    assert_eq!(written(PayloadFormat::V2, &headers, |_| {}), expected);
}

/// Nothing that may be empty is there.
fn bare(source: &mut EventSource<'_>) {
    static NONE: BTreeMap<String, String> = BTreeMap::new();
    static NOTHING: Bytes = Bytes::new();
    source.query = "";
    source.path_parameters = &[];
    source.stage_variables = &NONE;
    source.body = Some(&NOTHING);
}

#[test]
fn what_is_empty_is_absent_in_2_and_null_in_1() {
    let event = written(PayloadFormat::V2, &[], bare);
    let members = event.as_object().expect("an object").keys().map(String::as_str);
    assert_eq!(
        members.collect::<Vec<_>>(),
        [
            "headers",
            "isBase64Encoded",
            "rawPath",
            "rawQueryString",
            "requestContext",
            "routeKey",
            "version"
        ]
    );
    assert_eq!(event["headers"]["content-length"], "0");
    let event = written(PayloadFormat::V1, &[], bare);
    for member in [
        "queryStringParameters",
        "multiValueQueryStringParameters",
        "pathParameters",
        "stageVariables",
        "body",
    ] {
        assert!(event.get(member).is_some_and(Value::is_null), "{member}");
    }
    assert_eq!(event["requestContext"].get("authorizer"), None);
}

#[test]
fn format_1() {
    let expected = json!({
        "version": "1.0",
        "resource": "/orders/{id}",
        "path": "/v1/orders/a%20b",
        "httpMethod": "POST",
        "headers": {
            "Content-Length": "13", "Host": HOST, "User-Agent": "curl/8.5.0",
            "X-Amzn-Trace-Id": "Root=1-67fd88cb-4981526a50466e9f2be0fbed",
            "X-Forwarded-For": "203.0.113.7", "X-Forwarded-Port": "443", "X-Forwarded-Proto": "https",
            "accept": "*/*", "x-a": "2"
        },
        "multiValueHeaders": {
            "Content-Length": ["13"], "Host": [HOST], "User-Agent": ["curl/8.5.0"],
            "X-Amzn-Trace-Id": ["Root=1-67fd88cb-4981526a50466e9f2be0fbed"],
            "X-Forwarded-For": ["203.0.113.7"], "X-Forwarded-Port": ["443"],
            "X-Forwarded-Proto": ["https"], "accept": ["*/*"], "x-a": ["1", "2"]
        },
        "queryStringParameters": {"tag": "y", "q": "Hello World"},
        "multiValueQueryStringParameters": {"tag": ["x", "y"], "q": ["Hello World"]},
        "requestContext": {
            "accountId": "123456789012", "apiId": "a1b2c3d4e5", "domainName": HOST,
            "domainPrefix": "a1b2c3d4e5", "extendedRequestId": "JCJXri3_PHcEP_Q=", "httpMethod": "POST",
            "identity": {
                "accessKey": null, "accountId": null, "caller": null, "cognitoAmr": null,
                "cognitoAuthenticationProvider": null, "cognitoAuthenticationType": null,
                "cognitoIdentityId": null, "cognitoIdentityPoolId": null, "principalOrgId": null,
                "sourceIp": "203.0.113.7", "user": null, "userAgent": "curl/8.5.0", "userArn": null
            },
            "path": "/v1/orders/a b", "protocol": "HTTP/1.1", "requestId": "JCJXri3_PHcEP_Q=",
            "requestTime": "14/Apr/2025:22:13:56 +0000", "requestTimeEpoch": 1_744_668_836_573_i64,
            "resourceId": "POST /orders/{id}", "resourcePath": "/orders/{id}", "stage": "dev"
        },
        "pathParameters": {"id": "a b"},
        "stageVariables": {"table": "orders-dev"},
        "body": "eyJhIjogWzEsIDJdfQ==",
        "isBase64Encoded": true
    });
    // Without a content type the body is in base64.
    assert_eq!(written(PayloadFormat::V1, &[("x-a", "1"), ("x-a", "2")], |_| {}), expected);
}

#[test]
fn the_client_may_have_come_through_proxies() {
    let headers = [
        ("x-forwarded-for", "198.51.100.1"),
        ("x-forwarded-proto", "http"),
        ("via", "1.1 x"),
        ("connection", "X-Hop, host"),
        ("x-hop", "1"),
        ("te", "trailers"),
    ];
    let event = written(PayloadFormat::V2, &headers, |_| {});
    let header = |name: &str| event["headers"][name].clone();
    assert_eq!(header("x-forwarded-for"), "198.51.100.1, 203.0.113.7");
    assert_eq!((header("x-forwarded-proto"), header("via")), (json!("https"), json!("1.1 x")));
    assert_eq!(header("host"), HOST);
    for name in ["connection", "x-hop", "te"] {
        assert_eq!(header(name), Value::Null, "{name}");
    }
}

#[test]
fn odd_query_strings() {
    let query = |query: &'static str| {
        let event = written(PayloadFormat::V2, &[], |source| source.query = query);
        event.get("queryStringParameters").cloned().unwrap_or_default()
    };
    assert_eq!(query("a&b=&c=1+2&a=3"), json!({"a": ",3", "b": "", "c": "1 2"}));
    assert_eq!(query("%61=%3D&é=%ff"), json!({"a": "=", "é": "\u{fffd}"}));
    assert_eq!(query("&&"), Value::Null);
}

#[test]
fn what_authorizers_found_out() {
    let claims = BTreeMap::from([("sub".to_owned(), "a".to_owned())]);
    let scopes = ["read".to_owned()];
    let context = json!({"tenant": "t1", "n": 1, "claims": "x"});
    let context = context.as_object().expect("an object");
    let signer = Signer {
        access_key_id: "AKIA1",
        account_id: "123456789012",
        user_id: "AIDA1",
        user_arn: "arn:aws:iam::123456789012:user/ada",
    };
    let jwt = |scopes| Authorizer::Jwt { claims: &claims, scopes };
    for (format, authorizer, expected) in [
        (PayloadFormat::V2, jwt(None), json!({"jwt": {"claims": {"sub": "a"}, "scopes": null}})),
        (
            PayloadFormat::V2,
            jwt(Some(&scopes)),
            json!({"jwt": {"claims": {"sub": "a"}, "scopes": ["read"]}}),
        ),
        (PayloadFormat::V1, jwt(None), json!({"claims": {"sub": "a"}, "scopes": null})),
        (
            PayloadFormat::V2,
            Authorizer::Lambda { context: Some(context) },
            json!({"lambda": {"tenant": "t1", "n": 1, "claims": "x"}}),
        ),
        (PayloadFormat::V2, Authorizer::Lambda { context: None }, json!({"lambda": null})),
        (
            PayloadFormat::V1,
            Authorizer::Lambda { context: Some(context) },
            json!({"claims": null, "scopes": null, "tenant": "t1", "n": 1}),
        ),
        (
            PayloadFormat::V1,
            Authorizer::Lambda { context: None },
            json!({"claims": null, "scopes": null}),
        ),
        (
            PayloadFormat::V2,
            Authorizer::Iam(signer),
            json!({"iam": {
                "accessKey": "AKIA1", "accountId": "123456789012", "callerId": "AIDA1",
                "cognitoIdentity": null, "principalOrgId": null,
                "userArn": "arn:aws:iam::123456789012:user/ada", "userId": "AIDA1"
            }}),
        ),
        (PayloadFormat::V1, Authorizer::Iam(signer), Value::Null),
    ] {
        let event = written_by(&[], Some(authorizer), |_| {}, |source| event(format, source));
        let found = event["requestContext"].get("authorizer").cloned().unwrap_or_default();
        assert_eq!(found, expected, "{format:?}");
        if format == PayloadFormat::V1 {
            let signed = matches!(authorizer, Authorizer::Iam(_));
            let identity = &event["requestContext"]["identity"];
            for (member, value) in [
                ("accessKey", "AKIA1"),
                ("accountId", "123456789012"),
                ("caller", "AIDA1"),
                ("user", "AIDA1"),
                ("userArn", "arn:aws:iam::123456789012:user/ada"),
            ] {
                let expected = if signed { json!(value) } else { Value::Null };
                assert_eq!(identity[member], expected, "{member}");
            }
        }
    }
}

/// Behind a trusted proxy: who asks, and by whom they came.
#[test]
fn a_proxy_is_appended_to_those_before_it() {
    let before = [("x-forwarded-for", "192.0.2.1"), ("x-forwarded-for", "203.0.113.7")];
    let proxied = |source: &mut EventSource<'_>| source.peer = &PROXY;
    let v2 = written(PayloadFormat::V2, &before, proxied);
    assert_eq!(v2["headers"]["x-forwarded-for"], "192.0.2.1, 203.0.113.7, 10.0.0.1");
    assert_eq!(v2["requestContext"]["http"]["sourceIp"], "203.0.113.7");
    let v1 = written(PayloadFormat::V1, &before, proxied);
    assert_eq!(v1["headers"]["X-Forwarded-For"], "192.0.2.1, 203.0.113.7, 10.0.0.1");
    assert_eq!(v1["requestContext"]["identity"]["sourceIp"], "203.0.113.7");
}

#[test]
fn an_authorizer_is_asked_without_the_body() {
    let arn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/dev/POST/orders/a b";
    let asked = |format, identity: &[&'static str]| {
        let identity = identity.iter().map(|value| Cow::Borrowed(*value)).collect::<Vec<_>>();
        written_by(
            &[("content-length", "13")],
            None,
            |source| source.body = None,
            |source| {
                let call = AuthorizerCall { route_arn: arn, identity: &identity };
                authorizer_event(format, source, call)
            },
        )
    };
    let mut integrations = written(PayloadFormat::V2, &[], |_| {});
    let members = integrations.as_object_mut().expect("an object");
    members.remove("body");
    members.remove("isBase64Encoded");
    members.insert("type".to_owned(), json!("REQUEST"));
    members.insert("routeArn".to_owned(), json!(arn));
    assert_eq!(asked(PayloadFormat::V2, &[]), integrations);
    integrations["identitySource"] = json!(["Bearer abc", "42"]);
    assert_eq!(asked(PayloadFormat::V2, &["Bearer abc", "42"]), integrations);

    let mut integrations = written(PayloadFormat::V1, &[], |_| {});
    let members = integrations.as_object_mut().expect("an object");
    members.remove("body");
    members.remove("isBase64Encoded");
    members.insert("type".to_owned(), json!("REQUEST"));
    members.insert("methodArn".to_owned(), json!(arn));
    assert_eq!(asked(PayloadFormat::V1, &[]), integrations);
    integrations["identitySource"] = json!("Bearer abc,42");
    integrations["authorizationToken"] = json!("Bearer abc,42");
    assert_eq!(asked(PayloadFormat::V1, &["Bearer abc", "42"]), integrations);
}

#[test]
fn a_client_certificate_is_told_to_functions_and_authorizers() {
    use gatewright_types::{ClientCertificate, ClientCertificateValidity};
    static CERTIFICATE: LazyLock<ClientCertificate> = LazyLock::new(|| ClientCertificate {
        client_cert_pem: "CERT_CONTENT".to_owned(),
        subject_dn: "www.example.com".to_owned(),
        issuer_dn: "Example issuer".to_owned(),
        serial_number: "a1:a1".to_owned(),
        validity: ClientCertificateValidity {
            not_before: "May 28 12:30:02 2019 GMT".to_owned(),
            not_after: "Aug  5 09:36:04 2021 GMT".to_owned(),
        },
    });
    // The documentation's samples.
    let expected = json!({
        "clientCertPem": "CERT_CONTENT",
        "subjectDN": "www.example.com",
        "issuerDN": "Example issuer",
        "serialNumber": "a1:a1",
        "validity": {
            "notBefore": "May 28 12:30:02 2019 GMT", "notAfter": "Aug  5 09:36:04 2021 GMT"
        }
    });
    let call = AuthorizerCall { route_arn: "arn", identity: &[] };
    for (format, path) in [
        (PayloadFormat::V1, "/requestContext/identity/clientCert"),
        (PayloadFormat::V2, "/requestContext/authentication/clientCert"),
    ] {
        let shown = |source: &mut EventSource<'_>| source.client_certificate = Some(&CERTIFICATE);
        assert_eq!(written(format, &[], shown).pointer(path), Some(&expected));
        let asked = written_by(&[], None, shown, |source| authorizer_event(format, source, call));
        assert_eq!(asked.pointer(path), Some(&expected));
        assert_eq!(written(format, &[], |_| {}).pointer(path), None);
    }
}
