//! What operators may set.

use std::path::PathBuf;

use gatewright_types::ConfigKey;
use ipnet::IpNet;
use serde::Deserialize;

/// `[egress]`: where connections may go, and how long they live.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Networks that may be called although a wider rule denies them.
    pub allow: Vec<IpNet>,
    /// Networks that may not be called although a wider rule allows them.
    pub deny: Vec<IpNet>,
    /// PEM files trusted beside the system's roots.
    pub ca_files: Vec<PathBuf>,
    /// Milliseconds until a connection must stand, TLS included.
    pub connect_timeout_ms: u64,
    /// Milliseconds that an answer's body may pause. An integration's own timeout is for the head.
    pub body_timeout_ms: u64,
    /// Milliseconds that an unused connection is kept.
    pub idle_timeout_ms: u64,
    /// Unused connections kept for each upstream and thread.
    pub idle_connections_max: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            deny: Vec::new(),
            ca_files: Vec::new(),
            connect_timeout_ms: 5_000,
            body_timeout_ms: 60_000,
            idle_timeout_ms: 60_000,
            idle_connections_max: 128,
        }
    }
}

/// The keys of `[egress]`, for docs/CONFIG.md.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "egress.allow",
        default: "[]",
        meaning: "CIDRs that may be called although a wider rule denies them; the longest match decides",
    },
    ConfigKey {
        key: "egress.deny",
        default: "[]",
        meaning: "CIDRs that may not be called although a wider rule allows them",
    },
    ConfigKey {
        key: "egress.ca_files",
        default: "[]",
        meaning: "PEM files trusted beside the system's roots for upstreams",
    },
    ConfigKey {
        key: "egress.connect_timeout_ms",
        default: "5000",
        meaning: "milliseconds until a connection to an upstream must stand",
    },
    ConfigKey {
        key: "egress.body_timeout_ms",
        default: "60000",
        meaning: "milliseconds that an upstream's body may pause, as event streams do; `timeoutInMillis` is for the head",
    },
    ConfigKey {
        key: "egress.idle_timeout_ms",
        default: "60000",
        meaning: "milliseconds that an unused connection to an upstream is kept",
    },
    ConfigKey {
        key: "egress.idle_connections_max",
        default: "128",
        meaning: "unused connections kept for each upstream and traffic thread",
    },
];
