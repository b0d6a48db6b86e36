//! What leaves the machine about requests: access log lines and spans, and what of it was lost.

use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

/// The way of records to one place.
#[derive(Clone, Debug)]
pub struct DeliveryMetrics {
    delivered: IntCounter,
    dropped: IntCounter,
    errors: IntCounter,
}

impl DeliveryMetrics {
    /// Records were written, or accepted by the receiver.
    pub fn delivered(&self, records: u64) {
        self.delivered.inc_by(records);
    }

    /// Records were given up.
    pub fn dropped(&self, records: u64) {
        self.dropped.inc_by(records);
    }

    /// An attempt to deliver failed.
    pub fn failed(&self) {
        self.errors.inc();
    }
}

/// All families of the kind.
#[derive(Debug)]
pub(super) struct Deliveries {
    lines: IntCounterVec,
    lines_dropped: IntCounterVec,
    write_errors: IntCounterVec,
    spans: DeliveryMetrics,
}

impl Deliveries {
    pub(super) fn new(registry: &Registry) -> Self {
        let legal = "metric names are legal and differ";
        let family = |name: &str, help: &str| {
            let family = IntCounterVec::new(Opts::new(name, help), &["destination"]).expect(legal);
            registry.register(Box::new(family.clone())).expect(legal);
            family
        };
        let counter = |name: &str, help: &str| {
            let counter = IntCounter::new(name, help).expect(legal);
            registry.register(Box::new(counter.clone())).expect(legal);
            counter
        };
        Self {
            lines: family(
                "gatewright_access_log_lines_total",
                "Access log lines that were written.",
            ),
            lines_dropped: family(
                "gatewright_access_log_lines_dropped_total",
                "Access log lines lost: the destination was too slow, or a write failed.",
            ),
            write_errors: family(
                "gatewright_access_log_write_errors_total",
                "Attempts to write access log lines that failed.",
            ),
            spans: DeliveryMetrics {
                delivered: counter(
                    "gatewright_spans_total",
                    "Spans that the OTLP endpoint accepted.",
                ),
                dropped: counter(
                    "gatewright_spans_dropped_total",
                    "Spans lost: the OTLP endpoint was too slow, away, or refused them.",
                ),
                errors: counter(
                    "gatewright_span_export_errors_total",
                    "Attempts to send spans that failed.",
                ),
            },
        }
    }

    pub(super) fn access_log(&self, destination: &str) -> DeliveryMetrics {
        DeliveryMetrics {
            delivered: self.lines.with_label_values(&[destination]),
            dropped: self.lines_dropped.with_label_values(&[destination]),
            errors: self.write_errors.with_label_values(&[destination]),
        }
    }

    pub(super) fn spans(&self) -> DeliveryMetrics {
        self.spans.clone()
    }
}
