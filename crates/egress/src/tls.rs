//! TLS towards upstreams: public roots, and the operator's own.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use crate::{EgressError, Options};

/// What TLS connections are made with: the same trust for both protocols.
#[derive(Clone, Debug)]
pub(crate) struct ClientConfigs {
    pub(crate) http1: Arc<ClientConfig>,
    pub(crate) http2: Arc<ClientConfig>,
}

/// HTTP/2's name in a handshake (RFC 9113 section 3.2).
pub(crate) const ALPN_HTTP2: &[u8] = b"h2";

/// Loads trust.
pub(crate) fn client_configs(options: &Options) -> Result<ClientConfigs, EgressError> {
    let mut roots = RootCertStore::empty();
    let native = rustls_native_certs::load_native_certs();
    for error in &native.errors {
        tracing::warn!(%error, "a system root certificate cannot be read");
    }
    let (_, unusable) = roots.add_parsable_certificates(native.certs);
    if unusable > 0 {
        tracing::debug!(unusable, "system root certificates that cannot be used");
    }
    for path in &options.ca_files {
        let failed = |source| EgressError::CaFile { path: path.display().to_string(), source };
        for certificate in CertificateDer::pem_file_iter(path).map_err(failed)? {
            roots.add(certificate.map_err(failed)?)?;
        }
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let mut http2 = config.clone();
    http2.alpn_protocols = vec![ALPN_HTTP2.to_vec()];
    Ok(ClientConfigs { http1: Arc::new(config), http2: Arc::new(http2) })
}
