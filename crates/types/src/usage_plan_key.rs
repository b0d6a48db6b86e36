//! Resource [UsagePlanKey](https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlanKey.html)
//! of the v1 API.

use serde::{Deserialize, Serialize};

use crate::{ApiKeyId, ApiKeyValue};

/// An API key of a usage plan, as answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UsagePlanKey {
    /// The API key's id.
    pub id: ApiKeyId,
    /// The API key's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Always [`API_KEY`](Self::API_KEY).
    #[serde(rename = "type")]
    pub key_type: &'static str,
    /// The API key's value.
    pub value: ApiKeyValue,
}

impl UsagePlanKey {
    /// The one type there is.
    pub const API_KEY: &'static str = "API_KEY";
}

/// Members of `CreateUsagePlanKey`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on UsagePlanKey")]
pub struct CreateUsagePlanKey {
    pub key_id: Option<String>,
    pub key_type: Option<String>,
}
