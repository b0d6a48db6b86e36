//! Certificates that are shown to clients.

use prometheus::{IntGaugeVec, Opts, Registry};

/// Until when certificates hold.
#[derive(Clone, Debug)]
pub struct CertificateMetrics {
    expiry: IntGaugeVec,
}

impl CertificateMetrics {
    pub(super) fn new(registry: &Registry) -> Self {
        let legal = "metric names are legal and differ";
        let expiry = Opts::new(
            "gatewright_certificate_expiry_timestamp_seconds",
            "When a certificate that is served expires, in seconds since 1970.",
        );
        let expiry = IntGaugeVec::new(expiry, &["certificate"]).expect(legal);
        registry.register(Box::new(expiry.clone())).expect(legal);
        Self { expiry }
    }

    /// A certificate is served that holds until then.
    pub fn expires(&self, certificate: &str, unix_seconds: i64) {
        self.expiry.with_label_values(&[certificate]).set(unix_seconds);
    }

    /// A certificate is served no longer.
    pub fn forget(&self, certificate: &str) {
        // There may have been none.
        drop(self.expiry.remove_label_values(&[certificate]));
    }
}
