//! Certificates that are got by ACME.

use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

/// Orders, and what came of them.
#[derive(Clone, Debug)]
pub struct IssuanceMetrics {
    issued: IntCounter,
    failed: IntCounter,
}

impl IssuanceMetrics {
    pub(super) fn new(registry: &Registry) -> Self {
        let legal = "metric names are legal and differ";
        let orders =
            Opts::new("gatewright_acme_orders_total", "Orders of this replica, by their outcome.");
        let orders = IntCounterVec::new(orders, &["outcome"]).expect(legal);
        registry.register(Box::new(orders.clone())).expect(legal);
        let outcome = |name| orders.with_label_values(&[name]);
        Self { issued: outcome("issued"), failed: outcome("failed") }
    }

    /// An order brought a certificate.
    pub fn issued(&self) {
        self.issued.inc();
    }

    /// An order brought none.
    pub fn failed(&self) {
        self.failed.inc();
    }
}
