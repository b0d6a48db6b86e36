//! What API Gateway counts of an API's requests (`http-api-metrics`), for a stage or a route.
//!
//! | AWS | here |
//! | --- | --- |
//! | `Count`, `4xx`, `5xx` | `…requests_total`, by `class` |
//! | `Latency` | `…request_duration_seconds` |
//! | `IntegrationLatency` | `…integration_duration_seconds` |
//! | `DataProcessed` | `…data_processed_bytes_total` |
//!
//! AWS's dimensions `ApiId`, `Stage` and `Route` are the labels `api`, `stage` and `route`. A route
//! has a family of its own, so that a sum over either counts each request once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use http::StatusCode;
use prometheus::core::Collector;
use prometheus::{Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts};

/// Metrics with the same labels.
#[derive(Debug)]
pub(super) struct TrafficFamily {
    requests: IntCounterVec,
    latency: HistogramVec,
    integration_latency: HistogramVec,
    data_processed: IntCounterVec,
    /// Live children by label values. A short lock, taken when stages are compiled or dropped.
    live: Mutex<HashMap<Vec<String>, Weak<TrafficMetrics>>>,
}

/// The metrics of one stage, or of one route. They go when their last holder drops them.
#[derive(Debug)]
pub struct TrafficMetrics {
    requests: [IntCounter; STATUS_CLASSES.len()],
    latency: Histogram,
    integration_latency: Histogram,
    data_processed: IntCounter,
    labels: Vec<String>,
    family: Weak<TrafficFamily>,
}

const STATUS_CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];

/// The class of a status, by its first digit.
pub(super) fn status_class(status: StatusCode) -> usize {
    usize::from(status.as_u16() / 100).clamp(1, STATUS_CLASSES.len()) - 1
}

pub(super) fn status_class_name(status: StatusCode) -> &'static str {
    STATUS_CLASSES[status_class(status)]
}

/// Seconds; from a fast upstream on the same machine to AWS's longest integration timeout.
const LATENCY_BUCKETS: [f64; 14] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

impl TrafficFamily {
    /// A family whose names begin with a prefix.
    pub(super) fn new(prefix: &str, labels: &[&str]) -> prometheus::Result<Arc<Self>> {
        let options = |name: &str, help: &str| Opts::new(format!("{prefix}{name}"), help);
        let histogram = |name: &str, help: &str| {
            let options = HistogramOpts::from(options(name, help));
            HistogramVec::new(options.buckets(LATENCY_BUCKETS.to_vec()), labels)
        };
        Ok(Arc::new(Self {
            requests: IntCounterVec::new(
                options("requests_total", "Requests answered, by status class."),
                &[labels, &["class"]].concat(),
            )?,
            latency: histogram(
                "request_duration_seconds",
                "From the request's head to the answer's head.",
            )?,
            integration_latency: histogram(
                "integration_duration_seconds",
                "From sending the request to the upstream to the head of its answer.",
            )?,
            data_processed: IntCounterVec::new(
                options("data_processed_bytes_total", "Bytes of bodies, in and out."),
                labels,
            )?,
            live: Mutex::default(),
        }))
    }

    pub(super) fn collectors(&self) -> [Box<dyn Collector>; 4] {
        [
            Box::new(self.requests.clone()),
            Box::new(self.latency.clone()),
            Box::new(self.integration_latency.clone()),
            Box::new(self.data_processed.clone()),
        ]
    }

    /// The metrics with these labels' values; those that are there, while anybody holds them.
    pub(super) fn metrics(self: &Arc<Self>, values: &[&str]) -> Arc<TrafficMetrics> {
        let labels = values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = live.get(&labels).and_then(Weak::upgrade) {
            return found;
        }
        let made = Arc::new(TrafficMetrics {
            requests: STATUS_CLASSES
                .map(|class| self.requests.with_label_values(&[values, &[class]].concat())),
            latency: self.latency.with_label_values(values),
            integration_latency: self.integration_latency.with_label_values(values),
            data_processed: self.data_processed.with_label_values(values),
            labels: labels.clone(),
            family: Arc::downgrade(self),
        });
        live.insert(labels, Arc::downgrade(&made));
        made
    }

    /// Forgets a child unless another holder made it anew meanwhile.
    fn forget(&self, labels: &Vec<String>) {
        let mut live = self.live.lock().unwrap_or_else(PoisonError::into_inner);
        if live.get(labels).is_none_or(|weak| weak.strong_count() > 0) {
            return;
        }
        live.remove(labels);
        let values = labels.iter().map(String::as_str).collect::<Vec<_>>();
        // Absent labels are what is wanted.
        for class in STATUS_CLASSES {
            let _ = self.requests.remove_label_values(&[&values[..], &[class]].concat());
        }
        let _ = self.latency.remove_label_values(&values);
        let _ = self.integration_latency.remove_label_values(&values);
        let _ = self.data_processed.remove_label_values(&values);
    }
}

impl TrafficMetrics {
    /// A request was answered; `integration` is the part of it spent on the upstream.
    pub fn answered(&self, status: StatusCode, total: Duration, integration: Option<Duration>) {
        self.requests[status_class(status)].inc();
        self.latency.observe(total.as_secs_f64());
        if let Some(integration) = integration {
            self.integration_latency.observe(integration.as_secs_f64());
        }
    }

    /// Bytes of a request's and its answer's bodies went through.
    pub fn data_processed(&self, bytes: u64) {
        self.data_processed.inc_by(bytes);
    }
}

impl Drop for TrafficMetrics {
    fn drop(&mut self) {
        if let Some(family) = self.family.upgrade() {
            family.forget(&self.labels);
        }
    }
}
