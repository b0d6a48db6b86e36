//! AWS's limits that an operator may move: their absence is what people leave AWS for.

use serde::Deserialize;

use crate::{ConfigKey, limits};

/// `[limits]`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OperatorLimits {
    /// The most milliseconds that an integration of an HTTP API may ask for.
    pub integration_timeout_ms: u32,
    /// Bytes of a body, either way.
    pub payload_bytes: u64,
    /// Requests a second of all APIs together; absent: not limited, unless the burst is.
    pub account_rate: Option<f64>,
    /// Requests at once of all APIs together; absent: not limited, unless the rate is.
    pub account_burst: Option<u32>,
}

impl Default for OperatorLimits {
    fn default() -> Self {
        Self {
            integration_timeout_ms: limits::HTTP_INTEGRATION_TIMEOUT_MS,
            payload_bytes: limits::PAYLOAD_BYTES,
            account_rate: None,
            account_burst: None,
        }
    }
}

impl OperatorLimits {
    /// The keys of `[limits]`, for docs/CONFIG.md.
    pub const KEYS: &[ConfigKey] = &[
        ConfigKey {
            key: "limits.integration_timeout_ms",
            default: "30000",
            meaning: "the most that timeoutInMillis of an HTTP API's integration may be, AWS's by default; without one it stays 30000",
        },
        ConfigKey {
            key: "limits.payload_bytes",
            default: "10485760",
            meaning: "bytes of a request's or an answer's body, AWS's by default",
        },
        ConfigKey {
            key: "limits.account_rate",
            default: "(none)",
            meaning: "requests a second of all APIs of a data plane together; with limits.account_burst alone 10000, as on AWS; neither: no limit",
        },
        ConfigKey {
            key: "limits.account_burst",
            default: "(none)",
            meaning: "requests of all APIs of a data plane at once; with limits.account_rate alone 5000, as on AWS",
        },
    ];

    /// The account's rate and burst, if it has any; AWS's where one is not set.
    #[must_use]
    pub fn account(&self) -> Option<(f64, u32)> {
        if self.account_rate.is_none() && self.account_burst.is_none() {
            return None;
        }
        Some((
            self.account_rate.unwrap_or(limits::ACCOUNT_RATE),
            self.account_burst.unwrap_or(limits::ACCOUNT_BURST),
        ))
    }

    /// What is wrong with them.
    ///
    /// # Errors
    ///
    /// The key, and why.
    pub fn check(&self) -> Result<(), String> {
        if self.integration_timeout_ms < limits::INTEGRATION_TIMEOUT_MS_MIN {
            let least = limits::INTEGRATION_TIMEOUT_MS_MIN;
            return Err(format!("limits.integration_timeout_ms: at least {least}"));
        }
        if self.account_rate.is_some_and(|rate| !rate.is_finite() || rate < 0.0) {
            return Err("limits.account_rate: must not be negative".to_owned());
        }
        Ok(())
    }
}
