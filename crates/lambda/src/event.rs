//! The event a function gets for a request (`http-api-develop-integrations-lambda`;
//! spec/http-api-runtime.md sections 6.2 to 6.4).

mod body;
mod headers;
mod query;
mod v1;
mod v2;

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use gatewright_snapshot::PayloadFormat;
use gatewright_types::{AddressText, ClientCertificate, Timestamp};
use http::HeaderMap;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

/// What an event says of a request.
#[derive(Debug)]
pub struct EventSource<'r> {
    /// The matched key as configured.
    pub route_key: &'r str,
    /// The path, decoded, with the stage's name in front.
    pub path: &'r str,
    /// The path, decoded, as the client sent it: to a custom domain name with an API mapping's key in
    /// the stage's place.
    pub client_path: &'r str,
    /// The same as the client wrote it.
    pub raw_path: &'r str,
    /// The query string as received; empty where there is none.
    pub query: &'r str,
    /// The client's method.
    pub method: &'r str,
    /// The client's headers, `Host` and `X-Amzn-Trace-Id` among them, mappings applied. Those of its
    /// connection stay here.
    pub headers: &'r HeaderMap,
    /// The host that was called, without a port.
    pub domain_name: &'r str,
    /// How the client came: `http` or `https`.
    pub protocol: &'r str,
    /// The account that owns the API.
    pub account_id: &'r str,
    /// The API.
    pub api_id: &'r str,
    /// The stage.
    pub stage: &'r str,
    /// The client's address.
    pub client: &'r AddressText,
    /// The address that the request came from, which is appended to those it was passed on from
    /// before.
    pub peer: &'r AddressText,
    /// The certificate it had to show.
    pub client_certificate: Option<&'r ClientCertificate>,
    /// `apigw-requestid`.
    pub request_id: &'r str,
    /// When the request came, in milliseconds since the Unix epoch.
    pub received_ms: i64,
    /// Names and decoded values.
    pub path_parameters: &'r [(&'r str, &'r str)],
    /// The stage's variables.
    pub stage_variables: &'r BTreeMap<String, String>,
    /// What the route's authorizer found out.
    pub authorizer: Option<Authorizer<'r>>,
    /// The whole body; authorizers are asked without.
    pub body: Option<&'r Bytes>,
}

/// What an authorizer's event says beside.
#[derive(Clone, Copy, Debug)]
pub struct AuthorizerCall<'r> {
    /// What is to be allowed: the ARN of the request's method and path.
    pub route_arn: &'r str,
    /// What the authorizer's identity sources found, in their order.
    pub identity: &'r [Cow<'r, str>],
}

/// What a route's authorizer found out.
#[derive(Clone, Copy, Debug)]
pub enum Authorizer<'r> {
    /// A Lambda authorizer's `context` (section 10.2).
    Lambda {
        /// Absent where the function gave none.
        context: Option<&'r Map<String, Value>>,
    },
    /// Who signed the request (section 10.3).
    Iam(Signer<'r>),
    /// A JWT authorizer's token (section 10.1).
    Jwt {
        /// As texts.
        claims: &'r BTreeMap<String, String>,
        /// The token's, where the route asks for some.
        scopes: Option<&'r [String]>,
    },
}

/// Who signed a request. Users have no organisation, and no Cognito identity, here.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'r> {
    /// The access key.
    pub access_key_id: &'r str,
    /// The account that the user belongs to.
    pub account_id: &'r str,
    /// The user's unique id.
    pub user_id: &'r str,
    /// The user's ARN.
    pub user_arn: &'r str,
}

/// The event of an integration, as JSON.
#[must_use]
pub fn event(format: PayloadFormat, source: &EventSource<'_>) -> Vec<u8> {
    match format {
        PayloadFormat::V1 => json(&v1::event(source)),
        PayloadFormat::V2 => json(&v2::event(source)),
    }
}

/// The event of an authorizer, as JSON: like an integration's, without a body
/// (`http-api-lambda-authorizer`; section 10.2).
#[must_use]
pub fn authorizer_event(
    format: PayloadFormat,
    source: &EventSource<'_>,
    call: AuthorizerCall<'_>,
) -> Vec<u8> {
    match format {
        PayloadFormat::V1 => json(&v1::authorizer_event(source, call)),
        PayloadFormat::V2 => json(&v2::authorizer_event(source, call)),
    }
}

fn json(event: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(event).expect("texts, numbers, and maps whose keys are texts")
}

impl EventSource<'_> {
    fn domain_prefix(&self) -> &str {
        self.domain_name.split('.').next().unwrap_or_default()
    }

    fn user_agent(&self) -> String {
        let agent = self.headers.get(http::header::USER_AGENT);
        agent.map_or_else(String::new, |agent| headers::text(agent).into_owned())
    }

    fn request_time(&self) -> String {
        let time = Timestamp::from_unix_seconds(self.received_ms.div_euclid(1000));
        String::from_utf8_lossy(&time.common_log_format()).into_owned()
    }
}

/// A list of pairs as a JSON object, in its order.
#[derive(Debug)]
struct Pairs<K, V>(Vec<(K, V)>);

impl<K, V> Pairs<K, V> {
    /// None where it is empty.
    fn unless_empty(self) -> Option<Self> {
        (!self.0.is_empty()).then_some(self)
    }
}

impl<K: Serialize, V: Serialize> Serialize for Pairs<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

#[cfg(test)]
mod tests;
