//! Resource [Model](https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-models-modelid.html)
//! of WebSocket APIs.

use serde::{Deserialize, Serialize};

use crate::ModelId;

/// A model, as stored and as answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Model {
    /// The media type it describes.
    pub content_type: String,
    /// Free text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The id.
    pub model_id: ModelId,
    /// The name, letters and digits; unique in its API.
    pub name: String,
    /// A JSON schema (draft 4), byte for byte as given.
    pub schema: String,
}

impl Model {
    /// `contentType` when none is given.
    pub const CONTENT_TYPE: &'static str = "application/json";
}

/// Members of `CreateModel`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "documented on Model")]
pub struct CreateModel {
    pub content_type: Option<String>,
    pub description: Option<String>,
    pub name: Option<String>,
    pub schema: Option<String>,
}

/// Members of `UpdateModel`; absent means unchanged.
pub type UpdateModel = CreateModel;
