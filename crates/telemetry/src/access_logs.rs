//! Access log lines: which destination an ARN means, and one thread's way to all of them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use gatewright_observe::SystemClock;
use serde_json::value::RawValue;

use crate::buffers::{Buffers, Lane};
use crate::otlp::{self, Attribute, KeyValue};

/// Where access logs go, for all threads.
#[derive(Clone, Debug)]
pub struct AccessLogs(Arc<Destinations>);

#[derive(Debug)]
pub(crate) struct Destinations {
    /// The first is standard output.
    pub(crate) lanes: Vec<Lane>,
    /// Lane and form by ARN.
    pub(crate) by_arn: HashMap<String, (usize, Form)>,
}

/// How a lane takes its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// Each with a line feed behind it.
    Lines,
    /// OTLP log records.
    Records,
}

/// Where the lines of one stage go: resolved when the stage is compiled.
#[derive(Clone, Debug)]
pub struct Destination {
    lane: usize,
    /// The attributes of its records as JSON, where it takes records.
    attributes: Option<Arc<RawValue>>,
}

/// One traffic thread's part. What it holds back is handed over every 200 ms, and when it goes.
#[derive(Debug)]
pub struct AccessLogWorker {
    buffers: Rc<RefCell<Buffers>>,
    /// The line that becomes a record.
    scratch: RefCell<Vec<u8>>,
}

impl AccessLogs {
    pub(crate) fn new(destinations: Destinations) -> Self {
        Self(Arc::new(destinations))
    }

    /// Where a stage's lines go: what configuration says of the ARN, or standard output.
    /// CloudWatch writes a log group's ARN with and without `:*` behind it; both mean the same.
    #[must_use]
    pub fn destination(&self, arn: &str, api_id: &str, stage: &str) -> Destination {
        let found = self.0.by_arn.get(plain_arn(arn)).copied();
        let (lane, form) = found.unwrap_or((0, Form::Lines));
        let attributes = (form == Form::Records).then(|| {
            let attributes = [
                KeyValue::new("gatewright.api.id", Attribute::Text(api_id)),
                KeyValue::new("gatewright.stage", Attribute::Text(stage)),
                KeyValue::new("gatewright.access_log.destination_arn", Attribute::Text(arn)),
            ];
            Arc::from(otlp::raw(&attributes))
        });
        Destination { lane, attributes }
    }

    /// The part of the current thread, which must run a local runtime.
    #[must_use]
    pub fn worker(&self) -> AccessLogWorker {
        let buffers = Buffers::new(self.0.lanes.iter().cloned()).ticking();
        AccessLogWorker { buffers, scratch: RefCell::default() }
    }
}

/// An ARN as the table of destinations has it.
pub(crate) fn plain_arn(arn: &str) -> &str {
    arn.strip_suffix(":*").unwrap_or(arn)
}

impl AccessLogWorker {
    /// Logs one line: `write` appends it, without a line feed. Never waits; `write` must not log.
    pub fn line(&self, destination: &Destination, write: impl FnOnce(&mut Vec<u8>)) {
        let mut buffers = self.buffers.borrow_mut();
        let Some(attributes) = &destination.attributes else {
            buffers.append(destination.lane, |bytes| {
                write(bytes);
                bytes.push(b'\n');
            });
            return;
        };
        let mut line = self.scratch.borrow_mut();
        line.clear();
        write(&mut line);
        let now = SystemClock.unix_nanos();
        buffers.append(destination.lane, |bytes| otlp::log_record(bytes, &line, now, attributes));
    }

    /// Hands over what is held back.
    pub fn flush(&self) {
        self.buffers.borrow_mut().flush();
    }
}
