//! Certificates of an authority of this machine's own, for a laptop: what trusts its one file can call
//! everything by TLS.

use std::collections::BTreeMap;
use std::fs::DirBuilder;
use std::io::{self, ErrorKind};
use std::net::IpAddr;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use gatewright_ingress::{CertificateFiles, Certificates};
use gatewright_secrets::write_private;
use gatewright_types::Clock;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use time::OffsetDateTime;
use tokio::sync::watch;
use x509_cert::Certificate;
use x509_cert::der::asn1::Ia5String;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

use crate::Wanted;
use crate::certificate;

const LOOK_EVERY: Duration = Duration::from_secs(1);
const DAY: i64 = 24 * 3600;
/// Beyond what a laptop lasts: nobody should have to trust another.
const AUTHORITY_DAYS: i64 = 3650;
/// What browsers take at most.
const LEAF_DAYS: i64 = 397;
const KEY_BEGINS: &str = "-----BEGIN PRIVATE KEY-----";

/// An authority whose key lies in a directory.
pub struct LocalAuthority {
    directory: PathBuf,
    certificate: CertificateDer<'static>,
    /// The same in PEM.
    trusted: String,
    issuer: Issuer<'static, KeyPair>,
    clock: Arc<dyn Clock>,
}

/// A certificate cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SelfSignedError {
    /// A file cannot be used.
    #[error("traffic.self_signed: {}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The authority's file is not what was written there.
    #[error("traffic.self_signed: {} holds no certificate with its key; without the file, another is made", path.display())]
    Authority {
        /// The file.
        path: PathBuf,
    },
    /// No certificate can be made of this.
    #[error("traffic.self_signed: no certificate can be made")]
    Certificate(#[from] rcgen::Error),
}

/// A certificate's file, and when it has to be made anew.
struct Leaf {
    path: PathBuf,
    renew_at: i64,
}

impl LocalAuthority {
    /// The authority of a directory, made when absent.
    ///
    /// # Errors
    ///
    /// [`SelfSignedError`].
    pub fn open(directory: &Path, clock: Arc<dyn Clock>) -> Result<Self, SelfSignedError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(directory);
        made.map_err(|source| file_error(directory, source))?;
        let path = directory.join("authority.pem");
        let text = match read(&path)? {
            Some(text) => text,
            None => {
                let text = new_authority(clock.now().unix_seconds())?;
                write_private(&path, &text).map_err(|source| file_error(&path, source))?;
                text
            }
        };
        let unfit = || SelfSignedError::Authority { path: path.clone() };
        let certificate = CertificateDer::from_pem_slice(text.as_bytes()).map_err(|_| unfit())?;
        let key = PrivateKeyDer::from_pem_slice(text.as_bytes()).map_err(|_| unfit())?;
        let key = KeyPair::try_from(&key).map_err(|_| unfit())?;
        certificate::check_key(text.as_bytes(), key.public_key_raw()).map_err(|_| unfit())?;
        let issuer = Issuer::new(authority(), key);
        let end = text.find(KEY_BEGINS).unwrap_or(text.len());
        let (directory, trusted) = (directory.to_owned(), text[..end].to_owned());
        let authority = Self { directory, certificate, trusted, issuer, clock };
        authority.publish()?;
        Ok(authority)
    }

    /// What clients have to trust.
    #[must_use]
    pub fn trust_file(&self) -> PathBuf {
        self.directory.join("ca.pem")
    }

    /// The authority's certificate, without its key.
    fn publish(&self) -> Result<(), SelfSignedError> {
        let path = self.trust_file();
        if read(&path)?.as_ref() != Some(&self.trusted) {
            write_private(&path, &self.trusted).map_err(|source| file_error(&path, source))?;
        }
        Ok(())
    }

    /// The files of a certificate for these names, the same as before as long as it holds.
    ///
    /// # Errors
    ///
    /// [`SelfSignedError`].
    pub fn certificate(&self, names: &[String]) -> Result<CertificateFiles, SelfSignedError> {
        let path = self.leaf(names)?.path;
        Ok(CertificateFiles { cert_file: path.clone(), key_file: path, ocsp_file: None })
    }

    /// Gives each wanted name a certificate until `shutdown` turns true, and keeps `names`'s one fresh.
    /// Runs on a local runtime of its own.
    pub async fn run(
        self,
        certificates: Certificates,
        names: Vec<String>,
        wanted: impl Fn() -> Option<Wanted>,
        mut shutdown: watch::Receiver<bool>,
    ) {
        let mut held = BTreeMap::<Arc<str>, Option<Leaf>>::new();
        let mut default = None;
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                _ = shutdown.wait_for(|stop| *stop) => return,
                _ = ticks.tick() => {}
            }
            self.refresh(&mut default, &names);
            let Some(wanted) = wanted() else { continue };
            held.retain(|arn, _| {
                let keep = wanted.values().any(|wanted| wanted == arn);
                if !keep {
                    certificates.remove(arn);
                }
                keep
            });
            for (name, arn) in &*wanted {
                let leaf = held.entry(arn.clone()).or_default();
                let is_new = leaf.is_none();
                self.refresh(leaf, std::slice::from_ref(name));
                if let Some(Leaf { path, .. }) = leaf
                    && is_new
                {
                    let (cert_file, key_file) = (path.clone(), path.clone());
                    let files = CertificateFiles { cert_file, key_file, ocsp_file: None };
                    certificates.add(arn, files);
                }
            }
        }
    }

    /// Makes a certificate that is absent or old. Its file is enough: ingress sees that it changed.
    fn refresh(&self, leaf: &mut Option<Leaf>, names: &[String]) {
        let now = self.clock.now().unix_seconds();
        if leaf.as_ref().is_some_and(|leaf| leaf.renew_at > now) {
            return;
        }
        match self.leaf(names) {
            Ok(made) => *leaf = Some(made),
            Err(error) => tracing::error!(
                error = &error as &dyn std::error::Error,
                ?names,
                "no certificate made"
            ),
        }
    }

    fn leaf(&self, names: &[String]) -> Result<Leaf, SelfSignedError> {
        let first = names.first().map_or("", String::as_str);
        let path = self.directory.join(format!("{}.pem", first.replace('*', "_")));
        let now = self.clock.now().unix_seconds();
        if let Some(text) = read(&path)?
            && let Some(renew_at) = self.renew_at(&text, names)
            && renew_at > now
        {
            return Ok(Leaf { path, renew_at });
        }
        let text = self.new_leaf(names, now)?;
        write_private(&path, &text).map_err(|source| file_error(&path, source))?;
        let renew_at = self.renew_at(&text, names).unwrap_or(now);
        Ok(Leaf { path, renew_at })
    }

    /// When a certificate has to be made anew; absent when it is not ours, or for other names.
    fn renew_at(&self, text: &str, names: &[String]) -> Option<i64> {
        let leaf = certificate::read(text.as_bytes()).ok()?;
        // Ours stands behind it.
        let signer = CertificateDer::pem_slice_iter(text.as_bytes()).nth(1)?.ok()?;
        let is_ours = signer == self.certificate && is_for(&leaf, names);
        is_ours.then(|| certificate::validity(&leaf).renew_at(0.0))
    }

    fn new_leaf(&self, names: &[String], now: i64) -> Result<String, SelfSignedError> {
        let mut leaf = CertificateParams::new(names)?;
        (leaf.not_before, leaf.not_after) = days(now, LEAF_DAYS);
        leaf.distinguished_name = named(names.first().map_or("", String::as_str));
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let leaf = leaf.signed_by(&key, &self.issuer)?;
        Ok(leaf.pem() + &self.trusted + &key.serialize_pem())
    }
}

