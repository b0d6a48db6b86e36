//! What operators may set.

use std::path::PathBuf;

use gatewright_types::ConfigKey;
use serde::Deserialize;

/// `[feed]`, but for where it listens.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Where a data plane finds its control plane, without the path.
    pub url: Option<String>,
    /// Tokens, one a line: a control plane accepts each, a data plane sends the first.
    pub token_file: Option<PathBuf>,
}

/// The keys of `[feed]`, for docs/CONFIG.md.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "feed.url",
        default: "\"\"",
        meaning: "where a data plane finds its control plane, for example http://control-plane:8082",
    },
    ConfigKey {
        key: "feed.token_file",
        default: "\"\"",
        meaning: "file of bearer tokens, one a line: a control plane accepts each, a data plane sends the first",
    },
];
