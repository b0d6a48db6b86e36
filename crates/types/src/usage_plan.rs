//! Resource [UsagePlan](https://docs.aws.amazon.com/apigateway/latest/api/API_UsagePlan.html) of
//! the v1 API.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{ApiId, StageName, UsagePlanId};

/// Which stages the holders of its keys may call, and how often.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UsagePlan {
    /// The stages.
    #[serde(default)]
    pub api_stages: Vec<ApiStage>,
    /// A description.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The id.
    pub id: UsagePlanId,
    /// The name; need not be unique.
    pub name: String,
    /// Of the AWS Marketplace; kept as given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product_code: Option<String>,
    /// How many requests a key has in a period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quota: Option<QuotaSettings>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// How fast a key may be used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttle: Option<ThrottleSettings>,
}

/// A stage of a usage plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiStage {
    /// The API.
    pub api_id: ApiId,
    /// Its stage.
    pub stage: StageName,
    /// By `{resource path}/{method}`, for a WebSocket API by route key; absent for none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub throttle: Option<BTreeMap<String, ThrottleSettings>>,
}

impl ApiStage {
    /// Whether both mean the same stage.
    pub fn is_same_stage(&self, other: &Self) -> bool {
        (&self.api_id, &self.stage) == (&other.api_id, &other.stage)
    }
}

/// How fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ThrottleSettings {
    /// Requests at once.
    pub burst_limit: u32,
    /// Requests per second.
    pub rate_limit: f64,
}

/// How many.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotaSettings {
    /// Requests in a period.
    pub limit: u32,
    /// Requests that count as made already in the first period, by AWS's words; its bounds are those
    /// of a day in the period.
    #[serde(default)]
    pub offset: u32,
    /// The period.
    pub period: QuotaPeriodType,
}

/// The period of a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum QuotaPeriodType {
    /// From midnight.
    Day,
    /// From the first day of the week.
    Week,
    /// From the first day of the month.
    Month,
}

/// Members of `CreateUsagePlan`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on UsagePlan")]
pub struct CreateUsagePlan {
    pub api_stages: Option<Vec<ApiStage>>,
    pub description: Option<String>,
    pub name: Option<String>,
    pub quota: Option<QuotaSettings>,
    pub tags: Option<BTreeMap<String, String>>,
    pub throttle: Option<ThrottleSettings>,
}
