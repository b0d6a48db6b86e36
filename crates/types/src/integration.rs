//! Resource [Integration](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations-integrationid.html).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::IntegrationId;

/// An integration, as stored and as answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Integration {
    /// `true` when quick create made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_gateway_managed: Option<bool>,
    /// The VPC link of connection type VPC_LINK.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_id: Option<String>,
    /// Public or through a VPC link.
    pub connection_type: ConnectionType,
    /// WebSocket APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_handling_strategy: Option<ContentHandlingStrategy>,
    /// The role to call with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials_arn: Option<String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The id.
    pub integration_id: IntegrationId,
    /// The upstream's method, or `ANY` for the client's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_method: Option<String>,
    /// What an integration response is chosen by; set for non-proxy types.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_response_selection_expression: Option<String>,
    /// The AWS service action of an AWS_PROXY integration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_subtype: Option<String>,
    /// What kind of upstream.
    pub integration_type: IntegrationType,
    /// Where the upstream is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub integration_uri: Option<String>,
    /// WebSocket APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub passthrough_behavior: Option<PassthroughBehavior>,
    /// `1.0` or `2.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload_format_version: Option<String>,
    /// Request parameter mapping.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_parameters: Option<BTreeMap<String, String>>,
    /// WebSocket APIs: request templates by selection key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_templates: Option<BTreeMap<String, String>>,
    /// HTTP APIs: response parameter mapping by status code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_parameters: Option<BTreeMap<String, BTreeMap<String, String>>>,
    /// WebSocket APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template_selection_expression: Option<String>,
    /// Milliseconds until the upstream must have answered.
    pub timeout_in_millis: u32,
    /// TLS towards a private upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_config: Option<TlsConfig>,
}

/// `integrationType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IntegrationType {
    /// An AWS service action, mapped by templates.
    Aws,
    /// An HTTP upstream, mapped by templates.
    Http,
    /// The gateway itself.
    Mock,
    /// An HTTP upstream, passed through.
    HttpProxy,
    /// A Lambda function or an AWS service action, passed through.
    AwsProxy,
}

impl IntegrationType {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "AWS",
            Self::Http => "HTTP",
            Self::Mock => "MOCK",
            Self::HttpProxy => "HTTP_PROXY",
            Self::AwsProxy => "AWS_PROXY",
        }
    }
}

/// `connectionType`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ConnectionType {
    /// A public URL.
    #[default]
    Internet,
    /// Through a VPC link.
    VpcLink,
}

/// `contentHandlingStrategy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ContentHandlingStrategy {
    /// Base64 text to bytes.
    ConvertToBinary,
    /// Bytes to base64 text.
    ConvertToText,
}

/// `passthroughBehavior`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PassthroughBehavior {
    /// Pass through what no template matches.
    WhenNoMatch,
    /// Pass through when there is no template at all.
    WhenNoTemplates,
    /// Refuse what no template matches.
    Never,
}

/// `tlsConfig`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TlsConfig {
    /// The name sent as SNI and checked in the upstream's certificate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name_to_verify: Option<String>,
}

/// Members of `CreateIntegration`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on Integration")]
pub struct CreateIntegration {
    pub connection_id: Option<String>,
    pub connection_type: Option<ConnectionType>,
    pub content_handling_strategy: Option<ContentHandlingStrategy>,
    pub credentials_arn: Option<String>,
    pub description: Option<String>,
    pub integration_method: Option<String>,
    pub integration_subtype: Option<String>,
    pub integration_type: Option<IntegrationType>,
    pub integration_uri: Option<String>,
    pub passthrough_behavior: Option<PassthroughBehavior>,
    pub payload_format_version: Option<String>,
    pub request_parameters: Option<BTreeMap<String, String>>,
    pub request_templates: Option<BTreeMap<String, String>>,
    pub response_parameters: Option<BTreeMap<String, BTreeMap<String, String>>>,
    pub template_selection_expression: Option<String>,
    pub timeout_in_millis: Option<i64>,
    pub tls_config: Option<TlsConfig>,
}

/// Members of `UpdateIntegration`; absent means unchanged.
pub type UpdateIntegration = CreateIntegration;
