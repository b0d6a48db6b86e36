//! The AWS services that routes call directly (`http-api-develop-integrations-aws-services`).

use serde::Deserialize;

/// A service, by the name that signatures' scopes have of it, and configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AwsService {
    /// Simple Queue Service.
    Sqs,
    /// EventBridge.
    Events,
    /// Kinesis Data Streams.
    Kinesis,
    /// Step Functions.
    States,
    /// AppConfig.
    AppConfig,
}

impl AwsService {
    /// The name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sqs => "sqs",
            Self::Events => "events",
            Self::Kinesis => "kinesis",
            Self::States => "states",
            Self::AppConfig => "appconfig",
        }
    }
}

impl std::fmt::Display for AwsService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}
