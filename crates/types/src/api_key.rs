//! Resource [ApiKey](https://docs.aws.amazon.com/apigateway/latest/api/API_ApiKey.html) of the v1
//! API.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{ApiKeyId, Timestamp};

/// An API key, as stored, where it has no value, and as answered, where it has one when asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiKey {
    /// When it was created.
    #[serde(with = "crate::timestamp::unix_seconds")]
    pub created_date: Timestamp,
    /// A customer's id in some other system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// A description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether clients may use it.
    pub enabled: bool,
    /// The id.
    pub id: ApiKeyId,
    /// When it was changed last.
    #[serde(with = "crate::timestamp::unix_seconds")]
    pub last_updated_date: Timestamp,
    /// The name; need not be unique.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Always empty: usage plans connect keys with stages.
    #[serde(default)]
    pub stage_keys: Vec<String>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// What clients send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<ApiKeyValue>,
}

/// What clients send: a secret, which no log shows.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApiKeyValue(String);

impl ApiKeyValue {
    /// Takes the text as it is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ApiKeyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKeyValue")
    }
}

/// Members of `CreateApiKey`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on ApiKey")]
pub struct CreateApiKey {
    pub customer_id: Option<String>,
    pub description: Option<String>,
    pub enabled: Option<bool>,
    /// Whether id and value differ; deprecated by AWS.
    pub generate_distinct_id: Option<bool>,
    pub name: Option<String>,
    pub stage_keys: Option<Vec<StageKey>>,
    pub tags: Option<BTreeMap<String, String>>,
    pub value: Option<ApiKeyValue>,
}

/// A stage in `stageKeys` of `CreateApiKey`; deprecated by AWS for usage plans.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StageKey {
    /// A REST API's id.
    pub rest_api_id: Option<String>,
    /// A stage of it.
    pub stage_name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_not_debugged() {
        let text = r#"{"createdDate":1800000000,"enabled":true,"id":"k1","lastUpdatedDate":1800000001,"stageKeys":[],"value":"secret"}"#;
        let key: ApiKey = serde_json::from_str(text).expect("a key");
        assert!(!format!("{key:?}").contains("secret"));
        assert_eq!(serde_json::to_string(&key).expect("json"), text);
    }
}
