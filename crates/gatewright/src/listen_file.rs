//! `<data-dir>/listen.json`: where this process listens, for scripts that asked for free ports.

use std::fmt::{self, Display};
use std::net::SocketAddr;
use std::path::Path;

use anyhow::Context;
use serde::Serialize;

/// The chosen addresses.
#[derive(Debug, Default, Serialize)]
pub(crate) struct ListenFile {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) traffic: Option<Listening>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) traffic_tls: Option<Listening>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) management: Option<Listening>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) admin: Option<Listening>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) feed: Option<Listening>,
}

/// An address in the file, as flags take it; a URL for people.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(into = "SocketAddr")]
pub(crate) struct Listening {
    pub(crate) scheme: &'static str,
    pub(crate) address: SocketAddr,
}

impl Listening {
    pub(crate) fn plain(address: SocketAddr) -> Self {
        Self { scheme: "http", address }
    }

    pub(crate) fn tls(address: SocketAddr) -> Self {
        Self { scheme: "https", address }
    }
}

impl From<Listening> for SocketAddr {
    fn from(listening: Listening) -> Self {
        listening.address
    }
}

impl Display for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.address)
    }
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
