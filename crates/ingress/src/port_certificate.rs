//! TLS of a port that has one certificate, whatever name its clients ask for: the management API's, and
//! the feed's, which may want certificates of its clients too.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gatewright_observe::Metrics;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::client::verify_server_name;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{self, CertificateDer, DnsName, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::{ParsedCertificate, WebPkiClientVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, RootCertStore, SignatureScheme};

use crate::watched_files::{FileError, Source, read, unfit};
use crate::{
    CertificateError, CertificateFiles, Certificates, Options, ServerName, ServerNames, Tls,
    Truststores,
};

/// The certificate of a port, as a section of the configuration names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortCertificate {
    /// The section, for messages.
    pub section: &'static str,
    /// The certificate.
    pub files: CertificateFiles,
    /// Who gets in, where not everybody does.
    pub clients: Option<PortClients>,
}

/// The clients that a port lets in: those with a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortClients {
    /// Who has to have issued it, in PEM: nobody else is trusted.
    pub ca_file: PathBuf,
    /// The DNS names of which it has to have one; empty: any will do.
    pub names: Vec<DnsName<'static>>,
}

/// One of two files that need each other is missing.
#[derive(Debug, thiserror::Error)]
#[error("{section}.{missing} must be set beside {section}.{given}")]
pub struct HalfPair {
    section: &'static str,
    missing: &'static str,
    given: &'static str,
}

impl PortCertificate {
    /// The certificate of a section, if it has one.
    ///
    /// # Errors
    ///
    /// [`HalfPair`].
    pub fn of(
        section: &'static str,
        cert_file: Option<&Path>,
        key_file: Option<&Path>,
    ) -> Result<Option<Self>, HalfPair> {
        let half = |missing, given| HalfPair { section, missing, given };
        match (cert_file, key_file) {
            (None, None) => Ok(None),
            (Some(_), None) => Err(half("key_file", "cert_file")),
            (None, Some(_)) => Err(half("cert_file", "key_file")),
            (Some(cert_file), Some(key_file)) => {
                let (cert_file, key_file) = (cert_file.to_owned(), key_file.to_owned());
                let files = CertificateFiles { cert_file, key_file, ocsp_file: None };
                Ok(Some(Self { section, files, clients: None }))
            }
        }
    }
}

impl Tls {
    /// TLS of a port, and its certificate, for who looks at the files.
    ///
    /// # Errors
    ///
    /// [`CertificateError`].
    pub fn of_port(
        certificate: &PortCertificate,
        options: &Options,
        metrics: &Metrics,
    ) -> Result<(Self, Certificates), CertificateError> {
        let certificates = Certificates::of_port(certificate, options, metrics.certificates())?;
        let tls = Self {
            certificates: certificates.clone(),
            truststores: Truststores::default(),
            names: Arc::new(NoNames),
            handshakes: metrics.handshakes(),
            challenges: None,
        };
        Ok((tls, certificates))
    }
}

/// Nobody has a certificate of their own: the default one is for all.
#[derive(Debug)]
struct NoNames;

impl ServerNames for NoNames {
    fn find(&self, _server_name: &str) -> ServerName {
        ServerName::default()
    }
}

pub(crate) const CLIENT_CA_FILE: &str = "client_ca_file";

impl PortClients {
    /// Who looks at their certificates: at issuer, time and purpose, and then at the names.
    pub(crate) fn verifier(
        &self,
        source: &impl Source,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Arc<dyn ClientCertVerifier>, FileError> {
        let path = &self.ca_file;
        let expected = "issuer's certificate in PEM";
        let unfit = |error| unfit(source, CLIENT_CA_FILE, path, (expected, error));
        let text = read(source, CLIENT_CA_FILE, path)?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(&text) {
            let certificate = certificate.map_err(|error| unfit(Some(error)))?;
            roots.add(certificate).map_err(|_| unfit(None))?;
        }
        let issued = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        // That fails for want of roots alone.
        let issued = issued.build().map_err(|_| unfit(None))?;
        if self.names.is_empty() {
            return Ok(issued);
        }
        let names = self.names.iter().cloned().map(pki_types::ServerName::DnsName).collect();
        Ok(Arc::new(NamedClients { issued, names }))
    }
}

/// Of all certificates that issuers gave out, those with one of these names.
#[derive(Debug)]
struct NamedClients {
    issued: Arc<dyn ClientCertVerifier>,
    names: Vec<pki_types::ServerName<'static>>,
}

impl ClientCertVerifier for NamedClients {
    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        let verified = self.issued.verify_client_cert(end_entity, intermediates, now)?;
        let certificate = ParsedCertificate::try_from(end_entity)?;
        let is_named = self.names.iter().any(|name| verify_server_name(&certificate, name).is_ok());
        is_named
            .then_some(verified)
            .ok_or_else(|| rustls::CertificateError::ApplicationVerificationFailure.into())
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.issued.root_hint_subjects()
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.issued.verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.issued.verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.issued.supported_verify_schemes()
    }
}
