//! Metric and label names, each once.
//!
//! Children are resolved when a stage is compiled; a request only adds to atomics it already
//! holds. What is labelled by API goes away with the API, so labels stay bounded.

mod certificates;
mod delivery;
mod handshakes;
mod issuance;
mod traffic;

use std::sync::Arc;

use http::StatusCode;
use prometheus::core::Collector;
use prometheus::{Gauge, IntCounter, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

pub use self::certificates::CertificateMetrics;
use self::delivery::Deliveries;
pub use self::delivery::DeliveryMetrics;
pub use self::handshakes::{HandshakeMetrics, HandshakeOutcome};
pub use self::issuance::IssuanceMetrics;
pub use self::traffic::TrafficMetrics;
use self::traffic::{TrafficFamily, status_class_name};

/// All metrics of one process.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    stages: Arc<TrafficFamily>,
    routes: Arc<TrafficFamily>,
    unmatched: IntCounterVec,
    upstream: UpstreamMetrics,
    catalogue: CatalogueMetrics,
    deliveries: Deliveries,
    handshakes: HandshakeMetrics,
    certificates: CertificateMetrics,
    issuance: IssuanceMetrics,
}

/// Connections to upstreams.
#[derive(Clone, Debug)]
pub struct UpstreamMetrics {
    open: IntGauge,
    opened: IntCounter,
    failed: IntCounter,
}

/// What is served, and how fresh it is.
#[derive(Clone, Debug)]
pub struct CatalogueMetrics {
    /// The newest revision applied.
    pub revision: IntGauge,
    /// Seconds since the control plane last said that nothing newer exists.
    pub age: Gauge,
    /// 1 while an entry is refused, or the copy on disk was damaged.
    pub refused: IntGauge,
}

impl Metrics {
    /// New metrics, all zero.
    ///
    /// # Panics
    ///
    /// Never: the names below are legal and differ.
    #[must_use]
    pub fn new() -> Self {
        let registry = Registry::new();
        let legal = "metric names are legal and differ";
        let counter = |name: &str, help: &str| IntCounter::new(name, help).expect(legal);
        let gauge = |name: &str, help: &str| IntGauge::new(name, help).expect(legal);
        let inner = Inner {
            stages: TrafficFamily::new("gatewright_", &["api", "stage"]).expect(legal),
            routes: TrafficFamily::new("gatewright_route_", &["api", "stage", "route"])
                .expect(legal),
            unmatched: IntCounterVec::new(
                Opts::new(
                    "gatewright_unmatched_requests_total",
                    "Requests that no stage took, by status class.",
                ),
                &["class"],
            )
            .expect(legal),
            upstream: UpstreamMetrics {
                open: gauge("gatewright_upstream_connections", "Open connections to upstreams."),
                opened: counter(
                    "gatewright_upstream_connects_total",
                    "Connections to upstreams that were opened.",
                ),
                failed: counter(
                    "gatewright_upstream_connect_failures_total",
                    "Connections to upstreams that could not be opened.",
                ),
            },
            catalogue: CatalogueMetrics {
                revision: gauge("gatewright_catalogue_revision", "Newest revision that is served."),
                age: Gauge::new(
                    "gatewright_catalogue_age_seconds",
                    "Seconds since the control plane last confirmed the catalogue.",
                )
                .expect(legal),
                refused: gauge(
                    "gatewright_catalogue_refused",
                    "1 while a change from the control plane is refused and the last good catalogue serves on.",
                ),
            },
            deliveries: Deliveries::new(&registry),
            handshakes: HandshakeMetrics::new(&registry),
            certificates: CertificateMetrics::new(&registry),
            issuance: IssuanceMetrics::new(&registry),
            registry,
        };
        let collectors: [Box<dyn Collector>; 7] = [
            Box::new(inner.unmatched.clone()),
            Box::new(inner.upstream.open.clone()),
            Box::new(inner.upstream.opened.clone()),
            Box::new(inner.upstream.failed.clone()),
            Box::new(inner.catalogue.revision.clone()),
            Box::new(inner.catalogue.age.clone()),
            Box::new(inner.catalogue.refused.clone()),
        ];
        let traffic = inner.stages.collectors().into_iter().chain(inner.routes.collectors());
        for collector in collectors.into_iter().chain(traffic) {
            inner.registry.register(collector).expect(legal);
        }
        Self(Arc::new(inner))
    }

