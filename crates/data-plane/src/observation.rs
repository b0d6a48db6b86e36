//! Step 10 of a request's way: metrics when the answer's head goes, and what only its end can say.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use http::StatusCode;
use http_body::Body;
use tokio::time::Instant;

use crate::exchange::Exchange;
use crate::stage::Stage;

/// What is told when an answer has been sent, or broke off.
#[derive(Debug)]
pub(crate) struct Observed {
    stage: Arc<Stage>,
    route: Option<usize>,
    request_bytes: BodyBytes,
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

impl Observed {
    /// The answer's head is about to be sent.
    pub(crate) fn begin(
        stage: Arc<Stage>,
        route: Option<usize>,
        request_bytes: BodyBytes,
        exchange: &mut Exchange,
        status: StatusCode,
    ) -> Self {
        let latency = Instant::now() - exchange.started;
        let outcome = &mut exchange.outcome;
        (outcome.status, outcome.latency) = (Some(status), latency);
        stage.metrics.answered(status, latency, outcome.integration_latency);
        if let Some(metrics) = route.and_then(|index| stage.route(index).metrics.as_ref()) {
            metrics.answered(status, latency, outcome.integration_latency);
        }
        Self { stage, route, request_bytes }
    }

    /// The answer has been sent, or broke off behind these bytes.
    pub(crate) fn end(self, response_bytes: u64) {
        let bytes = self.request_bytes.get() + response_bytes;
        self.stage.metrics.data_processed(bytes);
        if let Some(metrics) = self.route.and_then(|index| self.stage.route(index).metrics.as_ref())
        {
            metrics.data_processed(bytes);
        }
    }
}
