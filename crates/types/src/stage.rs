//! Resource [Stage](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-stages-stagename.html).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{DeploymentId, ProtocolType, StageName, Timestamp};

/// A stage, as stored and as answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stage {
    /// Where access log lines go, and their form.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_log_settings: Option<AccessLogSettings>,
    /// `true` when quick create made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_gateway_managed: Option<bool>,
    /// Whether each change of the API is published here at once.
    pub auto_deploy: bool,
    /// WebSocket APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_certificate_id: Option<String>,
    /// When the stage was created.
    pub created_date: Timestamp,
    /// Settings of routes that have none of their own.
    pub default_route_settings: RouteSettings,
    /// The deployment served.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_id: Option<DeploymentId>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// How the last automatic deployment went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_deployment_status_message: Option<String>,
    /// When the stage was last changed.
    pub last_updated_date: Timestamp,
    /// Settings by route key.
    #[serde(default)]
    pub route_settings: BTreeMap<String, RouteSettings>,
    /// The name.
    pub stage_name: StageName,
    /// Variables for `${stageVariables.name}`.
    #[serde(default)]
    pub stage_variables: BTreeMap<String, String>,
    /// Tags.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

impl Stage {
    /// A stage with nothing but defaults, which are its protocol's.
    pub fn new(stage_name: StageName, defaults: RouteSettings, now: Timestamp) -> Self {
        Self {
            access_log_settings: None,
            api_gateway_managed: None,
            auto_deploy: false,
            client_certificate_id: None,
            created_date: now,
            default_route_settings: defaults,
            deployment_id: None,
            description: None,
            last_deployment_status_message: None,
            last_updated_date: now,
            route_settings: BTreeMap::new(),
            stage_name,
            stage_variables: BTreeMap::new(),
            tags: BTreeMap::new(),
        }
    }
}

/// Settings of one route, or of all without their own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RouteSettings {
    /// WebSocket APIs: whether messages are logged whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_trace_enabled: Option<bool>,
    /// Whether metrics have a route dimension.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detailed_metrics_enabled: Option<bool>,
    /// WebSocket APIs: execution log level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging_level: Option<LoggingLevel>,
    /// Tokens a bucket holds; 0 refuses everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttling_burst_limit: Option<u32>,
    /// Tokens a second; 0 refuses everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttling_rate_limit: Option<f64>,
}

impl RouteSettings {
    /// What AWS shows as `defaultRouteSettings` of a stage that has none set.
    pub fn default_for(protocol: ProtocolType) -> Self {
        match protocol {
            ProtocolType::Http => Self { detailed_metrics_enabled: Some(false), ..Self::default() },
            ProtocolType::Websocket => Self {
                data_trace_enabled: Some(false),
                detailed_metrics_enabled: Some(false),
                logging_level: Some(LoggingLevel::Off),
                ..Self::default()
            },
        }
    }
}

/// `loggingLevel`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum LoggingLevel {
    /// Errors only.
    Error,
    /// Everything.
    Info,
    /// Nothing.
    Off,
}

/// `accessLogSettings`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AccessLogSettings {
    /// Where to, as an ARN that configuration maps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_arn: Option<String>,
    /// The line, with `$context` variables.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}

/// Members of `CreateStage`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on Stage")]
pub struct CreateStage {
    pub access_log_settings: Option<AccessLogSettings>,
    pub auto_deploy: Option<bool>,
    pub client_certificate_id: Option<String>,
    pub default_route_settings: Option<RouteSettings>,
    pub deployment_id: Option<String>,
    pub description: Option<String>,
    pub route_settings: Option<BTreeMap<String, RouteSettings>>,
    pub stage_name: Option<String>,
    pub stage_variables: Option<BTreeMap<String, String>>,
    pub tags: Option<BTreeMap<String, String>>,
}

/// Members of `UpdateStage`; absent means unchanged.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on Stage")]
pub struct UpdateStage {
    pub access_log_settings: Option<AccessLogSettings>,
    pub auto_deploy: Option<bool>,
    pub client_certificate_id: Option<String>,
    pub default_route_settings: Option<RouteSettings>,
    pub deployment_id: Option<String>,
    pub description: Option<String>,
    pub route_settings: Option<BTreeMap<String, RouteSettings>>,
    pub stage_variables: Option<BTreeMap<String, String>>,
}
