//! What operators may set.

use gatewright_types::ConfigKey;
use serde::Deserialize;

use crate::jwt::Algorithm;

/// `[jwt]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Issuers that may be asked over `http://`, letter for letter.
    pub insecure_issuers: Vec<String>,
    /// What tokens may be signed by.
    pub algorithms: Vec<Algorithm>,
}

impl Default for Options {
    fn default() -> Self {
        Self { insecure_issuers: Vec::new(), algorithms: Algorithm::ALL.to_vec() }
    }
}

/// The keys of `[jwt]`, for docs/CONFIG.md.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "jwt.insecure_issuers",
        default: "[]",
        meaning: "http:// issuers whose tokens are taken, by exact URL",
    },
    ConfigKey {
        key: "jwt.algorithms",
        default: r#"["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512", "EdDSA"]"#,
        meaning: "what tokens may be signed by; AWS takes RS256, RS384 and RS512 only",
    },
];
