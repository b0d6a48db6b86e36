//! Resource [RoutingRule](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname-routingrules-routingruleid.html).

use serde::{Deserialize, Serialize};

use crate::{ApiId, RoutingRuleId, StageName};

/// A routing rule, as stored and as answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoutingRule {
    /// Exactly one.
    pub actions: Vec<RoutingRuleAction>,
    /// All must match; none always does.
    pub conditions: Vec<RoutingRuleCondition>,
    /// The lowest is tried first; unique on its domain name.
    pub priority: u32,
    /// The ARN; filled in for answers, never stored, since it follows configuration.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routing_rule_arn: Option<String>,
    /// The id.
    pub routing_rule_id: RoutingRuleId,
}

/// What a matching rule does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoutingRuleAction {
    /// The only kind of action.
    pub invoke_api: InvokeApi,
}

/// Sends the request to a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvokeApi {
    /// The API.
    pub api_id: ApiId,
    /// The stage.
    pub stage: StageName,
    /// Whether the base path that matched is taken off.
    #[serde(default)]
    pub strip_base_path: bool,
}

/// What a request must have; one of the two members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoutingRuleCondition {
    /// The path's beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_base_paths: Option<MatchBasePaths>,
    /// Headers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub match_headers: Option<MatchHeaders>,
}

/// `matchBasePaths`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchBasePaths {
    /// Whole segments, without slashes around them.
    pub any_of: Vec<String>,
}

/// `matchHeaders`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchHeaders {
    /// Of which one must match.
    pub any_of: Vec<MatchHeaderValue>,
}

/// A header and what its value must look like.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MatchHeaderValue {
    /// The name, compared without case.
    pub header: String,
    /// The value, compared with case; may begin or end with `*`.
    pub value_glob: String,
}

/// Members of `CreateRoutingRule` and `PutRoutingRule`, which are the same and all required.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on RoutingRule")]
pub struct PutRoutingRule {
    pub actions: Option<Vec<RoutingRuleAction>>,
    pub conditions: Option<Vec<RoutingRuleCondition>>,
    pub priority: Option<i64>,
}
