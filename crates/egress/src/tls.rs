//! TLS towards upstreams: public roots, and the operator's own.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
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

/// Whom a client of the operator's trusts, and who it says it is, where that is not as for
/// upstreams.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OwnTls {
    /// The issuers that are trusted, and no others.
    pub ca_file: Option<PemFile>,
    /// A certificate for servers that want one, and its key.
    pub certificate: Option<(PemFile, PemFile)>,
}

/// A file, and the configuration key that names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PemFile {
    /// The key, for messages.
    pub key: &'static str,
    /// The file.
    pub path: PathBuf,
}

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
        for certificate in certificates("egress.ca_files", path)? {
            roots.add(certificate)?;
        }
    }
    Ok(ClientConfigs::of(trusting(roots)?))
}

impl ClientConfigs {
    fn of(mut config: ClientConfig) -> Self {
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let mut http2 = config.clone();
        http2.alpn_protocols = vec![ALPN_HTTP2.to_vec()];
        Self { http1: Arc::new(config), http2: Arc::new(http2) }
    }

    /// The same, but for what is given here. No session is resumed that was made with other files.
    pub(crate) fn with(&self, own: &OwnTls) -> Result<Self, EgressError> {
        let mut config = match &own.ca_file {
            None => ClientConfig::clone(&self.http1),
            Some(file) => trusting(file.roots()?)?,
        };
        if let Some((certificate, key)) = &own.certificate {
            let certified = certified_key(certificate, key, config.crypto_provider())?;
            config.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(certified));
        }
        config.resumption = Resumption::disabled();
        Ok(Self::of(config))
    }
}

fn trusting(roots: RootCertStore) -> Result<ClientConfig, EgressError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

impl PemFile {
    fn roots(&self) -> Result<RootCertStore, EgressError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(self.key, &self.path)? {
            roots.add(certificate).map_err(|source| self.unusable(source))?;
        }
        match roots.is_empty() {
            true => Err(self.unusable(rustls::Error::NoCertificatesPresented)),
            false => Ok(roots),
        }
    }

    fn unusable(&self, source: rustls::Error) -> EgressError {
        EgressError::Unusable { key: self.key, path: self.path.clone(), source }
    }
}

fn certified_key(
    certificate: &PemFile,
    key: &PemFile,
    provider: &CryptoProvider,
) -> Result<CertifiedKey, EgressError> {
    let chain = certificates(certificate.key, &certificate.path)?;
    let secret = PrivateKeyDer::from_pem_file(&key.path).map_err(|source| EgressError::File {
        key: key.key,
        path: key.path.clone(),
        source,
    })?;
    CertifiedKey::from_der(chain, secret, provider).map_err(|source| certificate.unusable(source))
}

fn certificates(
    key: &'static str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, EgressError> {
    let all = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    all.map_err(|source| EgressError::File { key, path: path.to_owned(), source })
}
