//! The account and region this gateway speaks for in ARNs and host names.

use crate::{ApiId, StageName};

/// One gateway is one account and one region (design: `account.id`, `account.region`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Twelve digits, as in every ARN.
    pub id: String,
    /// For example `us-east-1`; any region in a signature's scope is accepted beside it.
    pub region: String,
}

impl Account {
    /// The ARN of an API Gateway resource; `path` starts with `/`, for example `/apis/a1b2c3d4e5`.
    /// The account field is empty, as on AWS (`arn-format-reference`).
    pub fn apigateway_arn(&self, path: &str) -> String {
        format!("arn:aws:apigateway:{}::{path}", self.region)
    }

    /// The ARN of a stage as callers know it, without a slash behind; a method and a path may follow
    /// (`api-gateway-control-access-using-iam-policies-to-invoke-api`).
    pub fn execute_api_arn(&self, api_id: &ApiId, stage_name: &StageName) -> String {
        format!("arn:aws:execute-api:{}:{}:{api_id}/{stage_name}", self.region, self.id)
    }
}
