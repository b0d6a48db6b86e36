//! Resource [Authorizer](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers-authorizerid.html).

use serde::{Deserialize, Serialize};

use crate::AuthorizerId;

/// An authorizer, as stored and as answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Authorizer {
    /// The role to invoke the function with; REQUEST only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorizer_credentials_arn: Option<String>,
    /// The id.
    pub authorizer_id: AuthorizerId,
    /// `1.0` or `2.0`; REQUEST authorizers of HTTP APIs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorizer_payload_format_version: Option<String>,
    /// Seconds a result is kept; absent and 0: not at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorizer_result_ttl_in_seconds: Option<u32>,
    /// What decides.
    pub authorizer_type: AuthorizerType,
    /// The function; REQUEST only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authorizer_uri: Option<String>,
    /// Whether the function answers a Boolean instead of a policy; payload 2.0 only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_simple_responses: Option<bool>,
    /// Where the caller's identity stands in the request.
    pub identity_source: Vec<String>,
    /// Not used by AWS, kept for its clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_validation_expression: Option<String>,
    /// Whose tokens are taken; JWT only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jwt_configuration: Option<JwtConfiguration>,
    /// The name; unique in its API.
    pub name: String,
}

/// `authorizerType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AuthorizerType {
    /// A Lambda function that sees the request.
    Request,
    /// JSON Web Tokens of an issuer.
    Jwt,
}

/// `jwtConfiguration`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JwtConfiguration {
    /// Of which a token must name one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<Vec<String>>,
    /// The issuer's URL, letter for letter as in the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
}

/// Members of `CreateAuthorizer`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on Authorizer")]
pub struct CreateAuthorizer {
    pub authorizer_credentials_arn: Option<String>,
    pub authorizer_payload_format_version: Option<String>,
    pub authorizer_result_ttl_in_seconds: Option<i64>,
    pub authorizer_type: Option<AuthorizerType>,
    pub authorizer_uri: Option<String>,
    pub enable_simple_responses: Option<bool>,
    pub identity_source: Option<Vec<String>>,
    pub identity_validation_expression: Option<String>,
    pub jwt_configuration: Option<JwtConfiguration>,
    pub name: Option<String>,
}

/// Members of `UpdateAuthorizer`; absent means unchanged.
pub type UpdateAuthorizer = CreateAuthorizer;
