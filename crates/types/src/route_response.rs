//! Resource [RouteResponse](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes-routeid-routeresponses-routeresponseid.html)
//! of WebSocket APIs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ParameterConstraints, RouteResponseId};

/// A route response, as stored and as answered: it makes its route answer the client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteResponse {
    /// What a model is chosen by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_selection_expression: Option<String>,
    /// Names of models by selected key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_models: Option<BTreeMap<String, String>>,
    /// Parameters of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<BTreeMap<String, ParameterConstraints>>,
    /// The id.
    pub route_response_id: RouteResponseId,
    /// `$default`, the only one there is.
    pub route_response_key: String,
}

/// Members of `CreateRouteResponse`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on RouteResponse")]
pub struct CreateRouteResponse {
    pub model_selection_expression: Option<String>,
    pub response_models: Option<BTreeMap<String, String>>,
    pub response_parameters: Option<BTreeMap<String, ParameterConstraints>>,
    pub route_response_key: Option<String>,
}

/// Members of `UpdateRouteResponse`; absent means unchanged.
pub type UpdateRouteResponse = CreateRouteResponse;
