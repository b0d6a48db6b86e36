//! What operators may set.

use gatewright_types::{ConfigKey, limits};
use serde::Deserialize;

use crate::{ForwardedHeader, Networks};

/// What a listener's connections may do, and whom they are believed to come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Milliseconds from a TLS connection to the end of its handshake.
    pub tls_handshake_timeout_ms: u64,
    /// Milliseconds from a request's first byte, or from the connection, to the end of its head.
    pub header_timeout_ms: u64,
    /// Milliseconds between two requests of a connection.
    pub idle_timeout_ms: u64,
    /// Milliseconds in which a client must take or give at least one byte of a body; on HTTP/2, where
    /// less cannot be seen, take 16 KiB.
    pub body_timeout_ms: u64,
    /// Milliseconds that a client gets to read an answer that came before its request's end, while
    /// the rest of the request is thrown away.
    pub linger_timeout_ms: u64,
    /// Milliseconds that requests get to end once the process shall stop.
    pub drain_timeout_ms: u64,
    /// Connections of one thread at most; further ones wait in the kernel's queue.
    pub connections_per_thread_max: usize,
    /// Requests that are open at once on one HTTP/2 connection; with 0, no HTTP/2 is spoken.
    pub http2_concurrent_streams_max: u32,
    /// Proxies whose word counts on who the client is.
    pub trusted_proxies: Networks,
    /// Which of their headers it stands in.
    pub forwarded_header: ForwardedHeader,
    /// Whether their connections begin with a PROXY protocol header.
    pub proxy_protocol: bool,
}

impl Options {
    /// Whether settings go together.
    ///
    /// # Errors
    ///
    /// When they do not; names the key.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.proxy_protocol && self.trusted_proxies.is_empty() {
            return Err(
                "traffic.proxy_protocol: traffic.trusted_proxies has to say whose headers count",
            );
        }
        Ok(())
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            tls_handshake_timeout_ms: 5_000,
            header_timeout_ms: 10_000,
            idle_timeout_ms: 75_000,
            body_timeout_ms: 60_000,
            linger_timeout_ms: 10_000,
            drain_timeout_ms: 35_000,
            connections_per_thread_max: limits::CONNECTIONS_PER_THREAD_MAX,
            http2_concurrent_streams_max: limits::HTTP2_STREAMS_MAX,
            trusted_proxies: Networks::default(),
            forwarded_header: ForwardedHeader::default(),
            proxy_protocol: false,
        }
    }
}

/// The keys of `[traffic]` that this crate reads, for docs/CONFIG.md.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "traffic.tls_handshake_timeout_ms",
        default: "5000",
        meaning: "milliseconds a client has for its TLS handshake",
    },
    ConfigKey {
        key: "traffic.header_timeout_ms",
        default: "10000",
        meaning: "milliseconds a client has to send a request's line and headers",
    },
    ConfigKey {
        key: "traffic.idle_timeout_ms",
        default: "75000",
        meaning: "milliseconds a connection may wait for its next request",
    },
    ConfigKey {
        key: "traffic.body_timeout_ms",
        default: "60000",
        meaning: "milliseconds in which a client must move at least one byte of a body, either way; of an answer on HTTP/2, 16 KiB",
    },
    ConfigKey {
        key: "traffic.linger_timeout_ms",
        default: "10000",
        meaning: "milliseconds to read and drop what a client still sends after its answer, before its connection is closed",
    },
    ConfigKey {
        key: "traffic.drain_timeout_ms",
        default: "35000",
        meaning: "milliseconds that requests get to end after SIGTERM",
    },
    ConfigKey {
        key: "traffic.connections_per_thread_max",
        default: "16384",
        meaning: "open connections of one traffic thread",
    },
    ConfigKey {
        key: "traffic.http2_concurrent_streams_max",
        default: "128",
        meaning: "requests at once on one HTTP/2 connection; 0: HTTP/1.1 only",
    },
    ConfigKey {
        key: "traffic.trusted_proxies",
        default: "[]",
        meaning: "CIDRs of load balancers whose word counts on who the client is, no wider than they are; nobody else's does",
    },
    ConfigKey {
        key: "traffic.forwarded_header",
        default: "\"x-forwarded-for\"",
        meaning: "what trusted proxies append the client's address to, and alone is believed: x-forwarded-for (the scheme is in X-Forwarded-Proto, which they have to set or to remove) or forwarded (RFC 7239)",
    },
    ConfigKey {
        key: "traffic.proxy_protocol",
        default: "false",
        meaning: "true: connections from trusted proxies begin with a PROXY protocol header, version 2, on all traffic listeners, or are closed; others' do not",
    },
];
