//! What all certificates are served with: versions, suites, tickets, protocols.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::server::danger::ClientCertVerifier;
use rustls::server::{NoServerSessionStorage, ProducesTickets, ResolvesServerCert};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ConfigBuilder, ServerConfig, WantsVerifier};

use crate::Options;

/// What all certificates are served with.
#[derive(Debug)]
pub(super) struct Recipe {
    pub(super) provider: Arc<CryptoProvider>,
    /// One for all: a ticket is good for the name it was made for only. Clients that have to show
    /// certificates get none ([`Recipe::mutual_config`]).
    ticketer: Arc<dyn ProducesTickets>,
    alpn: Vec<Vec<u8>>,
}

impl Recipe {
    pub(super) fn new(options: &Options) -> Result<Self, rustls::Error> {
        let http1_only = options.http2_concurrent_streams_max == 0;
        let alpn: &[&[u8]] = if http1_only { &[b"http/1.1"] } else { &[b"h2", b"http/1.1"] };
        Ok(Self {
            provider: Arc::new(provider()),
            ticketer: rustls::crypto::aws_lc_rs::Ticketer::new()?,
            alpn: alpn.iter().map(|name| name.to_vec()).collect(),
        })
    }

    pub(super) fn config(&self, key: CertifiedKey) -> Result<ServerConfig, rustls::Error> {
        let builder = self.builder()?.with_no_client_auth();
        let resolver = Arc::new(SingleCertAndKey::from(key));
        let mut config = self.finish(builder.with_cert_resolver(resolver));
        config.ticketer = self.ticketer.clone();
        Ok(config)
    }

    pub(super) fn mutual_config(
        &self,
        resolver: Arc<dyn ResolvesServerCert>,
        verifier: Arc<dyn ClientCertVerifier>,
    ) -> Result<ServerConfig, rustls::Error> {
        let builder = self.builder()?.with_client_cert_verifier(verifier);
        let mut config = self.finish(builder.with_cert_resolver(resolver));
        // None: a session would outlive the trust in its client's certificate.
        config.send_tls13_tickets = 0;
        Ok(config)
    }

    fn builder(&self) -> Result<ConfigBuilder<ServerConfig, WantsVerifier>, rustls::Error> {
        let versions = &[&rustls::version::TLS13, &rustls::version::TLS12];
        ServerConfig::builder_with_provider(self.provider.clone()).with_protocol_versions(versions)
    }

    fn finish(&self, mut config: ServerConfig) -> ServerConfig {
        config.ignore_client_order = true;
        config.alpn_protocols.clone_from(&self.alpn);
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config
    }
}

/// The suites in the order in which we choose, which is AWS's (spec section 14: its default endpoint takes AES-128
/// from clients who name AES-256 first).
fn provider() -> CryptoProvider {
    use rustls::crypto::aws_lc_rs::{cipher_suite as suite, default_provider};
    let cipher_suites = vec![
        suite::TLS13_AES_128_GCM_SHA256,
        suite::TLS13_AES_256_GCM_SHA384,
        suite::TLS13_CHACHA20_POLY1305_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        suite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        suite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];
    CryptoProvider { cipher_suites, ..default_provider() }
}
