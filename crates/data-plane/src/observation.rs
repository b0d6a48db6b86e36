//! Step 10 of a request's way: metrics when the answer's head goes, and what only its end can say,
//! for the access log and the span.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use gatewright_telemetry::{AccessLogWorker, AccessLogs, Span, SpanWorker, Spans};
use http::{HeaderMap, StatusCode};
use http_body::Body;

use crate::exchange::{Context, Exchange};
use crate::stage::Stage;

/// Where one traffic thread's logs and spans go.
#[derive(Debug)]
pub(crate) struct Observer {
    logs: AccessLogWorker,
    spans: SpanWorker,
}

/// What is told when an answer has been sent, or broke off.
#[derive(Debug)]
pub(crate) struct Observed {
    stage: Arc<Stage>,
    route: Option<usize>,
    request_bytes: BodyBytes,
    /// Absent where neither a log nor a span wants it.
    entry: Option<Box<Entry>>,
}

/// A line or a span to be written.
#[derive(Debug)]
struct Entry {
    exchange: Exchange,
    span: Option<Span>,
    observer: Rc<Observer>,
}

/// Bytes of a request's body.
#[derive(Clone, Debug)]
pub(crate) enum BodyBytes {
    /// As its length says.
    Announced(u64),
    /// As many as have come.
    Counted(Rc<Cell<u64>>),
}

impl BodyBytes {
    /// Of a body that has not been read yet; where it has no length, `count` is told to count.
    pub(crate) fn of<B: Body>(body: &B, count: impl FnOnce(Rc<Cell<u64>>)) -> Self {
        match body.size_hint().exact() {
            Some(bytes) => Self::Announced(bytes),
            None => {
                let counted = Rc::new(Cell::new(0));
                count(counted.clone());
                Self::Counted(counted)
            }
        }
    }

    fn get(&self) -> u64 {
        match self {
            Self::Announced(bytes) => *bytes,
            Self::Counted(bytes) => bytes.get(),
        }
    }
}

impl Observer {
    /// The part of the current thread, which must run a local runtime.
    pub(crate) fn new(logs: &AccessLogs, spans: &Spans) -> Rc<Self> {
        Rc::new(Self { logs: logs.worker(), spans: spans.worker() })
    }

    /// Begins a request's span, where spans are wanted.
    pub(crate) fn span(&self, headers: &HeaderMap) -> Option<Span> {
        self.spans.begin(headers)
    }

    /// The answer's head is about to be sent.
    pub(crate) fn answered(
        self: &Rc<Self>,
        (stage, route): (Arc<Stage>, Option<usize>),
        request_bytes: BodyBytes,
        mut exchange: Exchange,
        span: Option<Span>,
        status: StatusCode,
    ) -> Observed {
        let latency = exchange.answered(status);
        let integration = exchange.outcome.integration_latency;
        stage.metrics.answered(status, latency, integration);
        if let Some(metrics) = route.and_then(|index| stage.route(index).metrics.as_ref()) {
            metrics.answered(status, latency, integration);
        }
        let wanted = stage.access_log.is_some() || span.as_ref().is_some_and(Span::is_sampled);
        let entry = wanted.then(|| Box::new(Entry { exchange, span, observer: Rc::clone(self) }));
        Observed { stage, route, request_bytes, entry }
    }

    /// A request without a stage was answered: a span is all there is of it.
    pub(crate) fn unaddressed(
        &self,
        exchange: &mut Exchange,
        span: Option<&Span>,
        status: StatusCode,
    ) {
        exchange.answered(status);
        if let Some(span) = span {
            self.spans.end(span, &exchange.span_end(None, None));
        }
    }
}

impl Observed {
    /// The answer has been sent, or broke off behind these bytes.
    pub(crate) fn end(self, response_bytes: u64) {
        let request_bytes = self.request_bytes.get();
        let (stage, route) = (&*self.stage, self.route.map(|index| self.stage.route(index)));
        stage.metrics.data_processed(request_bytes + response_bytes);
        if let Some(metrics) = route.and_then(|route| route.metrics.as_ref()) {
            metrics.data_processed(request_bytes + response_bytes);
        }
        let Some(mut entry) = self.entry else {
            return;
        };
        let outcome = &mut entry.exchange.outcome;
        (outcome.request_bytes, outcome.response_bytes) = (request_bytes, response_bytes);
        let Entry { exchange, span, observer } = &*entry;
        if let Some(log) = &stage.access_log {
            let context = Context { exchange, stage, route };
            observer.logs.line(&log.destination, |line| log.format.write(&context, line));
        }
        if let Some(span) = span {
            observer.spans.end(span, &exchange.span_end(Some(stage), route));
        }
    }
}
