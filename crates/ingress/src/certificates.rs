//! The certificates that configuration names: read at the start, and again whenever their files
//! change.
//!
//! A pair that cannot be used is refused at the start; later the one that was read before serves on.
//! Each has its own `ServerConfig`, so a change is one swap: connections and sessions that exist go on
//! with what they have, and a new handshake gets the new one.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use gatewright_types::{ConfigKey, limits};
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem};
use rustls::server::{NoServerSessionStorage, ProducesTickets};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use serde::Deserialize;
use tokio::sync::watch;

use crate::Options;

/// How soon a change of files is seen.
const LOOK_EVERY: Duration = Duration::from_secs(1);

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
    /// A file cannot be read.
    #[error("certificates.\"{arn}\".{key}: cannot read {}", path.display())]
    Unreadable {
        /// Whose.
        arn: String,
        /// The key that names the file.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file does not hold what it should.
    #[error("certificates.\"{arn}\".{key}: {} holds no {expected}", path.display())]
    Unfit {
        /// Whose.
        arn: String,
        /// The key that names the file.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// What should be in it.
        expected: &'static str,
        /// Why it is not, where PEM has been read.
        #[source]
        source: Option<pem::Error>,
    },
    /// Certificate and key cannot be served together.
    #[error("certificates.\"{arn}\": certificate and key cannot be used")]
    Unusable {
        /// Whose.
        arn: String,
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
    sources: Mutex<Vec<Source>>,
    recipe: Recipe,
}

/// What all certificates are served with.
#[derive(Debug)]
struct Recipe {
    provider: Arc<CryptoProvider>,
    /// One for all: a ticket is good for the name it was made for only. (Names that ask for client
    /// certificates must have their own, so that no ticket leads past that.)
    ticketer: Arc<dyn ProducesTickets>,
    alpn: Vec<Vec<u8>>,
}

/// One certificate's files, and what was found in them.
#[derive(Debug)]
struct Source {
    arn: String,
    files: CertificateFiles,
    /// The files that are served.
    read: Vec<Stamp>,
    /// The files that could not be used, when they were looked at last.
    refused: Option<Vec<Stamp>>,
    complained: bool,
}

/// What tells one state of a file from another, whatever it is reached by: Kubernetes swaps a symbolic
/// link above it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stamp {
    inode: (u64, u64),
    modified: (i64, i64),
    bytes: u64,
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
    ) -> Result<Self, CertificateError> {
        let http1_only = options.http2_concurrent_streams_max == 0;
        let alpn: &[&[u8]] = if http1_only { &[b"http/1.1"] } else { &[b"h2", b"http/1.1"] };
        let recipe = Recipe {
            provider: Arc::new(provider()),
            ticketer: rustls::crypto::aws_lc_rs::Ticketer::new()?,
            alpn: alpn.iter().map(|name| name.to_vec()).collect(),
        };
        let (mut served, mut sources) = (HashMap::new(), Vec::new());
        for (arn, files) in table {
            let read = files.stamps(arn)?;
            served.insert(arn.clone(), Arc::new(recipe.config(arn, files)?));
            let (arn, files) = (arn.clone(), files.clone());
            sources.push(Source { arn, files, read, refused: None, complained: false });
        }
        Ok(Self(Arc::new(Inner {
            served: ArcSwap::from_pointee(served),
            default_arn: default_arn.map(str::to_owned),
            sources: Mutex::new(sources),
            recipe,
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

    /// Looks at the files every second until `shutdown` turns true; away from the thread that runs
    /// it, since a file system may hang.
    pub async fn follow(self, mut shutdown: watch::Receiver<bool>) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = shutdown.wait_for(|stop| *stop) => return,
                _ = ticks.tick() => {}
            }
            let certificates = self.clone();
            if let Err(error) = tokio::task::spawn_blocking(move || certificates.refresh()).await {
                tracing::error!(%error, "looking at certificates failed");
            }
        }
    }

    /// Reads again what has changed.
    fn refresh(&self) {
        let mut sources = self.0.lock();
        for source in &mut *sources {
            if let Some(config) = source.refresh(&self.0.recipe) {
                let mut served = HashMap::clone(&self.0.served.load());
                served.insert(source.arn.clone(), Arc::new(config));
                self.0.served.store(Arc::new(served));
                tracing::info!(arn = source.arn, "certificate read again");
            }
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Vec<Source>> {
        // What is in it is whole between any two statements.
        self.sources.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Source {
    /// What is served from now on, if that is another.
    fn refresh(&mut self, recipe: &Recipe) -> Option<ServerConfig> {
        let stamps = self.files.stamps(&self.arn);
        if stamps.as_ref().is_ok_and(|stamps| *stamps == self.read) {
            (self.refused, self.complained) = (None, false);
            return None;
        }
        // Files that are not there are one state too.
        let stamps_or_none = stamps.as_ref().map(Clone::clone).unwrap_or_default();
        if self.complained && self.refused.as_ref() == Some(&stamps_or_none) {
            return None;
        }
        let config = stamps.and_then(|_| recipe.config(&self.arn, &self.files));
        match config {
            Ok(config) => {
                // Replaced while they were read: what was read may be half of each.
                let settled = self.files.stamps(&self.arn).ok()? == stamps_or_none;
                settled.then(|| {
                    self.read = stamps_or_none;
                    (self.refused, self.complained) = (None, false);
                    config
                })
            }
            Err(error) => {
                // Files are often replaced one by one: only what is as wrong at the next look is worth
                // a word.
                if self.refused.as_ref() == Some(&stamps_or_none) {
                    let cause = std::error::Error::source(&error).map(ToString::to_string);
                    tracing::warn!(%error, cause, "certificate refused, the last good one serves on");
                    self.complained = true;
                } else {
                    self.complained = false;
                }
                self.refused = Some(stamps_or_none);
                None
            }
        }
    }
}

impl CertificateFiles {
    fn all(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        let ocsp = self.ocsp_file.as_deref().map(|path| ("ocsp_file", path));
        [("cert_file", &*self.cert_file), ("key_file", &*self.key_file)].into_iter().chain(ocsp)
    }

    fn stamps(&self, arn: &str) -> Result<Vec<Stamp>, CertificateError> {
        let stamp = |(key, path): (&'static str, &Path)| {
            Stamp::of(path).map_err(|source| unreadable(arn, key, path, source))
        };
        self.all().map(stamp).collect()
    }
}

impl Stamp {
    fn of(path: &Path) -> std::io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(path)?;
        Ok(Self {
            inode: (metadata.dev(), metadata.ino()),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            bytes: metadata.len(),
        })
    }
}

impl Recipe {
    fn config(
        &self,
        arn: &str,
        files: &CertificateFiles,
    ) -> Result<ServerConfig, CertificateError> {
        let unusable = |source| CertificateError::Unusable { arn: arn.to_owned(), source };
        let mut key = self.certified_key(arn, files)?;
        if let Some(path) = &files.ocsp_file {
            let response = read(arn, "ocsp_file", path)?;
            // A DER sequence, at least: clients would end the handshake over anything else.
            if response.first() != Some(&0x30) {
                return Err(unfit(arn, "ocsp_file", path, "OCSP response in DER", None));
            }
            key.ocsp = Some(response);
        }
        let versions = &[&rustls::version::TLS13, &rustls::version::TLS12];
        let mut config = ServerConfig::builder_with_provider(self.provider.clone())
            .with_protocol_versions(versions)
            .map_err(unusable)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
        config.ignore_client_order = true;
        config.alpn_protocols.clone_from(&self.alpn);
        config.ticketer = self.ticketer.clone();
        config.session_storage = Arc::new(NoServerSessionStorage {});
        Ok(config)
    }

    fn certified_key(
        &self,
        arn: &str,
        files: &CertificateFiles,
    ) -> Result<CertifiedKey, CertificateError> {
        let path = &files.cert_file;
        let text = read(arn, "cert_file", path)?;
        let chain = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
        let expected = "certificate in PEM";
        let chain = chain.map_err(|error| unfit(arn, "cert_file", path, expected, Some(error)))?;
        if chain.is_empty() {
            return Err(unfit(arn, "cert_file", path, expected, None));
        }
        let path = &files.key_file;
        let text = read(arn, "key_file", path)?;
        let key = PrivateKeyDer::from_pem_slice(&text)
            .map_err(|error| unfit(arn, "key_file", path, "private key in PEM", Some(error)))?;
        let unusable = |source| CertificateError::Unusable { arn: arn.to_owned(), source };
        CertifiedKey::from_der(chain, key, &self.provider).map_err(unusable)
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

fn read(arn: &str, key: &'static str, path: &Path) -> Result<Vec<u8>, CertificateError> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let whole = std::fs::File::open(path)
        .and_then(|file| file.take(limits::CERTIFICATE_FILE_BYTES_MAX + 1).read_to_end(&mut bytes));
    let whole = whole.and_then(|count| match count as u64 {
        ..=limits::CERTIFICATE_FILE_BYTES_MAX => Ok(()),
        _ => Err(std::io::ErrorKind::FileTooLarge.into()),
    });
    whole.map(|()| bytes).map_err(|source| unreadable(arn, key, path, source))
}

fn unreadable(
    arn: &str,
    key: &'static str,
    path: &Path,
    source: std::io::Error,
) -> CertificateError {
    CertificateError::Unreadable { arn: arn.to_owned(), key, path: path.to_owned(), source }
}

fn unfit(
    arn: &str,
    key: &'static str,
    path: &Path,
    expected: &'static str,
    source: Option<pem::Error>,
) -> CertificateError {
    CertificateError::Unfit { arn: arn.to_owned(), key, path: path.to_owned(), expected, source }
}

#[cfg(test)]
mod tests;
