//! What operators may set.

use std::path::PathBuf;

use gatewright_types::{ConfigKey, Origin};
use http::Uri;
use ipnet::IpNet;
use serde::{Deserialize, Deserializer, de};

use crate::origin_of;

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
    /// Upstreams that are called by HTTP/2: by prior knowledge, or as ALPN settles it over TLS.
    #[serde(deserialize_with = "origins")]
    pub http2_origins: Vec<Origin>,
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
            http2_origins: Vec::new(),
            connect_timeout_ms: 5_000,
            body_timeout_ms: 60_000,
            idle_timeout_ms: 60_000,
            idle_connections_max: 128,
        }
    }
}

/// Origins as URLs without a path.
fn origins<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Origin>, D::Error> {
    let parse = |text: &String| {
        let uri = text.parse::<Uri>().ok().filter(|uri| matches!(uri.path(), "" | "/"));
        let origin = uri.filter(|uri| uri.query().is_none()).and_then(|uri| origin_of(&uri));
        origin.ok_or_else(|| {
            de::Error::custom(format_args!("`{text}` is no origin, as `https://host:port` is"))
        })
    };
    Vec::<String>::deserialize(deserializer)?.iter().map(parse).collect()
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
        key: "egress.http2_origins",
        default: "[]",
        meaning: "upstreams called by HTTP/2, as `http://host:port` (prior knowledge) or `https://host` (ALPN, which has to settle on it); gRPC needs it",
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
