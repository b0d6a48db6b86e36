//! `<data-dir>/listen.json`: where this process listens, for scripts that asked for free ports.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;

/// The chosen addresses.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ListenFile {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) traffic: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) traffic_tls: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) management: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) admin: Option<SocketAddr>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) feed: Option<SocketAddr>,
}

impl ListenFile {
    /// Writes it whole, and says the addresses in the log.
    pub(crate) fn write(&self, data_dir: &Path) -> anyhow::Result<()> {
        tracing::info!(
            traffic = self.traffic.map(tracing::field::display),
            traffic_tls = self.traffic_tls.map(tracing::field::display),
            management = self.management.map(tracing::field::display),
            admin = self.admin.map(tracing::field::display),
            feed = self.feed.map(tracing::field::display),
            "listening"
        );
        let path = data_dir.join("listen.json");
        let temporary = data_dir.join("listen.json.new");
        std::fs::write(&temporary, serde_json::to_vec(self)?)
            .and_then(|()| std::fs::rename(&temporary, &path))
            .with_context(|| format!("cannot write {}", path.display()))
    }
}
