//! Metric and label names, each once.
//!
//! Children are resolved when a stage is compiled; a request only adds to atomics it already
//! holds. What is labelled by API goes away with the API, so labels stay bounded.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use http::StatusCode;
use prometheus::{
    Gauge, Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, IntGauge, Opts,
    Registry, TextEncoder,
};

/// All metrics of one process.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    registry: Registry,
    requests: IntCounterVec,
    latency: HistogramVec,
    integration_latency: HistogramVec,
    unmatched: IntCounterVec,
    upstream: UpstreamMetrics,
    catalogue: CatalogueMetrics,
    /// Live children by label values. A short lock, taken when stages are compiled or dropped.
    stages: Mutex<HashMap<Vec<String>, Weak<StageMetrics>>>,
    routes: Mutex<HashMap<Vec<String>, Weak<RouteMetrics>>>,
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

/// The metrics of one stage.
#[derive(Debug)]
pub struct StageMetrics {
    latency: Histogram,
    integration_latency: Histogram,
    key: Vec<String>,
    owner: Weak<Inner>,
}

/// The metrics of one route.
#[derive(Debug)]
pub struct RouteMetrics {
    requests: [IntCounter; StatusClass::ALL.len()],
    key: Vec<String>,
    owner: Weak<Inner>,
}

/// The first digit of a status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum StatusClass {
    Informational,
    Success,
    Redirection,
    ClientError,
    ServerError,
}

