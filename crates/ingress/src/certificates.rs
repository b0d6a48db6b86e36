//! The certificates that configuration names.
//!
//! Each has its own `ServerConfig`, so a change is one swap: connections and sessions that exist go on
//! with what they have, and a new handshake gets the new one.

mod recipe;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use gatewright_observe::CertificateMetrics;
use gatewright_types::ConfigKey;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use serde::Deserialize;
use tokio::sync::watch;
use x509_cert::Certificate;
use x509_cert::der::Decode;

use self::recipe::Recipe;
use crate::port_certificate::CLIENT_CA_FILE;
use crate::watched_files::{FileError, Source, Watched, follow, read, unfit};
use crate::{Options, PortCertificate, PortClients};

/// `[certificates."<ARN>"]`: the files of one certificate, in PEM.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateFiles {
    /// The certificate, and the chain to its root behind it.
    pub cert_file: PathBuf,
    /// Its key: PKCS#8, SEC1 or PKCS#1.
    pub key_file: PathBuf,
    /// An OCSP response in DER that is stapled to handshakes.
    pub ocsp_file: Option<PathBuf>,
}

/// `[certificates]`, by ARN.
pub type CertificateTable = BTreeMap<String, CertificateFiles>;

/// The keys of a table's entries, for docs/CONFIG.md.
pub const CERTIFICATE_KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "certificates.\"<ARN>\".cert_file",
        default: "(required)",
        meaning: "the PEM file that a domain name's certificateArn means, the chain included; read again when it changes",
    },
    ConfigKey {
        key: "certificates.\"<ARN>\".key_file",
        default: "(required)",
        meaning: "its key: PKCS#8, SEC1 or PKCS#1 in PEM",
    },
    ConfigKey {
        key: "certificates.\"<ARN>\".ocsp_file",
        default: "(none)",
        meaning: "an OCSP response in DER, stapled to handshakes",
    },
];

