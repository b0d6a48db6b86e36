//! What a replica sees in the store: certificates that it serves, and challenges that it answers. Who
//! put them there does not matter.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::Arc;

use gatewright_ingress::{
    CertificateFiles, Certificates, Challenge, Challenges, FileStamp, TlsChallenge,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use sha2::{Digest, Sha256};

use super::store::{Store, StoredChallenge};
use crate::certificate::{self, CertificateUnreadable};
use crate::{ChallengeKind, Wanted};

/// The store as it was at the last look, and who is told of changes.
pub(crate) struct View {
    certificates: Certificates,
    challenges: Challenges,
    names: BTreeMap<String, Seen>,
    shown: BTreeMap<String, StoredChallenge>,
    impossible: BTreeSet<String>,
}

/// A name's certificate.
struct Seen {
    arn: Arc<str>,
    stamp: Option<FileStamp>,
    renew_at: Option<i64>,
}

/// What was seen cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ViewError {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("a challenge's certificate cannot be made")]
    Challenge(#[from] rcgen::Error),
    #[error("a challenge's certificate cannot be served")]
    Serving(#[from] gatewright_ingress::CertificateError),
}

impl View {
    pub(crate) fn new(certificates: Certificates, challenges: Challenges) -> Self {
        let (names, shown, impossible) = Default::default();
        Self { certificates, challenges, names, shown, impossible }
    }

    /// Looks again.
    pub(crate) fn look(&mut self, store: &Store, wanted: &Wanted) -> Result<(), ViewError> {
        self.forget_unwanted(wanted);
        for (name, arn) in &**wanted {
            if let Some(problem) = problem(name) {
                if self.impossible.insert(name.clone()) {
                    tracing::warn!(
                        domain_name = name,
                        "TLS handshakes for a domain name are refused: {problem}"
                    );
                }
                continue;
            }
            self.look_at(store, name, arn)?;
        }
        let shown = store.challenges()?;
        if shown != self.shown {
            let challenges = shown
                .iter()
                .map(|(name, stored)| Ok::<_, ViewError>((name.clone(), challenge(name, stored)?)));
            self.challenges.set(challenges.collect::<Result<HashMap<_, _>, _>>()?);
            self.shown = shown;
        }
        Ok(())
    }

    /// Names whose certificates are absent, or old enough to be replaced.
    pub(crate) fn due(&self, now: i64) -> impl Iterator<Item = &String> {
        let is_due = move |seen: &Seen| seen.renew_at.is_none_or(|renew_at| renew_at <= now);
        self.names.iter().filter(move |(_, seen)| is_due(seen)).map(|(name, _)| name)
    }

    fn forget_unwanted(&mut self, wanted: &Wanted) {
        let certificates = &self.certificates;
        self.names.retain(|name, seen| {
            let keep = wanted.get(name) == Some(&seen.arn);
            if !keep {
                certificates.remove(&seen.arn);
            }
            keep
        });
        self.impossible.retain(|name| wanted.contains_key(name));
    }

    fn look_at(&mut self, store: &Store, name: &str, arn: &Arc<str>) -> Result<(), ViewError> {
        let new = || Seen { arn: arn.clone(), stamp: None, renew_at: None };
        let seen = self.names.entry(name.to_owned()).or_insert_with(new);
        let path = store.certificate_file(name);
        let stamp = stamp(&path)?;
        if stamp == seen.stamp {
            return Ok(());
        }
        seen.renew_at = None;
        if stamp.is_some() {
            match certificate::read(&std::fs::read(&path)?) {
                Ok(certificate) => {
                    let validity = certificate::validity(&certificate);
                    seen.renew_at = Some(validity.renew_at(fastrand::f64()));
                }
                Err(error) => unreadable(&path, &error),
            }
            if seen.stamp.is_none() {
                let files =
                    CertificateFiles { cert_file: path.clone(), key_file: path, ocsp_file: None };
                self.certificates.add(arn, files);
            }
        }
        seen.stamp = stamp;
        Ok(())
    }
}

fn unreadable(path: &Path, error: &CertificateUnreadable) {
    tracing::warn!(%error, path = %path.display(), "certificate cannot be read, and is got anew");
}

/// Why no certificate can be had for a name by these challenges.
fn problem(name: &str) -> Option<&'static str> {
    if name.starts_with('*') {
        return Some("HTTP-01 and TLS-ALPN-01 bring no certificates for wildcards");
    }
    // It becomes a file's name.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    let is_name = !name.starts_with('.') && name.bytes().all(is_plain);
    (!is_name).then_some("that is no host's name")
}

fn stamp(path: &Path) -> io::Result<Option<FileStamp>> {
    match FileStamp::of(path) {
        Ok(stamp) => Ok(Some(stamp)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn challenge(name: &str, stored: &StoredChallenge) -> Result<Challenge, ViewError> {
    Ok(match stored.kind {
        ChallengeKind::Http => Challenge::Http {
            token: stored.token.clone(),
            key_authorization: stored.key_authorization.clone().into(),
        },
        ChallengeKind::Tls => {
            let key = KeyPair::generate()?;
            let mut certificate = CertificateParams::new(vec![name.to_owned()])?;
            let digest = Sha256::digest(&stored.key_authorization);
            certificate.custom_extensions = vec![CustomExtension::new_acme_identifier(&digest)];
            let certificate = certificate.self_signed(&key)?;
            let der = certificate.der().to_vec();
            Challenge::Tls(TlsChallenge::new(der, key.serialize_der())?)
        }
    })
}

#[cfg(test)]
mod tests;
