//! What a certificate authority is shown, so that it believes a name is ours: a file by HTTP-01 (RFC 8555
//! section 8.3), a certificate by TLS-ALPN-01 (RFC 8737).

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use bytes::Bytes;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, NoServerSessionStorage};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ServerConfig, version};

use crate::CertificateError;

/// The protocol that an authority offers, and no other.
pub(crate) const ACME_TLS: &[u8] = b"acme-tls/1";
const WELL_KNOWN: &str = "/.well-known/acme-challenge/";

/// The challenges that wait for an authority, by name. Cloned handles see the same.
#[derive(Clone, Debug, Default)]
pub struct Challenges(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// All that a request pays while there is none.
    pending: AtomicBool,
    by_name: ArcSwap<HashMap<String, Challenge>>,
}

/// How a name is shown to be ours.
#[derive(Clone, Debug)]
pub enum Challenge {
    /// The content of a file, which is named by a token.
    Http {
        /// The last segment of its path.
        token: String,
        /// What is in it.
        key_authorization: Bytes,
    },
    /// A certificate that nobody else would take.
    Tls(TlsChallenge),
}

/// How the handshake of an authority is answered.
#[derive(Clone, Debug)]
pub struct TlsChallenge(Arc<ServerConfig>);

impl TlsChallenge {
    /// With a certificate and its key, both in DER.
    ///
    /// # Errors
    ///
    /// When the two cannot be used.
    pub fn new(certificate: Vec<u8>, pkcs8_key: Vec<u8>) -> Result<Self, CertificateError> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(pkcs8_key));
        let key = provider.key_provider.load_private_key(key)?;
        // Not checked against each other, which takes a certificate without unknown extensions.
        let key = CertifiedKey::new(vec![CertificateDer::from(certificate)], key);
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&version::TLS13, &version::TLS12])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
        config.alpn_protocols = vec![ACME_TLS.to_vec()];
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(Self(Arc::new(config)))
    }
}

impl Challenges {
    /// Waits for these from now on, and for no others.
    pub fn set(&self, by_name: HashMap<String, Challenge>) {
        let pending = !by_name.is_empty();
        self.0.by_name.store(Arc::new(by_name));
        self.0.pending.store(pending, Ordering::Relaxed);
    }

    /// Whether any request may be an authority's.
    #[must_use]
    pub fn are_pending(&self) -> bool {
        self.0.pending.load(Ordering::Relaxed)
    }

    /// The content of the file that an authority asks for; absent for every path of a name but that one.
    #[must_use]
    pub fn file(&self, host: &str, path: &str) -> Option<Bytes> {
        let asked = path.strip_prefix(WELL_KNOWN)?;
        let name = gatewright_types::without_port(host).to_ascii_lowercase();
        match self.0.by_name.load().get(&name)? {
            Challenge::Http { token, key_authorization } if token == asked => {
                Some(key_authorization.clone())
            }
            Challenge::Http { .. } | Challenge::Tls(_) => None,
        }
    }

    /// What an authority's handshake is answered with; absent for everybody else's.
    pub(crate) fn config(&self, hello: &ClientHello<'_>) -> Option<Arc<ServerConfig>> {
        if !self.are_pending() || !hello.alpn()?.eq([ACME_TLS]) {
            return None;
        }
        match self.0.by_name.load().get(&hello.server_name()?.to_ascii_lowercase())? {
            Challenge::Tls(TlsChallenge(config)) => Some(config.clone()),
            Challenge::Http { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_of_one_name() {
        let challenges = Challenges::default();
        assert!(!challenges.are_pending());
        let challenge =
            Challenge::Http { token: "t0".to_owned(), key_authorization: Bytes::from("t0.k") };
        challenges.set(HashMap::from([("a.example".to_owned(), challenge)]));
        assert!(challenges.are_pending());
        for (host, path, found) in [
            ("a.example", "/.well-known/acme-challenge/t0", true),
            ("A.example:80", "/.well-known/acme-challenge/t0", true),
            ("b.example", "/.well-known/acme-challenge/t0", false),
            ("a.example", "/.well-known/acme-challenge/t", false),
            ("a.example", "/.well-known/acme-challenge/t0/", false),
            ("a.example", "/.well-known/acme-challenge/", false),
            ("a.example", "/t0", false),
        ] {
            let expected = found.then(|| Bytes::from("t0.k"));
            assert_eq!(challenges.file(host, path), expected, "{host}{path}");
        }
        challenges.set(HashMap::new());
        assert!(!challenges.are_pending());
        assert_eq!(challenges.file("a.example", "/.well-known/acme-challenge/t0"), None);
    }
}
