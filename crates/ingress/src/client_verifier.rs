//! Whose certificates a truststore lets in (`http-api-mutual-tls`; docs/adr/0010).
//!
//! A client's certificate has to lead to a root of the truststore, over at most two others, which the
//! client sends or the truststore has; each of them, the root included, is in its time, and none is
//! revoked. A certificate that issued itself and stands in the truststore is a client's as well, whether
//! or not it may issue others.

use std::sync::Arc;

use gatewright_types::limits::CLIENT_CERTIFICATE_CHAIN_MAX;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{
    CertRevocationListError, CertificateError, DigitallySignedStruct, DistinguishedName, Error,
    OtherError, SignatureScheme,
};
use webpki::{
    CertRevocationList, EndEntityCert, ExpirationPolicy, KeyUsage, RevocationOptions,
    RevocationOptionsBuilder, UnknownStatusPolicy, VerifiedPath,
};
use x509_cert::Certificate;
use x509_cert::der::Decode;

/// What a truststore trusts.
#[derive(Debug)]
pub(crate) struct ClientVerifier {
    /// The roots: what issued itself, and may issue others.
    pub(crate) anchors: Vec<TrustAnchor<'static>>,
    /// In the same order.
    pub(crate) anchor_times: Vec<Validity>,
    pub(crate) self_issued: Vec<SelfIssued>,
    /// What stands between roots and clients, whether or not a client sends it.
    pub(crate) intermediates: Vec<CertificateDer<'static>>,
    /// Empty: nothing is revoked.
    pub(crate) revocation_lists: Vec<CertRevocationList<'static>>,
    /// The names that clients choose their certificates by.
    pub(crate) hints: Vec<DistinguishedName>,
    pub(crate) algorithms: WebPkiSupportedAlgorithms,
}

/// A certificate that issued itself.
#[derive(Debug)]
pub(crate) struct SelfIssued {
    pub(crate) der: CertificateDer<'static>,
    pub(crate) validity: Validity,
    /// Its extended key usage is none, or names clients.
    pub(crate) is_for_clients: bool,
}

/// When a certificate may be used.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validity {
    pub(crate) not_before: UnixTime,
    pub(crate) not_after: UnixTime,
}

impl Validity {
    fn check(self, time: UnixTime) -> Result<(), webpki::Error> {
        let Self { not_before, not_after } = self;
        if time < not_before {
            return Err(webpki::Error::CertNotValidYet { time, not_before });
        }
        if time > not_after {
            return Err(webpki::Error::CertExpired { time, not_after });
        }
        Ok(())
    }
}

impl ClientVerifier {
    /// That trusts nobody, yet.
    pub(crate) fn of_nobody(algorithms: WebPkiSupportedAlgorithms) -> Self {
        Self {
            anchors: Vec::new(),
            anchor_times: Vec::new(),
            self_issued: Vec::new(),
            intermediates: Vec::new(),
            revocation_lists: Vec::new(),
            hints: Vec::new(),
            algorithms,
        }
    }

    fn verify(
        &self,
        end_entity: &CertificateDer<'_>,
        sent: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        // webpki tries them all, one behind the other: a client that sends a hundred of one name could
        // keep it busy for seconds.
        if sent.len() >= CLIENT_CERTIFICATE_CHAIN_MAX {
            return Err(refusal(webpki::Error::MaximumPathDepthExceeded));
        }
        // What could not be told to APIs gets no further, whatever it is signed by.
        Certificate::from_der(end_entity).map_err(|_| CertificateError::BadEncoding)?;
        // webpki takes no certificate for a client's that may issue others, which those that
        // `openssl req -x509` makes may. There is nothing to build here, and nothing to revoke: who
        // trusts it no more takes it out of the truststore.
        if let Some(listed) = self.self_issued.iter().find(|listed| listed.der == *end_entity) {
            if !listed.is_for_clients {
                return Err(CertificateError::InvalidPurpose.into());
            }
            return listed.validity.check(now).map_err(refusal);
        }
        let between = sent.iter().chain(&self.intermediates).map(lent).collect::<Vec<_>>();
        let lists = self.revocation_lists.iter().collect::<Vec<_>>();
        let end_entity = EndEntityCert::try_from(end_entity).map_err(refusal)?;
        let verified = end_entity.verify_for_usage(
            self.algorithms.all,
            &self.anchors,
            &between,
            now,
            KeyUsage::client_auth(),
            revocation(&lists),
            Some(&|path| self.check_path(path, now)),
        );
        verified.map(drop).map_err(refusal)
    }

    /// What webpki does not look at: that the root is in its time, and how long the chain is.
    fn check_path(&self, path: &VerifiedPath<'_>, now: UnixTime) -> Result<(), webpki::Error> {
        if path.intermediate_certificates().count() + 2 > CLIENT_CERTIFICATE_CHAIN_MAX {
            return Err(webpki::Error::MaximumPathDepthExceeded);
        }
        let mut anchors = self.anchors.iter().zip(&self.anchor_times);
        match anchors.find(|(anchor, _)| *anchor == path.anchor()) {
            Some((_, validity)) => validity.check(now),
            None => Err(webpki::Error::UnknownIssuer),
        }
    }
}

fn lent<'c>(certificate: &'c CertificateDer<'_>) -> CertificateDer<'c> {
    CertificateDer::from(certificate.as_ref())
}

/// As `ssl_crl` of nginx has it: where there are lists, each certificate below the root needs one, of
/// its issuer, and not an old one.
fn revocation<'l>(lists: &'l [&'l CertRevocationList<'l>]) -> Option<RevocationOptions<'l>> {
    // None are no error, but a truststore without lists.
    let options = RevocationOptionsBuilder::new(lists).ok()?;
    let options = options.with_status_policy(UnknownStatusPolicy::Deny);
    Some(options.with_expiration_policy(ExpirationPolicy::Enforce).build())
}

/// With the alert that says best what is wrong.
fn refusal(error: webpki::Error) -> Error {
    use webpki::Error as E;
    match error {
        E::BadDer | E::BadDerTime | E::TrailingData(_) => CertificateError::BadEncoding.into(),
        E::CertNotValidYet { time, not_before } => {
            CertificateError::NotValidYetContext { time, not_before }.into()
        }
        E::CertExpired { time, not_after } => {
            CertificateError::ExpiredContext { time, not_after }.into()
        }
        E::UnknownIssuer => CertificateError::UnknownIssuer.into(),
        E::CertRevoked => CertificateError::Revoked.into(),
        E::UnknownRevocationStatus => CertificateError::UnknownRevocationStatus.into(),
        E::CrlExpired { time, next_update } => {
            CertificateError::ExpiredRevocationListContext { time, next_update }.into()
        }
        E::InvalidCrlSignatureForPublicKey => CertRevocationListError::BadSignature.into(),
        E::InvalidSignatureForPublicKey => CertificateError::BadSignature.into(),
        E::RequiredEkuNotFoundContext(_) => CertificateError::InvalidPurpose.into(),
        other => CertificateError::Other(OtherError(Arc::new(other))).into(),
    }
}

impl ClientCertVerifier for ClientVerifier {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.hints
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.verify(end_entity, intermediates, now).map(|()| ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