/// A certificate that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// One of its files cannot.
    #[error(transparent)]
    File(#[from] FileError),
    /// Certificate and key cannot be served together.
    #[error("{key}: certificate and key cannot be used")]
    Unusable {
        /// The key of both.
        key: String,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// TLS cannot be had at all.
    #[error("TLS cannot be set up")]
    Tls(#[from] rustls::Error),
}

/// The certificates as they stand. Cloned handles see the same.
#[derive(Clone, Debug)]
pub struct Certificates(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// By ARN.
    served: ArcSwap<HashMap<String, Arc<ServerConfig>>>,
    default_arn: Option<String>,
    /// For who looks at the files, and nobody else.
    sources: Mutex<Vec<Watched<CertificateSource>>>,
    recipe: Arc<Recipe>,
    metrics: CertificateMetrics,
}

/// A certificate, ready to be served.
struct Read {
    config: ServerConfig,
    /// In seconds since 1970; absent where it says so in a way that only TLS libraries understand.
    expiry: Option<i64>,
}

/// One certificate's files.
#[derive(Debug)]
struct CertificateSource {
    arn: String,
    key: String,
    files: CertificateFiles,
    /// Whose certificates are wanted in turn.
    clients: Option<PortClients>,
    recipe: Arc<Recipe>,
}

impl Certificates {
    /// Reads them all.
    ///
    /// # Errors
    ///
    /// [`CertificateError`], of the first that cannot be used.
    pub fn load(
        table: &CertificateTable,
        default_arn: Option<&str>,
        options: &Options,
        metrics: CertificateMetrics,
    ) -> Result<Self, CertificateError> {
        let source = |(arn, files): (&String, &CertificateFiles)| {
            (arn.clone(), format!("certificates.\"{arn}\""), files.clone(), None)
        };
        Self::load_all(table.iter().map(source), default_arn, options, metrics)
    }

    /// Reads the one of a port, which is for whatever name.
    pub(crate) fn of_port(
        certificate: &PortCertificate,
        options: &Options,
        metrics: CertificateMetrics,
    ) -> Result<Self, CertificateError> {
        let PortCertificate { section, files, clients } = certificate.clone();
        let source = (section.to_owned(), section.to_owned(), files, clients);
        Self::load_all(std::iter::once(source), Some(section), options, metrics)
    }

    fn load_all(
        all: impl Iterator<Item = (String, String, CertificateFiles, Option<PortClients>)>,
        default_arn: Option<&str>,
        options: &Options,
        metrics: CertificateMetrics,
    ) -> Result<Self, CertificateError> {
        let recipe = Arc::new(Recipe::new(options)?);
        let (mut served, mut sources) = (HashMap::new(), Vec::new());
        for (arn, key, files, clients) in all {
            let recipe = recipe.clone();
            let source = CertificateSource { arn, key, files, clients, recipe };
            let (source, Read { config, expiry }) = Watched::load(source)?;
            expires(&metrics, &source.source.arn, expiry);
            served.insert(source.source.arn.clone(), Arc::new(config));
            sources.push(source);
        }
        Ok(Self(Arc::new(Inner {
            served: ArcSwap::from_pointee(served),
            default_arn: default_arn.map(str::to_owned),
            sources: Mutex::new(sources),
            recipe,
            metrics,
        })))
    }

    /// Whether there is a certificate of this ARN.
    #[must_use]
    pub fn contains(&self, arn: &str) -> bool {
        self.0.served.load().contains_key(arn)
    }

    /// How a certificate is served; without an ARN, the default one.
    ///
    /// An ARN that is not there is not the default's to stand in for: it would not hold for the name,
    /// and a client that is refused by name shows what is missing better than one that doubts us.
    pub(crate) fn config(&self, arn: Option<&str>) -> Option<Arc<ServerConfig>> {
        let arn = arn.or(self.0.default_arn.as_deref())?;
        self.0.served.load().get(arn).cloned()
    }

    /// The same, to clients that have to show a certificate themselves.
    ///
    /// Put together for each handshake, a microsecond beside hundreds: so there is no pair of certificate
    /// and truststore to keep, and none that is older than its halves. Every handshake is a
    /// whole one: rustls asks nobody whether a client that brings a ticket may still come, when its
    /// certificate may have expired or been revoked since.
    pub(crate) fn mutual_config(
        &self,
        arn: Option<&str>,
        verifier: Arc<dyn ClientCertVerifier>,
    ) -> Option<Arc<ServerConfig>> {
        let resolver = self.config(arn)?.cert_resolver.clone();
        let config = self.0.recipe.mutual_config(resolver, verifier);
        Some(Arc::new(config.expect("as it was for the certificate alone")))
    }

    /// Serves another certificate from now on, or as soon as its files can be used.
    pub fn add(&self, arn: &str, files: CertificateFiles) {
        let (key, recipe) = (arn.to_owned(), self.0.recipe.clone());
        let source = CertificateSource { arn: arn.to_owned(), key, files, clients: None, recipe };
        let mut watched = Watched::unread(source);
        let mut sources = self.0.lock();
        sources.retain(|watched| watched.source.arn != arn);
        self.0.refresh(&mut watched);
        sources.push(watched);
    }

    /// Serves one no longer.
    pub fn remove(&self, arn: &str) {
        // Under the lock, so that no look at the files brings it back.
        let mut sources = self.0.lock();
        sources.retain(|watched| watched.source.arn != arn);
        let mut served = HashMap::clone(&self.0.served.load());
        served.remove(arn);
        self.0.metrics.forget(arn);
        self.0.served.store(Arc::new(served));
    }

    /// Looks at the files every second until `shutdown` turns true.
    pub async fn follow(self, shutdown: watch::Receiver<bool>) {
        follow(move || self.refresh(), shutdown).await;
    }

    /// Reads again what has changed.
    fn refresh(&self) {
        for watched in &mut *self.0.lock() {
            self.0.refresh(watched);
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Vec<Watched<CertificateSource>>> {
        // What is in it is whole between any two statements.
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads a certificate whose files are not those that were read. For who holds the lock.
    fn refresh(&self, watched: &mut Watched<CertificateSource>) {
        if let Some(Read { config, expiry }) = watched.refresh() {
            expires(&self.metrics, &watched.source.arn, expiry);
            let mut served = HashMap::clone(&self.served.load());
            served.insert(watched.source.arn.clone(), Arc::new(config));
            self.served.store(Arc::new(served));
        }
    }
}

impl Source for CertificateSource {
    type Read = Read;
    type Error = CertificateError;
    const WHAT: &'static str = "certificate";

    fn key(&self) -> &str {
        &self.key
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        let CertificateFiles { cert_file, key_file, ocsp_file } = &self.files;
        let ocsp = ocsp_file.as_deref().map(|path| ("ocsp_file", path));
        let clients = self.clients.as_ref().map(|clients| (CLIENT_CA_FILE, &*clients.ca_file));
        let pair = [("cert_file", &**cert_file), ("key_file", key_file)];
        pair.into_iter().chain(ocsp).chain(clients).collect()
    }

    fn read(&self) -> Result<Read, CertificateError> {
        let unusable = |source| CertificateError::Unusable { key: self.key.clone(), source };
        let mut key = self.certified_key()?;
        if let Some(path) = &self.files.ocsp_file {
            let response = read(self, "ocsp_file", path)?;
            // A DER sequence, at least: clients would end the handshake over anything else.
            if response.first() != Some(&0x30) {
                let expected = ("OCSP response in DER", None);
                return Err(unfit(self, "ocsp_file", path, expected).into());
            }
            key.ocsp = Some(response);
        }
        let expiry = key.end_entity_cert().ok().and_then(expiry);
        let recipe = &self.recipe;
        let config = match &self.clients {
            None => recipe.config(key),
            Some(clients) => {
                let verifier = clients.verifier(self, &recipe.provider)?;
                recipe.mutual_config(Arc::new(SingleCertAndKey::from(key)), verifier)
            }
        };
        Ok(Read { config: config.map_err(unusable)?, expiry })
    }
}

fn expires(metrics: &CertificateMetrics, arn: &str, expiry: Option<i64>) {
    match expiry {
        Some(unix_seconds) => metrics.expires(arn, unix_seconds),
        None => metrics.forget(arn),
    }
}

fn expiry(certificate: &CertificateDer<'_>) -> Option<i64> {
    let decoded = Certificate::from_der(certificate).ok()?;
    let not_after = decoded.tbs_certificate().validity().not_after;
    i64::try_from(not_after.to_unix_duration().as_secs()).ok()
}

impl CertificateSource {
    fn certified_key(&self) -> Result<CertifiedKey, CertificateError> {
        let CertificateFiles { cert_file, key_file, .. } = &self.files;
        let no_chain = |error| unfit(self, "cert_file", cert_file, ("certificate in PEM", error));
        let text = read(self, "cert_file", cert_file)?;
        let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| no_chain(Some(error)))?;
        if chain.is_empty() {
            return Err(no_chain(None).into());
        }
        let text = read(self, "key_file", key_file)?;
        let key = PrivateKeyDer::from_pem_slice(&text).map_err(|error| {
            unfit(self, "key_file", key_file, ("private key in PEM", Some(error)))
        })?;
        let unusable = |source| CertificateError::Unusable { key: self.key.clone(), source };
        CertifiedKey::from_der(chain, key, &self.recipe.provider).map_err(unusable)
    }
}

#[cfg(test)]
mod tests;
