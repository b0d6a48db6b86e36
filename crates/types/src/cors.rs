//! `corsConfiguration` of an HTTP API.

use serde::{Deserialize, Serialize};

/// Cross-origin resource sharing (`http-api-cors`). Members never set are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Cors {
    /// Whether credentials may be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_credentials: Option<bool>,
    /// Request headers a browser may send, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_headers: Option<Vec<String>>,
    /// Methods a browser may use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_methods: Option<Vec<String>>,
    /// Origins that may call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_origins: Option<Vec<String>>,
    /// Response headers a browser may show to scripts, in lower case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expose_headers: Option<Vec<String>>,
    /// Seconds a browser may keep a preflight answer; -1 to 86400.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_age: Option<i32>,
}
