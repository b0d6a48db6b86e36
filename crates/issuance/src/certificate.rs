//! What a certificate says of itself.

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use x509_cert::Certificate;
use x509_cert::der::Decode;

/// When a certificate holds, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    pub(crate) not_before: i64,
    pub(crate) not_after: i64,
}

/// A file's first certificate is none.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CertificateUnreadable {
    #[error(transparent)]
    Pem(#[from] rustls_pki_types::pem::Error),
    #[error("it is no X.509 certificate")]
    X509(#[source] x509_cert::der::Error),
    #[error("it is for another key")]
    OtherKey,
}

impl Validity {
    /// When the certificate should be replaced: after two thirds of its time, or a little earlier.
    /// `spread`, from 0 to 1, says how much: certificates that were got together are not replaced
    /// together.
    pub(crate) fn renew_at(self, spread: f64) -> i64 {
        let seconds = (self.not_after - self.not_before) as f64;
        self.not_before + (seconds * (2.0 / 3.0 - spread.clamp(0.0, 1.0) / 20.0)) as i64
    }
}

/// The first certificate of a file.
pub(crate) fn read(pem: &[u8]) -> Result<Certificate, CertificateUnreadable> {
    let der = CertificateDer::from_pem_slice(pem)?;
    Certificate::from_der(&der).map_err(CertificateUnreadable::X509)
}

/// When a certificate holds.
pub(crate) fn validity(certificate: &Certificate) -> Validity {
    let validity = certificate.tbs_certificate().validity();
    // Certificates have no times before 1970, nor after the year 9999.
    let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs() as i64;
    Validity { not_before: seconds(validity.not_before), not_after: seconds(validity.not_after) }
}

/// Whether the first certificate is for a key.
pub(crate) fn check_key(pem: &[u8], public_key: &[u8]) -> Result<(), CertificateUnreadable> {
    let certificate = read(pem)?;
    let key = &certificate.tbs_certificate().subject_public_key_info().subject_public_key;
    (key.raw_bytes() == public_key).then_some(()).ok_or(CertificateUnreadable::OtherKey)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaced_after_two_thirds_or_a_little_earlier() {
        let days = 24 * 3600;
        let validity = Validity { not_before: 1000, not_after: 1000 + 90 * days };
        assert_eq!(validity.renew_at(0.0), 1000 + 60 * days);
        let earliest = validity.renew_at(1.0);
        assert!(earliest > 1000 + 55 * days && earliest < 1000 + 56 * days, "{earliest}");
    }

    #[test]
    fn a_certificate_is_looked_into() {
        let made = rcgen::generate_simple_self_signed(vec!["a.example".to_owned()]).expect("made");
        let pem = made.signing_key.serialize_pem() + &made.cert.pem();
        let validity = validity(&read(pem.as_bytes()).expect("readable"));
        assert!(validity.not_before < validity.not_after);
        check_key(pem.as_bytes(), made.signing_key.public_key_raw()).expect("the same");
        let error = check_key(pem.as_bytes(), b"another").expect_err("another");
        assert_eq!(error.to_string(), "it is for another key");
        assert!(read(b"nothing").is_err());
    }
}
