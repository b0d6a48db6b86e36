//! One truststore, as it is read: a bundle of certificates in PEM, and lists of those revoked.

use std::path::Path;
use std::sync::Arc;

use gatewright_types::limits::REVOCATION_LIST_FILE_BYTES_MAX;
use rustls::DistinguishedName;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, UnixTime};
use webpki::{CertRevocationList, OwnedCertRevocationList, anchor_from_trusted_cert};
use x509_cert::Certificate;
use x509_cert::certificate::{TbsCertificate, Version};
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::oid::db::rfc5280::ID_KP_CLIENT_AUTH;
use x509_cert::der::{self, Decode, Encode, Header, SliceReader};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage};
use x509_cert::name::Name;
use x509_cert::time::Time;

use crate::client_certificate::{date, name};
use crate::client_verifier::{ClientVerifier, SelfIssued, Validity};
use crate::truststores::{TruststoreError, TruststoreFiles};
use crate::watched_files::{Source, read, read_at_most, unfit};

/// A handshake has room for 64 KiB of names, and clients do without.
const HINT_BYTES_MAX: usize = 16 * 1024;

/// A truststore's files.
#[derive(Debug)]
pub(crate) struct TruststoreSource {
    pub(crate) name: String,
    pub(crate) key: String,
    pub(crate) files: TruststoreFiles,
    pub(crate) algorithms: WebPkiSupportedAlgorithms,
}

/// What was read from them.
#[derive(Debug)]
pub(crate) struct Truststore {
    pub(crate) verifier: Arc<ClientVerifier>,
    spans: Vec<Span>,
    incomplete: Vec<String>,
}

/// What has been read so far.
struct Draft {
    verifier: ClientVerifier,
    spans: Vec<Span>,
    incomplete: Vec<String>,
}

/// When a certificate or a list is good for something.
#[derive(Debug)]
struct Span {
    what: String,
    not_before: Time,
    not_after: Time,
}

impl Source for TruststoreSource {
    type Read = Truststore;
    type Error = TruststoreError;
    const WHAT: &'static str = "truststore";

    fn key(&self) -> &str {
        &self.key
    }

    fn files(&self) -> Vec<(&'static str, &Path)> {
        let lists = self.files.crl_files.iter().map(|path| (CRL_FILES, &**path));
        [(FILE, &*self.files.file)].into_iter().chain(lists).collect()
    }

    fn read(&self) -> Result<Truststore, TruststoreError> {
        let mut draft = Draft {
            verifier: ClientVerifier::of_nobody(self.algorithms),
            spans: Vec::new(),
            incomplete: Vec::new(),
        };
        self.read_bundle(&mut draft)?;
        for path in &self.files.crl_files {
            self.read_lists(path, &mut draft)?;
        }
        let Draft { verifier, spans, incomplete } = draft;
        Ok(Truststore { verifier: Arc::new(verifier), spans, incomplete })
    }
}

const FILE: &str = "file";
const CRL_FILES: &str = "crl_files";

impl TruststoreSource {
    fn read_bundle(&self, draft: &mut Draft) -> Result<(), TruststoreError> {
        let path = &self.files.file;
        let none = |cause| unfit(self, FILE, path, ("certificate in PEM", cause));
        let text = read(self, FILE, path)?;
        let bundle = CertificateDer::pem_slice_iter(&text).collect::<Result<Vec<_>, _>>();
        let bundle = bundle.map_err(|error| none(Some(error)))?;
        if bundle.is_empty() {
            return Err(none(None).into());
        }
        let mut issuers = Vec::new();
        for (index, der) in bundle.into_iter().enumerate() {
            let broken = |cause: BrokenCertificate| TruststoreError::Certificate {
                key: format!("{}.{FILE}", self.key),
                path: path.clone(),
                number: index + 1,
                source: cause,
            };
            issuers.push(draft.add(der).map_err(broken)?);
        }
        let subjects = issuers.iter().map(|(subject, _)| subject).collect::<Vec<_>>();
        let orphans = issuers.iter().filter(|(_, issuer)| !subjects.contains(&issuer));
        draft.incomplete = orphans.map(|(subject, issuer)| incomplete(subject, issuer)).collect();
        draft.verifier.hints = hints(&subjects);
        Ok(())
    }

    /// In DER, or one or more in PEM.
    fn read_lists(&self, path: &Path, draft: &mut Draft) -> Result<(), TruststoreError> {
        let expected = "certificate revocation list in PEM or DER";
        let none = |cause| unfit(self, CRL_FILES, path, (expected, cause));
        let bytes = read_at_most(self, CRL_FILES, path, REVOCATION_LIST_FILE_BYTES_MAX)?;
        let lists = match bytes.first() {
            Some(0x30) => vec![CertificateRevocationListDer::from(bytes)],
            _ => CertificateRevocationListDer::pem_slice_iter(&bytes)
                .collect::<Result<Vec<_>, _>>()
                .map_err(|error| none(Some(error)))?,
        };
        if lists.is_empty() {
            return Err(none(None).into());
        }
        for list in lists {
            draft.add_list(&list).map_err(|source| TruststoreError::RevocationList {
                key: format!("{}.{CRL_FILES}", self.key),
                path: path.to_owned(),
                source,
            })?;
        }
        Ok(())
    }
}