impl std::fmt::Debug for LocalAuthority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalAuthority").field("directory", &self.directory).finish_non_exhaustive()
    }
}

fn new_authority(now: i64) -> Result<String, SelfSignedError> {
    let mut authority = authority();
    (authority.not_before, authority.not_after) = days(now, AUTHORITY_DAYS);
    let key = KeyPair::generate()?;
    Ok(authority.self_signed(&key)?.pem() + &key.serialize_pem())
}

/// What every authority is, whenever it was made.
fn authority() -> CertificateParams {
    let mut authority = CertificateParams::default();
    authority.distinguished_name = named("Gatewright on this machine");
    // It signs no other authority.
    authority.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    authority
}

fn named(name: &str) -> DistinguishedName {
    let mut distinguished = DistinguishedName::new();
    distinguished.push(DnType::CommonName, name);
    distinguished
}

/// From yesterday, since clocks differ, for so many days.
fn days(now: i64, days: i64) -> (OffsetDateTime, OffsetDateTime) {
    let at = |seconds| {
        OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH)
    };
    (at(now - DAY), at(now + (days - 1) * DAY))
}

/// Whether a certificate is for these names, and no others.
fn is_for(leaf: &Certificate, names: &[String]) -> bool {
    let name = |name: &String| match name.parse::<IpAddr>() {
        Ok(address) => Ok(GeneralName::from(address)),
        Err(_) => Ia5String::new(name).map(GeneralName::DnsName),
    };
    let wanted = names.iter().map(name).collect::<Result<Vec<_>, _>>();
    let found = leaf.tbs_certificate().get_extension::<SubjectAltName>();
    matches!((wanted, found), (Ok(wanted), Ok(Some((_, found)))) if found.0 == wanted)
}

fn read(path: &Path) -> Result<Option<String>, SelfSignedError> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(source) => Err(file_error(path, source)),
    }
}

fn file_error(path: &Path, source: io::Error) -> SelfSignedError {
    SelfSignedError::File { path: path.to_owned(), source }
}

#[cfg(test)]
mod tests;
