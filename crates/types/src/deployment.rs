//! Resource [Deployment](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-deployments-deploymentid.html).

use serde::{Deserialize, Serialize};

use crate::{DeploymentId, Timestamp};

/// A deployment, as stored and as answered. What it froze is stored beside it, not in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// Whether a stage's `autoDeploy` made it.
    pub auto_deployed: bool,
    /// When it was made.
    pub created_date: Timestamp,
    /// The id.
    pub deployment_id: DeploymentId,
    /// Always DEPLOYED: what does not compile is never stored.
    pub deployment_status: DeploymentStatus,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_status_message: Option<String>,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Deployment {
    /// The description AWS gives automatic deployments.
    pub const AUTOMATIC_DESCRIPTION: &'static str =
        "Automatic deployment triggered by changes to the Api configuration";
}

/// `deploymentStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum DeploymentStatus {
    /// Under way.
    Pending,
    /// Refused.
    Failed,
    /// Done.
    Deployed,
}

/// Members of `CreateDeployment`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CreateDeployment {
    /// Free text.
    pub description: Option<String>,
    /// The stage to point at the new deployment.
    pub stage_name: Option<String>,
}

/// Members of `UpdateDeployment`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct UpdateDeployment {
    /// Free text; empty clears.
    pub description: Option<String>,
}
