//! What operators may set.

use gatewright_types::ConfigKey;

/// The keys of [`Environment`](crate::Environment), for docs/CONFIG.md.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "lambda.endpoint",
        default: "\"\"",
        meaning: "http(s)://host:port of an Invoke API that has the functions of AWS_PROXY integrations; \
                  the control plane and every data plane need the same",
    },
    ConfigKey {
        key: "lambda.functions.\"<name or ARN>\".url",
        default: "(none)",
        meaning: "http(s)://host:port of the runtime interface emulator that has this function alone",
    },
    ConfigKey {
        key: "private_integrations.\"<ARN>\"",
        default: "(none)",
        meaning: "http(s)://host:port that VPC_LINK integrations with the ARN of this listener or Cloud Map service call; \
              the control plane and every data plane need the same",
    },
];
