//! Certificates that are got by ACME.

use prometheus::{IntCounter, IntCounterVec, IntGaugeVec, Opts, Registry};

/// Orders, and what came of them.
#[derive(Clone, Debug)]
pub struct IssuanceMetrics {
    expiry: IntGaugeVec,
    issued: IntCounter,
    failed: IntCounter,
}

impl IssuanceMetrics {
    pub(super) fn new(registry: &Registry) -> Self {
        let legal = "metric names are legal and differ";
        let expiry = Opts::new(
            "gatewright_acme_certificate_expiry_timestamp_seconds",
            "When a domain name's certificate expires, in seconds since 1970.",
        );
        let expiry = IntGaugeVec::new(expiry, &["domain_name"]).expect(legal);
        let orders =
            Opts::new("gatewright_acme_orders_total", "Orders of this replica, by their outcome.");
        let orders = IntCounterVec::new(orders, &["outcome"]).expect(legal);
        registry.register(Box::new(expiry.clone())).expect(legal);
        registry.register(Box::new(orders.clone())).expect(legal);
        let outcome = |name| orders.with_label_values(&[name]);
        Self { expiry, issued: outcome("issued"), failed: outcome("failed") }
    }

    /// An order brought a certificate.
    pub fn issued(&self) {
        self.issued.inc();
    }

    /// An order brought none.
    pub fn failed(&self) {
        self.failed.inc();
    }

    /// A domain name has a certificate until then.
    pub fn expires(&self, domain_name: &str, unix_seconds: i64) {
        self.expiry.with_label_values(&[domain_name]).set(unix_seconds);
    }

    /// A domain name has none of ours any more.
    pub fn forget(&self, domain_name: &str) {
        // There may have been none.
        drop(self.expiry.remove_label_values(&[domain_name]));
    }
}
