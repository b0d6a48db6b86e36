//! Resource [Api](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid.html).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ApiId, Cors, ProtocolType, Timestamp};

/// An API, as stored and as answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Api {
    /// Where the API answers; filled in for answers, never stored, since it follows configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_endpoint: Option<String>,
    /// The id.
    pub api_id: ApiId,
    /// Header or context variable that holds the API key; echoed for both protocols.
    pub api_key_selection_expression: String,
    /// Cross-origin resource sharing; HTTP APIs only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cors_configuration: Option<Cors>,
    /// When the API was created.
    pub created_date: Timestamp,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether the default endpoint answers 404; part of a deployment.
    pub disable_execute_api_endpoint: bool,
    /// WebSocket APIs: whether models are not checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_schema_validation: Option<bool>,
    /// What an import left out, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub import_info: Option<Vec<String>>,
    /// IP versions of the default endpoint's DNS name.
    pub ip_address_type: IpAddressType,
    /// The name; need not be unique.
    pub name: String,
    /// HTTP or WebSocket.
    pub protocol_type: ProtocolType,
    /// What a route is chosen by.
    pub route_selection_expression: String,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
    /// The caller's own version text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Warnings of an import.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warnings: Option<Vec<String>>,
}

impl Api {
    /// `apiKeySelectionExpression` when none is given.
    pub const API_KEY_SELECTION_EXPRESSION: &'static str = "$request.header.x-api-key";
    /// `routeSelectionExpression` of every HTTP API.
    pub const HTTP_ROUTE_SELECTION_EXPRESSION: &'static str = "$request.method $request.path";
}

/// `ipAddressType` of an API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IpAddressType {
    /// IPv4 only.
    #[default]
    Ipv4,
    /// IPv4 and IPv6.
    Dualstack,
}

/// Members of `CreateApi`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on Api")]
pub struct CreateApi {
    pub api_key_selection_expression: Option<String>,
    pub cors_configuration: Option<Cors>,
    pub credentials_arn: Option<String>,
    pub description: Option<String>,
    pub disable_execute_api_endpoint: Option<bool>,
    pub disable_schema_validation: Option<bool>,
    pub ip_address_type: Option<IpAddressType>,
    pub name: Option<String>,
    pub protocol_type: Option<String>,
    pub route_key: Option<String>,
    pub route_selection_expression: Option<String>,
    pub tags: Option<BTreeMap<String, String>>,
    pub target: Option<String>,
    pub version: Option<String>,
}

/// Members of `UpdateApi`; absent means unchanged.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on Api")]
pub struct UpdateApi {
    pub api_key_selection_expression: Option<String>,
    pub cors_configuration: Option<Cors>,
    pub credentials_arn: Option<String>,
    pub description: Option<String>,
    pub disable_execute_api_endpoint: Option<bool>,
    pub disable_schema_validation: Option<bool>,
    pub ip_address_type: Option<IpAddressType>,
    pub name: Option<String>,
    pub route_key: Option<String>,
    pub route_selection_expression: Option<String>,
    pub target: Option<String>,
    pub version: Option<String>,
}
