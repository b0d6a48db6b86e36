//! Resource [ApiMapping](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname-apimappings-apimappingid.html).

use serde::{Deserialize, Serialize};

use crate::{ApiId, ApiMappingId, StageName};

/// Which stage a domain name serves below a path, as stored and as answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiMapping {
    /// The API.
    pub api_id: ApiId,
    /// The id.
    pub api_mapping_id: ApiMappingId,
    /// The path's beginning, without slashes around it; absent for the root.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_mapping_key: Option<String>,
    /// The stage.
    pub stage: StageName,
}

/// Members of `CreateApiMapping`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on ApiMapping")]
pub struct CreateApiMapping {
    pub api_id: Option<String>,
    pub api_mapping_key: Option<String>,
    pub stage: Option<String>,
}

/// Members of `UpdateApiMapping`; absent means unchanged, but for `apiId`, which must be there.
pub type UpdateApiMapping = CreateApiMapping;
