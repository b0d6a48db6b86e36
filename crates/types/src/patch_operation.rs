//! [PatchOperation](https://docs.aws.amazon.com/apigateway/latest/api/API_PatchOperation.html), in
//! which the v1 API's updates are written.

use serde::Deserialize;

/// Members of `UpdateApiKey` and `UpdateUsagePlan`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PatchOperations {
    /// To be done in this order.
    pub patch_operations: Option<Vec<PatchOperation>>,
}

/// One change. `from` is for `copy` and `move`, which no resource of ours supports.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PatchOperation {
    /// What to do.
    pub op: PatchOp,
    /// With what: a JSON Pointer.
    pub path: String,
    /// The new value, always a text.
    #[serde(default)]
    pub value: Option<String>,
}

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PatchOp {
    /// Add a value.
    Add,
    /// Remove a value.
    Remove,
    /// Put a value in another's place.
    Replace,
    /// Supported by no resource.
    Move,
    /// Supported by stages of REST APIs only.
    Copy,
    /// Supported by no resource.
    Test,
}

impl PatchOp {
    /// Its name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Remove => "remove",
            Self::Replace => "replace",
            Self::Move => "move",
            Self::Copy => "copy",
            Self::Test => "test",
        }
    }
}
