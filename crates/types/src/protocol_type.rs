//! The two kinds of API.

use serde::{Deserialize, Serialize};

/// `protocolType` of an API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProtocolType {
    /// HTTP API.
    Http,
    /// WebSocket API.
    Websocket,
}
