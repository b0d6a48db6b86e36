//! Format 2.0, in which what is empty is absent (section 6.2).

use std::borrow::Cow;
use std::collections::BTreeMap;

use gatewright_types::ClientCertificate;
use http::header::COOKIE;
use serde::Serialize;

use serde_json::{Map, Value};

use super::{Authorizer, AuthorizerCall, EventSource, Pairs, body, headers, query};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'e> {
    version: &'static str,
    #[serde(flatten)]
    authorizing: Option<Authorizing<'e>>,
    route_key: &'e str,
    raw_path: &'e str,
    raw_query_string: &'e str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cookies: Vec<Cow<'e, str>>,
    headers: Pairs<&'e str, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query_string_parameters: Option<Pairs<String, String>>,
    request_context: RequestContext<'e>,
    #[serde(skip_serializing_if = "Option::is_none")]
    path_parameters: Option<Pairs<&'e str, &'e str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_base64_encoded: Option<bool>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    stage_variables: &'e BTreeMap<String, String>,
}

/// What only authorizers are told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Authorizing<'e> {
    r#type: &'static str,
    route_arn: &'e str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    identity_source: &'e [Cow<'e, str>],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'e> {
    account_id: &'e str,
    api_id: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication: Option<Authentication<'e>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizer: Option<AuthorizerV2<'e>>,
    domain_name: &'e str,
    domain_prefix: &'e str,
    http: Http<'e>,
    request_id: &'e str,
    route_key: &'e str,
    stage: &'e str,
    time: String,
    time_epoch: i64,
}

/// What mutual TLS found out.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Authentication<'e> {
    client_cert: &'e ClientCertificate,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Http<'e> {
    method: &'e str,
    path: &'e str,
    protocol: &'static str,
    source_ip: String,
    user_agent: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
enum AuthorizerV2<'e> {
    Jwt { claims: &'e BTreeMap<String, String>, scopes: Option<&'e [String]> },
    Lambda(Option<&'e Map<String, Value>>),
    Iam(Iam<'e>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Iam<'e> {
    access_key: &'e str,
    account_id: &'e str,
    caller_id: &'e str,
    cognito_identity: Option<()>,
    principal_org_id: Option<()>,
    user_arn: &'e str,
    user_id: &'e str,
}

pub(super) fn event<'e>(source: &'e EventSource<'_>) -> Event<'e> {
    let (body, is_base64_encoded) = body::body(source.headers, source.body);
    let joined = |(name, values): (_, Vec<Cow<'_, str>>)| (name, values.join(","));
    let all = headers::headers(source).into_iter().filter(|(name, _)| *name != COOKIE.as_str());
    let query = query::parameters(source.query);
    let query = query.into_iter().map(|(name, values)| (name, values.join(",")));
    Event {
        version: "2.0",
        authorizing: None,
        route_key: source.route_key,
        raw_path: source.path,
        raw_query_string: source.query,
        cookies: cookies(source),
        headers: Pairs(all.map(joined).collect()),
        query_string_parameters: Pairs(query.collect()).unless_empty(),
        request_context: RequestContext {
            account_id: source.account_id,
            api_id: source.api_id,
            authentication: source.client_certificate.map(|it| Authentication { client_cert: it }),
            authorizer: source.authorizer.map(|authorizer| match authorizer {
                Authorizer::Jwt { claims, scopes } => AuthorizerV2::Jwt { claims, scopes },
                Authorizer::Lambda { context } => AuthorizerV2::Lambda(context),
                Authorizer::Iam(signer) => AuthorizerV2::Iam(Iam {
                    access_key: signer.access_key_id,
                    account_id: signer.account_id,
                    caller_id: signer.user_id,
                    cognito_identity: None,
                    principal_org_id: None,
                    user_arn: signer.user_arn,
                    user_id: signer.user_id,
                }),
            }),
            domain_name: source.domain_name,
            domain_prefix: source.domain_prefix(),
            http: Http {
                method: source.method,
                path: source.path,
                protocol: "HTTP/1.1",
                source_ip: source.client.to_string(),
                user_agent: source.user_agent(),
            },
            request_id: source.request_id,
            route_key: source.route_key,
            stage: source.stage,
            time: source.request_time(),
            time_epoch: source.received_ms,
        },
        path_parameters: Pairs(source.path_parameters.to_vec()).unless_empty(),
        body,
        is_base64_encoded: Some(is_base64_encoded),
        stage_variables: source.stage_variables,
    }
}

pub(super) fn authorizer_event<'e>(
    source: &'e EventSource<'_>,
    call: AuthorizerCall<'e>,
) -> Event<'e> {
    let AuthorizerCall { route_arn, identity } = call;
    Event {
        authorizing: Some(Authorizing { r#type: "REQUEST", route_arn, identity_source: identity }),
        body: None,
        is_base64_encoded: None,
        ..event(source)
    }
}

fn cookies<'e>(source: &'e EventSource<'_>) -> Vec<Cow<'e, str>> {
    let mut cookies = Vec::new();
    for value in source.headers.get_all(COOKIE) {
        let text = String::from_utf8_lossy(value.as_bytes());
        let each = text.split(';').map(str::trim).filter(|cookie| !cookie.is_empty());
        cookies.extend(each.map(|cookie| Cow::Owned(cookie.to_owned())));
    }
    cookies
}
