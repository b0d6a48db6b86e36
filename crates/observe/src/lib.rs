//! What operators see, and what needs the outside world to be seen: metrics, request ids, the
//! clock, random ids, logs.

mod clock;
mod logging;
mod metrics;
mod random_ids;
mod request_id;
mod trace_id;

pub use clock::SystemClock;
pub use logging::{LogFormat, LoggingError, start_logging};
pub use metrics::{
    CatalogueMetrics, CertificateMetrics, DeliveryMetrics, HandshakeMetrics, HandshakeOutcome,
    IssuanceMetrics, Metrics, TrafficMetrics, UpstreamMetrics,
};
pub use random_ids::RandomIds;
pub use request_id::RequestId;
pub use trace_id::new_trace_id;
