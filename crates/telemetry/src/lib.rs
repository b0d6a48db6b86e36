//! What leaves the machine about requests: access log lines to where `access_logs` in the
//! configuration says, and spans to an OTLP endpoint.
//!
//! Nothing here ever makes traffic wait. A traffic thread appends to buffers of its own
//! (`buffers`), which go through bounded queues (`queue`) to a thread for each sink: `writer` for
//! standard output and files, `otlp` for the collector. What a full queue does not take is dropped,
//! and counted.

mod access_logs;
mod buffers;
mod options;
mod otlp;
mod queue;
mod spans;
mod telemetry;
mod writer;

pub use access_logs::{AccessLogWorker, AccessLogs, Destination};
pub use options::{AccessLogOptions, FileOptions, KEYS, Options, OptionsError, Sink, TABLE_KEYS};
pub use spans::{Span, SpanEnd, SpanWorker, Spans};
pub use telemetry::{Telemetry, TelemetryError};
