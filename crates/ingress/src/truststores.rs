//! The truststores that configuration names (`http-api-mutual-tls`; docs/adr/0010).
//!
//! A new handshake is judged by the truststore as it stands; connections that exist go on.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use gatewright_types::ConfigKey;
use rustls::pki_types::UnixTime;
use rustls::server::danger::ClientCertVerifier;
use serde::Deserialize;
use tokio::sync::watch;

use crate::truststore::{BrokenCertificate, Truststore, TruststoreSource};
use crate::watched_files::{FileError, Watched, follow};

/// `[truststores."<URI>"]`: the files of one truststore.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TruststoreFiles {
    /// The bundle: certificates in PEM.
    pub file: PathBuf,
    /// Lists of revoked certificates.
    #[serde(default)]
    pub crl_files: Vec<PathBuf>,
}

/// `[truststores]`, by URI.
pub type TruststoreTable = BTreeMap<String, TruststoreFiles>;

/// The keys of a table's entries, for docs/CONFIG.md.
pub const TRUSTSTORE_KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "truststores.\"<URI>\".file",
        default: "(required)",
        meaning: "the PEM bundle that a domain name's truststoreUri means, roots and all; with a truststoreVersion, <URI> is s3://<bucket>/<key>?versionId=<version>; read again when it changes",
    },
    ConfigKey {
        key: "truststores.\"<URI>\".crl_files",
        default: "[]",
        meaning: "revocation lists in PEM or DER, read again when they change; where there are any, each certificate below a root needs one of its issuer that is not out of date",
    },
];

/// A truststore that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TruststoreError {
    /// One of its files cannot.
    #[error(transparent)]
    File(#[from] FileError),
    /// A certificate of the bundle is none.
    #[error("{key}: certificate {number} of {} cannot be used", path.display())]
    Certificate {
        /// The key that names the file.
        key: String,
        /// The file.
        path: PathBuf,
        /// Which, from 1.
        number: usize,
        /// Why.
        #[source]
        source: BrokenCertificate,
    },
    /// A list of revoked certificates is none.
    #[error("{key}: {} cannot be used", path.display())]
    RevocationList {
        /// The key that names the file.
        key: String,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: BrokenCertificate,
    },
}

/// The truststores as they stand. Cloned handles see the same.
#[derive(Clone, Debug, Default)]
pub struct Truststores(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// By URI, with the version behind it.
    trusted: ArcSwap<HashMap<String, Arc<Truststore>>>,
    /// For who looks at the files, and nobody else.
    sources: Mutex<Vec<(Watched<TruststoreSource>, Vec<String>)>>,
}

impl Truststores {
    /// Reads them all.
    ///
    /// # Errors
    ///
    /// [`TruststoreError`], of the first that cannot be used.
    pub fn load(table: &TruststoreTable) -> Result<Self, TruststoreError> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let (mut trusted, mut sources) = (HashMap::new(), Vec::new());
        for (name, files) in table {
            let (watched, truststore) = Watched::load(TruststoreSource {
                name: name.clone(),
                key: format!("truststores.\"{name}\""),
                files: files.clone(),
                algorithms: provider.signature_verification_algorithms,
            })?;
            trusted.insert(name.clone(), Arc::new(truststore));
            sources.push((watched, Vec::new()));
        }
        let (trusted, sources) = (ArcSwap::from_pointee(trusted), Mutex::new(sources));
        Ok(Self(Arc::new(Inner { trusted, sources })))
    }

    /// Whether there is a truststore of this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.0.trusted.load().contains_key(name)
    }

    /// What keeps clients out that the owner of a truststore may want in: `truststoreWarnings`. None
    /// where there is no such truststore.
    #[must_use]
    pub fn warnings(&self, name: &str) -> Vec<String> {
        let trusted = self.0.trusted.load();
        trusted.get(name).map(|truststore| truststore.warnings(UnixTime::now())).unwrap_or_default()
    }

    /// Who judges the certificates of clients.
    pub(crate) fn verifier(&self, name: &str) -> Option<Arc<dyn ClientCertVerifier>> {
        self.0.trusted.load().get(name).map(|truststore| truststore.verifier.clone() as _)
    }

    /// Looks at the files every second until `shutdown` turns true, and at the time: certificates
    /// expire.
    pub async fn follow(self, shutdown: watch::Receiver<bool>) {
        if self.0.trusted.load().is_empty() {
            return;
        }
        follow(move || self.refresh(), shutdown).await;
    }

    fn refresh(&self) {
        // What is in it is whole between any two statements.
        let mut sources = self.0.sources.lock().unwrap_or_else(PoisonError::into_inner);
        for (watched, told) in &mut *sources {
            if let Some(truststore) = watched.refresh() {
                let mut trusted = HashMap::clone(&self.0.trusted.load());
                trusted.insert(watched.source.name.clone(), Arc::new(truststore));
                self.0.trusted.store(Arc::new(trusted));
            }
            let warnings = self.warnings(&watched.source.name);
            for warning in warnings.iter().filter(|warning| !told.contains(warning)) {
                tracing::warn!(key = watched.source.key, warning, "truststore keeps clients out");
            }
            *told = warnings;
        }
    }
}

#[cfg(test)]
mod tests;