impl StatusClass {
    const ALL: [(Self, &'static str); 5] = [
        (Self::Informational, "1xx"),
        (Self::Success, "2xx"),
        (Self::Redirection, "3xx"),
        (Self::ClientError, "4xx"),
        (Self::ServerError, "5xx"),
    ];

    fn of(status: StatusCode) -> Self {
        match status.as_u16() / 100 {
            1 => Self::Informational,
            2 => Self::Success,
            3 => Self::Redirection,
            4 => Self::ClientError,
            _ => Self::ServerError,
        }
    }
}

/// Seconds; from a fast upstream on the same machine to AWS's longest integration timeout.
const LATENCY_BUCKETS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

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
        let histogram = |name: &str, help: &str| {
            let options = HistogramOpts::new(name, help).buckets(LATENCY_BUCKETS.to_vec());
            HistogramVec::new(options, &["api", "stage"]).expect(legal)
        };
        let inner = Inner {
            requests: IntCounterVec::new(
                Opts::new(
                    "gatewright_requests_total",
                    "Requests answered, by route and status class.",
                ),
                &["api", "stage", "route", "class"],
            )
            .expect(legal),
            latency: histogram(
                "gatewright_request_duration_seconds",
                "From the request's head to the answer's head.",
            ),
            integration_latency: histogram(
                "gatewright_integration_duration_seconds",
                "From sending the request to the upstream to the head of its answer.",
            ),
            unmatched: IntCounterVec::new(
                Opts::new(
                    "gatewright_unmatched_requests_total",
                    "Requests that no stage or route took, by status class.",
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
            stages: Mutex::default(),
            routes: Mutex::default(),
            registry,
        };
        let collectors: [Box<dyn prometheus::core::Collector>; 10] = [
            Box::new(inner.requests.clone()),
            Box::new(inner.latency.clone()),
            Box::new(inner.integration_latency.clone()),
            Box::new(inner.unmatched.clone()),
            Box::new(inner.upstream.open.clone()),
            Box::new(inner.upstream.opened.clone()),
            Box::new(inner.upstream.failed.clone()),
            Box::new(inner.catalogue.revision.clone()),
            Box::new(inner.catalogue.age.clone()),
            Box::new(inner.catalogue.refused.clone()),
        ];
        for collector in collectors {
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

    /// The metrics of a stage; they go when the last holder drops them.
    #[must_use]
    pub fn stage(&self, api: &str, stage: &str) -> Arc<StageMetrics> {
        let key = vec![api.to_owned(), stage.to_owned()];
        interned(&self.0.stages, key, |key| StageMetrics {
            latency: self.0.latency.with_label_values(&[api, stage]),
            integration_latency: self.0.integration_latency.with_label_values(&[api, stage]),
            key,
            owner: Arc::downgrade(&self.0),
        })
    }

    /// The metrics of a route; they go when the last holder drops them.
    #[must_use]
    pub fn route(&self, api: &str, stage: &str, route: &str) -> Arc<RouteMetrics> {
        let key = vec![api.to_owned(), stage.to_owned(), route.to_owned()];
        interned(&self.0.routes, key, |key| RouteMetrics {
            requests: StatusClass::ALL
                .map(|(_, class)| self.0.requests.with_label_values(&[api, stage, route, class])),
            key,
            owner: Arc::downgrade(&self.0),
        })
    }

    /// A request that no stage or route took.
    pub fn unmatched(&self, status: StatusCode) {
        let (_, class) = StatusClass::ALL[StatusClass::of(status) as usize];
        self.0.unmatched.with_label_values(&[class]).inc();
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

impl StageMetrics {
    /// A request was answered; `integration` is the part of it spent on the upstream.
    pub fn observe(&self, total: Duration, integration: Option<Duration>) {
        self.latency.observe(total.as_secs_f64());
        if let Some(integration) = integration {
            self.integration_latency.observe(integration.as_secs_f64());
        }
    }
}

impl RouteMetrics {
    /// A request was answered.
    pub fn answered(&self, status: StatusCode) {
        self.requests[StatusClass::of(status) as usize].inc();
    }
}

fn interned<T>(
    live: &Mutex<HashMap<Vec<String>, Weak<T>>>,
    key: Vec<String>,
    make: impl FnOnce(Vec<String>) -> T,
) -> Arc<T> {
    let mut live = live.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = live.get(&key).and_then(Weak::upgrade) {
        return found;
    }
    let made = Arc::new(make(key.clone()));
    live.insert(key, Arc::downgrade(&made));
    made
}

/// Forgets a child unless another holder made it anew meanwhile.
fn forget<T>(
    live: &Mutex<HashMap<Vec<String>, Weak<T>>>,
    key: &Vec<String>,
    remove: impl FnOnce(&[&str]),
) {
    let mut live = live.lock().unwrap_or_else(PoisonError::into_inner);
    if live.get(key).is_some_and(|weak| weak.strong_count() == 0) {
        live.remove(key);
        let labels = key.iter().map(String::as_str).collect::<Vec<_>>();
        remove(&labels);
    }
}

impl Drop for StageMetrics {
    fn drop(&mut self) {
        let Some(owner) = self.owner.upgrade() else {
            return;
        };
        forget(&owner.stages, &self.key, |labels| {
            // Absent labels are what is wanted.
            let _ = owner.latency.remove_label_values(labels);
            let _ = owner.integration_latency.remove_label_values(labels);
        });
    }
}

impl Drop for RouteMetrics {
    fn drop(&mut self) {
        let Some(owner) = self.owner.upgrade() else {
            return;
        };
        forget(&owner.routes, &self.key, |labels| {
            for (_, class) in StatusClass::ALL {
                let labels = [labels, &[class]].concat();
                // Absent labels are what is wanted.
                let _ = owner.requests.remove_label_values(&labels);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_are_shared_and_go_with_their_last_holder() {
        let metrics = Metrics::new();
        let (route, again) =
            (metrics.route("a1", "dev", "GET /"), metrics.route("a1", "dev", "GET /"));
        route.answered(StatusCode::OK);
        again.answered(StatusCode::NOT_FOUND);
        let stage = metrics.stage("a1", "dev");
        stage.observe(Duration::from_millis(3), Some(Duration::from_millis(2)));
        drop(route);
        let text = metrics.encode();
        for line in [
            r#"gatewright_requests_total{api="a1",class="2xx",route="GET /",stage="dev"} 1"#,
            r#"gatewright_requests_total{api="a1",class="4xx",route="GET /",stage="dev"} 1"#,
            r#"gatewright_request_duration_seconds_count{api="a1",stage="dev"} 1"#,
        ] {
            assert!(text.contains(line), "{text}");
        }
        drop((again, stage));
        assert!(!metrics.encode().contains("a1"));
    }
}
