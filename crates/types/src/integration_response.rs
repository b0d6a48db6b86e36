//! Resource [IntegrationResponse](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations-integrationid-integrationresponses-integrationresponseid.html)
//! of WebSocket APIs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ContentHandlingStrategy, IntegrationResponseId};

/// An integration response, as stored and as answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct IntegrationResponse {
    /// How the body's bytes and base64 text are turned into each other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_handling_strategy: Option<ContentHandlingStrategy>,
    /// The id.
    pub integration_response_id: IntegrationResponseId,
    /// `$default`, or `/pattern/` for the selected value; unique in its integration.
    pub integration_response_key: String,
    /// Headers of the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<BTreeMap<String, String>>,
    /// Templates by the key that `templateSelectionExpression` selects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_templates: Option<BTreeMap<String, String>>,
    /// What a template is chosen by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_selection_expression: Option<String>,
}

/// Members of `CreateIntegrationResponse`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on IntegrationResponse")]
pub struct CreateIntegrationResponse {
    pub content_handling_strategy: Option<ContentHandlingStrategy>,
    pub integration_response_key: Option<String>,
    pub response_parameters: Option<BTreeMap<String, String>>,
    pub response_templates: Option<BTreeMap<String, String>>,
    pub template_selection_expression: Option<String>,
}

/// Members of `UpdateIntegrationResponse`; absent means unchanged.
pub type UpdateIntegrationResponse = CreateIntegrationResponse;
