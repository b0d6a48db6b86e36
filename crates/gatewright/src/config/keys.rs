//! Every key there is, gathered from the crates that own them.

use gatewright_types::{ConfigKey, OperatorLimits};

const OWN: &[ConfigKey] = &[
    ConfigKey {
        key: "data_dir",
        default: "\"./gatewright-data\"",
        meaning: "where everything that must survive is kept",
    },
    ConfigKey {
        key: "database_url",
        default: "\"\"",
        meaning: "sqlite:<path> or postgres://…; empty: SQLite in the data directory",
    },
    ConfigKey {
        key: "account.id",
        default: "\"000000000000\"",
        meaning: "the account in messages and ARNs",
    },
    ConfigKey {
        key: "account.region",
        default: "\"us-east-1\"",
        meaning: "the region in ARNs and host names; any is accepted in a signature",
    },
    ConfigKey {
        key: "data_plane.base_domain",
        default: "\"localhost\"",
        meaning: "what follows {apiId}.execute-api.{region}. in host names",
    },
    ConfigKey {
        key: "data_plane.public_scheme",
        default: "\"\"",
        meaning: "http or https in apiEndpoint; empty: http in serve, https in control-plane",
    },
    ConfigKey {
        key: "data_plane.public_port",
        default: "0",
        meaning: "port in apiEndpoint; 0: the traffic listener's in serve, none in control-plane",
    },
    ConfigKey {
        key: "traffic.listen",
        default: "\"127.0.0.1:8080\"",
        meaning: "where clients call the APIs; data-plane: 0.0.0.0:8080",
    },
    ConfigKey {
        key: "traffic.tls_listen",
        default: "\"\"",
        meaning: "where clients call the APIs by TLS, beside traffic.listen; empty: nowhere",
    },
    ConfigKey {
        key: "traffic.tls_default_certificate",
        default: "\"\"",
        meaning: "the ARN of certificates that is served for hosts that are no custom domain name; empty: their handshakes are refused",
    },
    ConfigKey {
        key: "traffic.self_signed",
        default: "false",
        meaning: "whether serve makes the certificates it lacks itself, under an authority in the data directory that clients can trust (self-signed/ca.pem); traffic.tls_listen is 127.0.0.1:8443 then, unless it is given",
    },
    ConfigKey {
        key: "traffic.threads",
        default: "0",
        meaning: "threads that serve traffic; 0: one for each core",
    },
    ConfigKey {
        key: "management.listen",
        default: "\"127.0.0.1:8081\"",
        meaning: "where the management API answers; control-plane: 0.0.0.0:8081",
    },
    ConfigKey {
        key: "management.cert_file",
        default: "\"\"",
        meaning: "a certificate in PEM, the chain included, with which the management API answers by TLS only; read again when it changes",
    },
    ConfigKey {
        key: "management.key_file",
        default: "\"\"",
        meaning: "its key: PKCS#8, SEC1 or PKCS#1 in PEM",
    },
    ConfigKey {
        key: "admin.listen",
        default: "\"127.0.0.1:9901\"",
        meaning: "where /livez, /readyz and /metrics answer, by plain HTTP; others than serve: 0.0.0.0:9901",
    },
    ConfigKey {
        key: "feed.listen",
        default: "\"0.0.0.0:8082\"",
        meaning: "where a control plane serves the feed",
    },
    ConfigKey {
        key: "secrets.key_file",
        default: "\"\"",
        meaning: "the key that seals stored secrets, made when absent; empty: secret.key in the data directory",
    },
    ConfigKey { key: "log.format", default: "\"text\"", meaning: "text or json" },
    ConfigKey {
        key: "log.filter",
        default: "\"info\"",
        meaning: "what is logged, for example warn,gatewright_sync=debug",
    },
];

/// All keys, in the order of docs/CONFIG.md.
pub(crate) fn all() -> Vec<&'static ConfigKey> {
    [
        OWN,
        OperatorLimits::KEYS,
        gatewright_authorizers::KEYS,
        gatewright_ingress::KEYS,
        gatewright_ingress::CERTIFICATE_KEYS,
        gatewright_ingress::TRUSTSTORE_KEYS,
        gatewright_issuance::KEYS,
        gatewright_egress::KEYS,
        gatewright_sync::KEYS,
        gatewright_telemetry::KEYS,
        gatewright_telemetry::TABLE_KEYS,
        gatewright_snapshot::KEYS,
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The environment variable of a key; entries of a table have none.
pub(crate) fn variable(key: &ConfigKey) -> Option<String> {
    let name = || format!("GATEWRIGHT_{}", key.key.replace('.', "_").to_ascii_uppercase());
    key.table().is_none().then(name)
}