/// Why a certificate of a bundle is none.
#[derive(Debug, thiserror::Error)]
pub enum BrokenCertificate {
    /// It is not X.509 in DER.
    #[error(transparent)]
    Der(#[from] der::Error),
    /// It is not one to trust.
    #[error(transparent)]
    Anchor(#[from] webpki::Error),
}

impl Draft {
    /// Subject and issuer of one certificate more.
    fn add(&mut self, der: CertificateDer<'static>) -> Result<(Name, Name), BrokenCertificate> {
        let decoded = Certificate::from_der(&der)?;
        let decoded = decoded.tbs_certificate();
        let (subject, issuer) = (decoded.subject().clone(), decoded.issuer().clone());
        let (not_before, not_after) = (decoded.validity().not_before, decoded.validity().not_after);
        let what = format!("certificate {}", name(&subject));
        self.spans.push(Span { what, not_before, not_after });
        if subject != issuer {
            self.verifier.intermediates.push(der);
            return Ok((subject, issuer));
        }
        let validity =
            Validity { not_before: unix_time(not_before), not_after: unix_time(not_after) };
        if may_issue(decoded)? {
            self.verifier.anchors.push(anchor_from_trusted_cert(&der)?.to_owned());
            self.verifier.anchor_times.push(validity);
        }
        let usage = decoded.get_extension::<ExtendedKeyUsage>()?;
        let is_for_clients = usage.is_none_or(|(_, usage)| usage.0.contains(&ID_KP_CLIENT_AUTH));
        self.verifier.self_issued.push(SelfIssued { der, validity, is_for_clients });
        Ok((subject, issuer))
    }

    fn add_list(&mut self, der: &[u8]) -> Result<(), BrokenCertificate> {
        let list = OwnedCertRevocationList::from_der(der)?;
        self.spans.push(list_span(der)?);
        self.verifier.revocation_lists.push(CertRevocationList::from(list));
        Ok(())
    }
}

impl Truststore {
    /// What keeps clients out that somebody may want in, at a time.
    pub(crate) fn warnings(&self, now: UnixTime) -> Vec<String> {
        let timely = self.spans.iter().filter_map(|span| span.warning(now));
        timely.chain(self.incomplete.iter().cloned()).collect()
    }
}

impl Span {
    fn warning(&self, now: UnixTime) -> Option<String> {
        let Self { what, not_before, not_after } = self;
        if now < unix_time(*not_before) {
            let date = date(not_before.to_date_time());
            return Some(format!("The {what} is not valid before {date}."));
        }
        let date = || date(not_after.to_date_time());
        (now > unix_time(*not_after)).then(|| format!("The {what} expired on {}.", date()))
    }
}

/// Whether a root may issue others, which webpki asks of all but roots. The first version of X.509 had no
/// way to say it.
fn may_issue(certificate: &TbsCertificate) -> der::Result<bool> {
    let constraints = certificate.get_extension::<BasicConstraints>()?;
    let usage = certificate.get_extension::<KeyUsage>()?;
    let is_authority = match constraints {
        Some((_, constraints)) => constraints.ca,
        None => certificate.version() == Version::V1,
    };
    Ok(is_authority && usage.is_none_or(|(_, usage)| usage.key_cert_sign()))
}

/// Whose a list is, and when. Read from its beginning: the rest, which webpki has read, may be long.
fn list_span(der: &[u8]) -> der::Result<Span> {
    let mut reader = SliceReader::new(der)?;
    let (_list, _signed) = (Header::decode(&mut reader)?, Header::decode(&mut reader)?);
    let (_version, _algorithm) = (Version::decode(&mut reader)?, AnyRef::decode(&mut reader)?);
    let issuer = Name::decode(&mut reader)?;
    let (not_before, not_after) = (Time::decode(&mut reader)?, Time::decode(&mut reader)?);
    Ok(Span { what: format!("revocation list of {}", name(&issuer)), not_before, not_after })
}

fn incomplete(subject: &Name, issuer: &Name) -> String {
    let (subject, issuer) = (name(subject), name(issuer));
    format!("The chain of the certificate {subject} is incomplete: its issuer {issuer} is missing.")
}

fn hints(subjects: &[&Name]) -> Vec<DistinguishedName> {
    let names = subjects.iter().filter_map(|name| name.to_der().ok()).collect::<Vec<_>>();
    if names.iter().map(Vec::len).sum::<usize>() > HINT_BYTES_MAX {
        return Vec::new();
    }
    names.into_iter().map(DistinguishedName::from).collect()
}

fn unix_time(time: Time) -> UnixTime {
    UnixTime::since_unix_epoch(time.to_unix_duration())
}
