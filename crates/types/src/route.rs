//! Resource [Route](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid.html).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{AuthorizerId, RouteId};

/// A route, as stored and as answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Route {
    /// `true` when quick create made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_gateway_managed: Option<bool>,
    /// WebSocket APIs: whether a call needs an API key.
    pub api_key_required: bool,
    /// Scopes of which a token must hold one; JWT only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorization_scopes: Option<Vec<String>>,
    /// Who may call.
    pub authorization_type: AuthorizationType,
    /// The authorizer of types JWT and CUSTOM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorizer_id: Option<AuthorizerId>,
    /// WebSocket APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_selection_expression: Option<String>,
    /// Free name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_name: Option<String>,
    /// WebSocket APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_models: Option<BTreeMap<String, String>>,
    /// WebSocket APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_parameters: Option<BTreeMap<String, ParameterConstraints>>,
    /// The id.
    pub route_id: RouteId,
    /// `$default`, `METHOD /path`, or a WebSocket route's text; unique in its API.
    pub route_key: String,
    /// WebSocket APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub route_response_selection_expression: Option<String>,
    /// `integrations/{integrationId}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
}

/// `authorizationType` of a route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthorizationType {
    /// Open to everybody.
    #[default]
    None,
    /// Signed requests.
    AwsIam,
    /// Lambda authorizer.
    Custom,
    /// JSON Web Token.
    Jwt,
}

/// Whether a request parameter must be there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ParameterConstraints {
    /// Must be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
}

/// Members of `CreateRoute`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on Route")]
pub struct CreateRoute {
    pub api_key_required: Option<bool>,
    pub authorization_scopes: Option<Vec<String>>,
    pub authorization_type: Option<AuthorizationType>,
    pub authorizer_id: Option<String>,
    pub model_selection_expression: Option<String>,
    pub operation_name: Option<String>,
    pub request_models: Option<BTreeMap<String, String>>,
    pub request_parameters: Option<BTreeMap<String, ParameterConstraints>>,
    pub route_key: Option<String>,
    pub route_response_selection_expression: Option<String>,
    pub target: Option<String>,
}

/// Members of `UpdateRoute`; absent means unchanged.
pub type UpdateRoute = CreateRoute;
