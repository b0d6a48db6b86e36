//! Format 1.0, in which what is empty is null (section 6.3).

use std::collections::BTreeMap;

use gatewright_types::ClientCertificate;
use serde::Serialize;

use serde_json::{Map, Value};

use super::{Authorizer, AuthorizerCall, EventSource, Pairs, Signer, body, headers, query};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Event<'e> {
    version: &'static str,
    #[serde(flatten)]
    authorizing: Option<Authorizing<'e>>,
    resource: &'e str,
    path: &'e str,
    http_method: &'e str,
    headers: Pairs<&'e str, String>,
    multi_value_headers: Pairs<&'e str, Vec<String>>,
    query_string_parameters: Option<Pairs<String, String>>,
    multi_value_query_string_parameters: Option<Pairs<String, Vec<String>>>,
    request_context: RequestContext<'e>,
    path_parameters: Option<Pairs<&'e str, &'e str>>,
    stage_variables: Option<&'e BTreeMap<String, String>>,
    #[serde(flatten)]
    body: Option<Body>,
}

/// What only authorizers are told.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Authorizing<'e> {
    r#type: &'static str,
    method_arn: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_token: Option<String>,
}

/// What authorizers are not.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    body: Option<String>,
    is_base64_encoded: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext<'e> {
    account_id: &'e str,
    api_id: &'e str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizer: Option<AuthorizerV1<'e>>,
    domain_name: &'e str,
    domain_prefix: &'e str,
    extended_request_id: &'e str,
    http_method: &'e str,
    identity: Identity<'e>,
    path: &'e str,
    protocol: &'static str,
    request_id: &'e str,
    request_time: String,
    request_time_epoch: i64,
    resource_id: &'e str,
    resource_path: &'e str,
    stage: &'e str,
}

#[derive(Debug, Serialize)]
struct AuthorizerV1<'e> {
    claims: Option<&'e BTreeMap<String, String>>,
    scopes: Option<&'e [String]>,
    #[serde(flatten)]
    context: Option<Pairs<&'e String, &'e Value>>,
}

/// Who calls, as far as that is known; only signed requests and client certificates say more.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'e> {
    access_key: Option<&'e str>,
    account_id: Option<&'e str>,
    caller: Option<&'e str>,
    cognito_amr: Option<()>,
    cognito_authentication_provider: Option<()>,
    cognito_authentication_type: Option<()>,
    cognito_identity_id: Option<()>,
    cognito_identity_pool_id: Option<()>,
    principal_org_id: Option<()>,
    source_ip: String,
    user: Option<&'e str>,
    user_agent: String,
    user_arn: Option<&'e str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_cert: Option<&'e ClientCertificate>,
}

pub(super) fn event<'e>(source: &'e EventSource<'_>) -> Event<'e> {
    let (body, is_base64_encoded) = body::body(source.headers, source.body);
    let mut singles = Vec::new();
    let mut multiples = Vec::new();
    for (name, values) in headers::headers(source) {
        let values = values.into_iter().map(std::borrow::Cow::into_owned).collect::<Vec<_>>();
        let name = headers::canonical(name);
        singles.push((name, values.last().cloned().unwrap_or_default()));
        multiples.push((name, values));
    }
    let query = query::parameters(source.query);
    let last = |(name, values): &(String, Vec<String>)| {
        (name.clone(), values.last().cloned().unwrap_or_default())
    };
    let resource = resource(source.route_key);
    Event {
        version: "1.0",
        authorizing: None,
        resource,
        path: source.raw_path,
        http_method: source.method,
        headers: Pairs(singles),
        multi_value_headers: Pairs(multiples),
        query_string_parameters: Pairs(query.iter().map(last).collect()).unless_empty(),
        multi_value_query_string_parameters: Pairs(query).unless_empty(),
        request_context: RequestContext {
            account_id: source.account_id,
            api_id: source.api_id,
            authorizer: source.authorizer.and_then(authorizer),
            domain_name: source.domain_name,
            domain_prefix: source.domain_prefix(),
            extended_request_id: source.request_id,
            http_method: source.method,
            identity: identity(source),
            path: source.client_path,
            protocol: "HTTP/1.1",
            request_id: source.request_id,
            request_time: source.request_time(),
            request_time_epoch: source.received_ms,
            resource_id: source.route_key,
            resource_path: resource,
            stage: source.stage,
        },
        path_parameters: Pairs(source.path_parameters.to_vec()).unless_empty(),
        stage_variables: Some(source.stage_variables).filter(|variables| !variables.is_empty()),
        body: Some(Body { body, is_base64_encoded }),
    }
}

pub(super) fn authorizer_event<'e>(
    source: &'e EventSource<'_>,
    call: AuthorizerCall<'e>,
) -> Event<'e> {
    let identity = (!call.identity.is_empty()).then(|| call.identity.join(","));
    Event {
        authorizing: Some(Authorizing {
            r#type: "REQUEST",
            method_arn: call.route_arn,
            identity_source: identity.clone(),
            authorization_token: identity,
        }),
        path_parameters: Some(Pairs(source.path_parameters.to_vec())),
        body: None,
        ..event(source)
    }
}

/// What an authorizer found out; signers stand in [`Identity`].
fn authorizer(authorizer: Authorizer<'_>) -> Option<AuthorizerV1<'_>> {
    match authorizer {
        Authorizer::Jwt { claims, scopes } => {
            Some(AuthorizerV1 { claims: Some(claims), scopes, context: None })
        }
        Authorizer::Lambda { context } => {
            Some(AuthorizerV1 { claims: None, scopes: None, context: context.map(members) })
        }
        Authorizer::Iam(_) => None,
    }
}

/// A context's members, without those whose names mean something else.
fn members(context: &Map<String, Value>) -> Pairs<&String, &Value> {
    let taken = |name: &str| name == "claims" || name == "scopes";
    Pairs(context.iter().filter(|(name, _)| !taken(name)).collect())
}

fn identity<'e>(source: &'e EventSource<'_>) -> Identity<'e> {
    let known = Identity {
        source_ip: source.client.to_string(),
        user_agent: source.user_agent(),
        client_cert: source.client_certificate,
        ..Identity::default()
    };
    match source.authorizer {
        Some(Authorizer::Iam(Signer { access_key_id, account_id, user_id, user_arn })) => {
            Identity {
                access_key: Some(access_key_id),
                account_id: Some(account_id),
                caller: Some(user_id),
                user: Some(user_id),
                user_arn: Some(user_arn),
                ..known
            }
        }
        _ => known,
    }
}

/// The path of a route's key; `$default` has none and stands for itself.
fn resource(route_key: &str) -> &str {
    route_key.split_once(' ').map_or(route_key, |(_, path)| path)
}
