//! The wire and on-disk form of a published stage.

use gatewright_types::{
    Api, ApiId, Authorizer, Integration, IntegrationId, IntegrationResponse, Model, Route, RouteId,
    RouteResponse, Stage,
};
use serde::{Deserialize, Serialize};

/// What a deployment froze: the API as it stood (`http-api-stages`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeploymentDocument {
    /// The API's own settings.
    pub api: Api,
    /// Its authorizers.
    #[serde(default)]
    pub authorizers: Vec<Authorizer>,
    /// Its integrations.
    pub integrations: Vec<Integration>,
    /// What its integrations' answers become, in order of creation.
    #[serde(default)]
    pub integration_responses: Vec<(IntegrationId, IntegrationResponse)>,
    /// Its models.
    #[serde(default)]
    pub models: Vec<Model>,
    /// Its routes.
    pub routes: Vec<Route>,
    /// What its routes answer.
    #[serde(default)]
    pub route_responses: Vec<(RouteId, RouteResponse)>,
}

/// A stage with the deployment it points at: all that a data plane needs to serve it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StageDocument {
    /// The format of this document; a reader refuses one it does not know.
    pub format: u32,
    /// The API.
    pub api_id: ApiId,
    /// The stage's own settings.
    pub stage: Stage,
    /// Grows with each `ResetAuthorizersCache` of the stage.
    #[serde(default)]
    pub authorizers_cache_epoch: u64,
    /// What the stage serves; absent until something is deployed.
    pub deployment: Option<DeploymentDocument>,
}

/// A document cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// Written by a version of Gatewright with another format.
    #[error("document format {0} is not known to this version")]
    UnknownFormat(u32),
    /// Not a document.
    #[error("document is not readable")]
    Unreadable(#[source] serde_json::Error),
}

impl StageDocument {
    /// The format this version writes; it reads all from 1. A member that an older version must
    /// not overlook makes a new format: 2 added authorizers and what WebSocket APIs have.
    pub const FORMAT: u32 = 2;

    /// The document as JSON text.
    ///
    /// # Errors
    ///
    /// Never for documents made of resources that were read or validated; kept as an error so
    /// that nobody has to prove it.
    pub fn encode(&self) -> Result<String, DocumentError> {
        serde_json::to_string(self).map_err(DocumentError::Unreadable)
    }

    /// Reads what [`encode`](Self::encode) wrote.
    ///
    /// # Errors
    ///
    /// When the text is not a document, or of a format this version does not know.
    pub fn decode(text: &str) -> Result<Self, DocumentError> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_str(text).map_err(DocumentError::Unreadable)?;
        if !(1..=Self::FORMAT).contains(&format) {
            return Err(DocumentError::UnknownFormat(format));
        }
        serde_json::from_str(text).map_err(DocumentError::Unreadable)
    }
}
