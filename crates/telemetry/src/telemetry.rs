//! The threads behind: one for each sink, owned, and ended last.

use std::collections::HashMap;
use std::io;
use std::path::PathBuf;
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use gatewright_egress::Egress;
use gatewright_observe::Metrics;
use tokio::time::Instant;

use crate::access_logs::{Destinations, Form, plain_arn};
use crate::buffers::Lane;
use crate::otlp::{Endpoint, Exporter};
use crate::queue::{Queue, Stop};
use crate::writer::{self, LineSink, LogFile, Stdout};
use crate::{AccessLogOptions, AccessLogs, Options, OptionsError, Sink, Spans};

/// How long what is queued at the end gets to leave.
const STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// All that leaves the machine, and the threads that send it.
#[derive(Debug)]
pub struct Telemetry {
    access_logs: AccessLogs,
    spans: Spans,
    threads: Vec<SinkThread>,
}

/// Telemetry cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// What is configured contradicts itself.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// A file cannot be opened.
    #[error("access_logs.\"{arn}\".path: cannot open {}", path.display())]
    File {
        /// Whose.
        arn: String,
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Headers for the OTLP endpoint cannot be used.
    #[error("telemetry.otlp_headers_file")]
    Headers(#[source] io::Error),
    /// Standard output cannot be used.
    #[error("access logs on standard output")]
    Stdout(#[source] io::Error),
    /// The operating system has no thread.
    #[error("cannot start the thread of {0}")]
    Thread(&'static str, #[source] io::Error),
}

#[derive(Debug)]
struct SinkThread {
    name: &'static str,
    stops: Vec<Stop>,
    thread: JoinHandle<()>,
    /// Nothing ever comes; it is closed at the thread's end.
    ended: mpsc::Receiver<()>,
}

impl Telemetry {
    /// Opens what is configured and starts its threads. `egress` is the operator's own way out: the
    /// endpoint is not one that an API could name.
    ///
    /// # Errors
    ///
    /// [`TelemetryError`] names the key.
    pub fn start(
        options: &Options,
        access_logs: &AccessLogOptions,
        egress: &Egress,
        metrics: &Metrics,
    ) -> Result<Self, TelemetryError> {
        options.check(access_logs)?;
        let mut starting = Starting { metrics, threads: Vec::new() };
        let (exporter, spans) = starting.exporter(options, egress)?;
        let destinations = starting.destinations(access_logs, exporter.as_ref())?;
        Ok(Self {
            access_logs: AccessLogs::new(destinations),
            spans: Spans::new(spans, options.sample_ratio),
            threads: starting.threads,
        })
    }

    /// Where access logs go.
    #[must_use]
    pub fn access_logs(&self) -> AccessLogs {
        self.access_logs.clone()
    }

    /// Where spans go, if they are wanted.
    #[must_use]
    pub fn spans(&self) -> Spans {
        self.spans.clone()
    }

    /// Ends the threads behind what is queued; call it when all workers are gone. A sink that takes
    /// nothing for 5 s more is left behind, since it may never.
    pub fn stop(self) {
        let mut threads = self.threads;
        for stop in threads.iter_mut().flat_map(|thread| thread.stops.drain(..)) {
            stop.send();
        }
        let deadline = Instant::now() + STOP_TIMEOUT;
        for SinkThread { name, thread, ended, .. } in threads {
            let left = deadline.saturating_duration_since(Instant::now());
            if ended.recv_timeout(left) == Err(mpsc::RecvTimeoutError::Timeout) {
                tracing::warn!(name, "not everything was written before the end");
            } else if thread.join().is_err() {
                tracing::error!(name, "a telemetry thread panicked");
            }
        }
    }
}

struct Starting<'a> {
    metrics: &'a Metrics,
    threads: Vec<SinkThread>,
}

impl Starting<'_> {
    /// The queue of OTLP log records, and the lane of spans.
    fn exporter(
        &mut self,
        options: &Options,
        egress: &Egress,
    ) -> Result<(Option<Queue>, Option<Lane>), TelemetryError> {
        let Some(endpoint) = Endpoint::parse(options) else {
            return Ok((None, None));
        };
        endpoint.headers().map_err(TelemetryError::Headers)?;
        let (logs, logs_outlet, logs_stop) = Queue::new();
        let (traces, traces_outlet, traces_stop) = Queue::new();
        let exporter = Exporter::new(endpoint, egress.clone());
        let work = move || exporter.run(logs_outlet, traces_outlet);
        self.thread("otlp", vec![logs_stop, traces_stop], work)?;
        Ok((Some(logs), Some(Lane { queue: traces, metrics: self.metrics.spans() })))
    }

    fn destinations(
        &mut self,
        access_logs: &AccessLogOptions,
        records: Option<&Queue>,
    ) -> Result<Destinations, TelemetryError> {
        let stdout = Stdout::open().map_err(TelemetryError::Stdout)?;
        let stdout = Lane {
            queue: self.writer("stdout", "standard output".to_owned(), stdout)?,
            metrics: self.metrics.access_log("stdout"),
        };
        let mut files = HashMap::new();
        let mut lanes = vec![stdout.clone()];
        let mut by_arn = HashMap::new();
        for (arn, sink) in access_logs {
            let (queue, form) = match (sink, records) {
                (Sink::Stdout {}, _) => (stdout.queue.clone(), Form::Lines),
                (Sink::Otlp {}, Some(records)) => (records.clone(), Form::Records),
                (Sink::Otlp {}, None) => return Err(OptionsError::NoEndpoint(arn.clone()).into()),
                (Sink::File(options), _) => {
                    let queue = match files.get(&options.path) {
                        Some(queue) => Queue::clone(queue),
                        None => {
                            let file = LogFile::open(options).map_err(|source| {
                                let (arn, path) = (arn.clone(), options.path.clone());
                                TelemetryError::File { arn, path, source }
                            })?;
                            self.writer("access-log", options.path.display().to_string(), file)?
                        }
                    };
                    files.insert(&options.path, queue.clone());
                    (queue, Form::Lines)
                }
            };
            by_arn.insert(plain_arn(arn).to_owned(), (lanes.len(), form));
            lanes.push(Lane { queue, metrics: self.metrics.access_log(arn) });
        }
        Ok(Destinations { lanes, by_arn })
    }

    fn writer<S: LineSink + Send + 'static>(
        &mut self,
        thread: &'static str,
        name: String,
        mut sink: S,
    ) -> Result<Queue, TelemetryError> {
        let (queue, outlet, stop) = Queue::new();
        self.thread(thread, vec![stop], move || writer::run(&name, outlet, &mut sink))?;
        Ok(queue)
    }

    fn thread(
        &mut self,
        name: &'static str,
        stops: Vec<Stop>,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<(), TelemetryError> {
        let (ends, ended) = mpsc::sync_channel(1);
        let work = move || {
            let _ends: mpsc::SyncSender<()> = ends;
            work();
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(work);
        let thread = thread.map_err(|error| TelemetryError::Thread(name, error))?;
        self.threads.push(SinkThread { name, stops, thread, ended });
        Ok(())
    }
}