    /// Connections to upstreams.
    #[must_use]
    pub fn upstream(&self) -> UpstreamMetrics {
        self.0.upstream.clone()
    }

    /// What is served.
    #[must_use]
    pub fn catalogue(&self) -> CatalogueMetrics {
        self.0.catalogue.clone()
    }

    /// TLS handshakes of clients.
    #[must_use]
    pub fn handshakes(&self) -> HandshakeMetrics {
        self.0.handshakes.clone()
    }

    /// Certificates that are served.
    #[must_use]
    pub fn certificates(&self) -> CertificateMetrics {
        self.0.certificates.clone()
    }

    /// Certificates that are got by ACME.
    #[must_use]
    pub fn issuance(&self) -> IssuanceMetrics {
        self.0.issuance.clone()
    }

    /// Access log lines on their way to a destination, which configuration names.
    #[must_use]
    pub fn access_log(&self, destination: &str) -> DeliveryMetrics {
        self.0.deliveries.access_log(destination)
    }

    /// Spans on their way to the OTLP endpoint.
    #[must_use]
    pub fn spans(&self) -> DeliveryMetrics {
        self.0.deliveries.spans()
    }

    /// The metrics of a stage; they go when the last holder drops them.
    #[must_use]
    pub fn stage(&self, api: &str, stage: &str) -> Arc<TrafficMetrics> {
        self.0.stages.metrics(&[api, stage])
    }

    /// The metrics of a route, where `detailedMetricsEnabled` asks for them; likewise.
    #[must_use]
    pub fn route(&self, api: &str, stage: &str, route: &str) -> Arc<TrafficMetrics> {
        self.0.routes.metrics(&[api, stage, route])
    }

    /// A request that no stage took.
    pub fn unmatched(&self, status: StatusCode) {
        self.0.unmatched.with_label_values(&[status_class_name(status)]).inc();
    }

    /// Everything in Prometheus' text format.
    #[must_use]
    pub fn encode(&self) -> String {
        TextEncoder::new().encode_to_string(&self.0.registry.gather()).unwrap_or_else(|error| {
            tracing::error!(%error, "metrics cannot be encoded");
            String::new()
        })
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl UpstreamMetrics {
    /// A connection was opened.
    pub fn connection_opened(&self) {
        self.opened.inc();
        self.open.inc();
    }

    /// An open connection is no more.
    pub fn connection_closed(&self) {
        self.open.dec();
    }

    /// A connection could not be opened.
    pub fn connect_failed(&self) {
        self.failed.inc();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn children_are_shared_and_go_with_their_last_holder() {
        let metrics = Metrics::new();
        let (route, again) =
            (metrics.route("a1", "dev", "GET /"), metrics.route("a1", "dev", "GET /"));
        route.answered(StatusCode::OK, Duration::from_millis(3), Some(Duration::from_millis(2)));
        again.answered(StatusCode::NOT_FOUND, Duration::ZERO, None);
        let stage = metrics.stage("a1", "dev");
        stage.answered(StatusCode::OK, Duration::ZERO, None);
        stage.data_processed(7);
        drop(route);
        let text = metrics.encode();
        for line in [
            r#"gatewright_route_requests_total{api="a1",class="2xx",route="GET /",stage="dev"} 1"#,
            r#"gatewright_route_requests_total{api="a1",class="4xx",route="GET /",stage="dev"} 1"#,
            r#"gatewright_route_request_duration_seconds_count{api="a1",route="GET /",stage="dev"} 2"#,
            r#"gatewright_route_integration_duration_seconds_sum{api="a1",route="GET /",stage="dev"} 0.002"#,
            r#"gatewright_requests_total{api="a1",class="2xx",stage="dev"} 1"#,
            r#"gatewright_data_processed_bytes_total{api="a1",stage="dev"} 7"#,
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
        drop((again, stage));
        assert!(!metrics.encode().contains("a1"));
    }
}
