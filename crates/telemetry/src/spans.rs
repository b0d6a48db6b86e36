//! Server spans with W3C trace context (<https://www.w3.org/TR/trace-context/>). A parent's sampled
//! flag is followed; without one, a part of the traces is recorded, chosen by trace id.

mod record;
mod traceparent;
mod tracestate;

use std::cell::RefCell;
use std::rc::Rc;

use gatewright_observe::SystemClock;
use http::header::{HeaderMap, HeaderName, HeaderValue};

pub use self::record::SpanEnd;
use self::traceparent::TraceParent;
use crate::buffers::{Buffers, Lane};

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");

/// Where spans go, for all threads; nowhere when `telemetry.otlp_endpoint` is not set.
#[derive(Clone, Debug)]
pub struct Spans(Option<Sampled>);

#[derive(Clone, Debug)]
struct Sampled {
    lane: Lane,
    /// Of the 2^56 values of a trace id's last seven bytes, those below are recorded.
    threshold: u64,
}

/// One traffic thread's part. What it holds back is handed over every 200 ms, and when it goes.
#[derive(Debug)]
pub struct SpanWorker(Option<Recording>);

#[derive(Debug)]
struct Recording {
    buffers: Rc<RefCell<Buffers>>,
    threshold: u64,
}

/// A request that has begun.
#[derive(Debug)]
pub struct Span {
    context: TraceParent,
    parent: Option<u64>,
    keeps_tracestate: bool,
    /// Absent where it is not sampled.
    recorded: Option<Recorded>,
}

#[derive(Debug)]
struct Recorded {
    started_unix_nanos: u64,
    tracestate: Option<HeaderValue>,
}

/// Trace ids are random in their last seven bytes at least.
const RANDOM_BITS: u32 = 56;

impl Spans {
    pub(crate) fn new(lane: Option<Lane>, ratio: f64) -> Self {
        // Rounded, and 1.0 takes all: a value below 2^56 is never at the threshold.
        let threshold = (ratio * (1_u64 << RANDOM_BITS) as f64) as u64;
        Self(lane.map(|lane| Sampled { lane, threshold }))
    }

    /// The part of the current thread, which must run a local runtime.
    #[must_use]
    pub fn worker(&self) -> SpanWorker {
        SpanWorker(self.0.as_ref().map(|Sampled { lane, threshold }| Recording {
            buffers: Buffers::new(std::iter::once(lane.clone())).ticking(),
            threshold: *threshold,
        }))
    }
}

impl SpanWorker {
    /// Begins a request's span; none when spans are off. An invalid `traceparent`, or more than one,
    /// is as none.
    #[must_use]
    pub fn begin(&self, headers: &HeaderMap) -> Option<Span> {
        let recording = self.0.as_ref()?;
        let parent = single(headers, &TRACEPARENT).and_then(TraceParent::parse);
        let trace_id = parent.as_ref().map_or_else(new_trace_id, |parent| parent.trace_id);
        let sampled = parent.as_ref().map_or_else(
            || trace_id as u64 & ((1 << RANDOM_BITS) - 1) < recording.threshold,
            |parent| parent.sampled,
        );
        let keeps_tracestate = parent.is_some() && tracestate::is_valid(headers);
        let recorded = sampled.then(|| Recorded {
            started_unix_nanos: SystemClock.unix_nanos(),
            tracestate: keeps_tracestate.then(|| tracestate::combined(headers)).flatten(),
        });
        Some(Span {
            context: TraceParent { trace_id, span_id: new_span_id(), sampled },
            parent: parent.map(|parent| parent.span_id),
            keeps_tracestate,
            recorded,
        })
    }

    /// Records how the request ended, if its span is sampled.
    pub fn end(&self, span: &Span, end: &SpanEnd<'_>) {
        if let (Some(recording), Some(recorded)) = (&self.0, &span.recorded) {
            let mut buffers = recording.buffers.borrow_mut();
            buffers.append(0, |bytes| record::append(bytes, span, recorded, end));
        }
    }

    /// Hands over what is held back.
    pub fn flush(&self) {
        if let Some(recording) = &self.0 {
            recording.buffers.borrow_mut().flush();
        }
    }
}

impl Span {
    /// What the upstream is told: this span is its parent.
    #[must_use]
    pub fn traceparent(&self) -> HeaderValue {
        self.context.header_value()
    }

    /// Puts the trace context into the headers for the upstream. `tracestate` stays where its
    /// trace goes on.
    pub fn propagate(&self, headers: &mut HeaderMap) {
        headers.insert(TRACEPARENT, self.traceparent());
        if !self.keeps_tracestate {
            headers.remove(TRACESTATE);
        }
    }

    /// Whether it is recorded: values for [`SpanEnd`] that are costly to have need not be had else.
    #[must_use]
    pub fn is_sampled(&self) -> bool {
        self.recorded.is_some()
    }
}

/// The value of a header that is there once.
fn single<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h [u8]> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.as_bytes()),
        _ => None,
    }
}

/// Zero means none.
fn new_trace_id() -> u128 {
    fastrand::u128(1..)
}

fn new_span_id() -> u64 {
    fastrand::u64(1..)
}

#[cfg(test)]
mod tests;
