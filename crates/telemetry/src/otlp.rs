//! OTLP over HTTP with JSON (<https://opentelemetry.io/docs/specs/otlp/>): log records and spans
//! to one endpoint, by one thread.

mod delivery;
mod endpoint;
mod json;

use bytes::Bytes;
use gatewright_egress::{Client, Egress};
use gatewright_observe::RandomIds;
use gatewright_types::IdSource;
use http_body_util::Full;
use serde_json::value::RawValue;
use tokio::runtime::{Builder, LocalOptions};

pub(crate) use self::endpoint::Endpoint;
pub(crate) use self::json::{Attribute, Int64, KeyValue, append, log_record, raw};
use crate::queue::{Batch, Message, Outlet};

/// Sends what comes out of two queues.
#[derive(Debug)]
pub(crate) struct Exporter {
    endpoint: Endpoint,
    egress: Egress,
}

/// What is sent, to where below the endpoint, and what stands around the records.
#[derive(Debug)]
struct Signal {
    name: &'static str,
    path: &'static str,
    head: String,
    tail: &'static str,
}

/// Batches of about 32 KiB that go out together, if they wait.
const BATCHES_MAX: usize = 16;

impl Exporter {
    pub(crate) fn new(endpoint: Endpoint, egress: Egress) -> Self {
        Self { endpoint, egress }
    }

    /// Sends until both queues are told to stop.
    pub(crate) fn run(&self, logs: Outlet, traces: Outlet) {
        let runtime =
            Builder::new_current_thread().enable_all().build_local(LocalOptions::default());
        match runtime {
            Ok(runtime) => runtime.block_on(async {
                // One of this process: replicas can be told apart.
                let resource = json::resource(&RandomIds.next_id(16));
                let client = self.egress.worker();
                let (log_signal, trace_signal) =
                    (Signal::logs(&resource), Signal::traces(&resource));
                tokio::join!(
                    self.send_all(&client, &log_signal, logs),
                    self.send_all(&client, &trace_signal, traces),
                );
            }),
            Err(error) => tracing::error!(%error, "the OTLP thread cannot begin"),
        }
    }

    async fn send_all(&self, client: &Client<Full<Bytes>>, signal: &Signal, mut outlet: Outlet) {
        let mut messages = Vec::with_capacity(BATCHES_MAX);
        let mut stopped = false;
        while !stopped && outlet.recv_many(&mut messages, BATCHES_MAX).await > 0 {
            let mut batches = Vec::with_capacity(messages.len());
            for message in messages.drain(..) {
                match message {
                    Message::Batch(batch) => batches.push(batch),
                    Message::Stop => stopped = true,
                }
            }
            if !batches.is_empty() {
                let body = signal.request(&batches);
                let rejected = self.deliver(client, signal, &body, &batches).await;
                count(&batches, rejected);
            }
        }
    }
}

/// What was not accepted is not said by name: the first ones are taken for it.
fn count(batches: &[Batch], mut rejected: u64) {
    for batch in batches {
        let dropped = batch.records.min(rejected);
        rejected -= dropped;
        batch.metrics.dropped(dropped);
        batch.metrics.delivered(batch.records - dropped);
    }
}

impl Signal {
    fn logs(resource: &RawValue) -> Self {
        Self {
            name: "logs",
            path: "v1/logs",
            head: format!(
                r#"{{"resourceLogs":[{{"resource":{resource},"scopeLogs":[{{"scope":{{"name":"gatewright.access_log"}},"logRecords":["#
            ),
            tail: "]}]}]}",
        }
    }

    fn traces(resource: &RawValue) -> Self {
        Self {
            name: "traces",
            path: "v1/traces",
            head: format!(
                r#"{{"resourceSpans":[{{"resource":{resource},"scopeSpans":[{{"scope":{{"name":"gatewright"}},"spans":["#
            ),
            tail: "]}]}]}",
        }
    }

    /// Records are JSON, each with a comma behind it.
    fn request(&self, batches: &[Batch]) -> Bytes {
        let records = batches.iter().map(|batch| batch.bytes.len()).sum::<usize>();
        let mut body = Vec::with_capacity(self.head.len() + records + self.tail.len());
        body.extend_from_slice(self.head.as_bytes());
        batches.iter().for_each(|batch| body.extend_from_slice(&batch.bytes));
        // The last comma.
        body.pop();
        body.extend_from_slice(self.tail.as_bytes());
        body.into()
    }
}
