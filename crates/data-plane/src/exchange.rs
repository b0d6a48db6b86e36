//! One request and what became of it: what `$context` says (`http-api-logging-variables`;
//! spec/http-api-runtime.md section 13.1).

mod context;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use gatewright_ingress::{Peer, VerifiedClient};
use gatewright_integrations::EndpointAnswer;
use gatewright_observe::{RequestId, SystemClock};
use gatewright_telemetry::SpanEnd;
use gatewright_types::{ClientCertificate, Timestamp};
use http::header::{HOST, HeaderValue, USER_AGENT};
use http::{HeaderMap, Method, StatusCode};
use tokio::time::Instant;

use crate::fault::Fault;
use crate::fault_response;
use crate::principal::Principal;
use crate::stage::{Route, Stage};

pub(crate) use self::context::Context;

/// A request and its answer, as far as it has come.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) request_id: RequestId,
    pub(crate) started: Instant,
    /// In milliseconds since the Unix epoch.
    pub(crate) received_ms: i64,
    /// Who asks.
    pub(crate) peer: Rc<Peer>,
    /// Whose certificate the domain name asked for.
    pub(crate) verified: Option<Rc<VerifiedClient>>,
    pub(crate) method: Method,
    /// Absent where neither a log nor a mapping of the stage may ask.
    told: Option<Box<Told>>,
    pub(crate) principal: Principal,
    /// The key of the API mapping that led here.
    pub(crate) base_path: Option<Arc<str>>,
    pub(crate) outcome: Outcome,
}

/// What the client said, kept beyond the request itself.
#[derive(Debug)]
struct Told {
    host: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    path: String,
}

/// What became of a request.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// What the client gets.
    pub(crate) status: Option<StatusCode>,
    /// Until the answer's head.
    pub(crate) latency: Duration,
    /// What the integration answered.
    pub(crate) integration_status: Option<StatusCode>,
    /// What an AWS endpoint said of the call.
    pub(crate) endpoint: Option<Box<EndpointAnswer>>,
    pub(crate) integration_latency: Option<Duration>,
    /// Why the gateway itself answered.
    pub(crate) error: Option<Box<ErrorNote>>,
    /// Bytes of the request's body, and of the answer's as far as they were sent.
    pub(crate) request_bytes: u64,
    pub(crate) response_bytes: u64,
}

/// `$context.error` and what goes with it.
#[derive(Debug)]
pub(crate) struct ErrorNote {
    pub(crate) message: &'static str,
    pub(crate) response_type: Option<&'static str>,
    pub(crate) integration: Option<String>,
    pub(crate) authorizer: Option<String>,
}

impl Exchange {
    /// Of a request that has just arrived.
    pub(crate) fn begin(peer: Rc<Peer>, method: Method) -> Self {
        Self {
            request_id: RequestId::generate(),
            started: Instant::now(),
            received_ms: i64::try_from(SystemClock.unix_nanos() / 1_000_000).unwrap_or(i64::MAX),
            peer,
            verified: None,
            method,
            told: None,
            principal: Principal::Anybody,
            base_path: None,
            outcome: Outcome::default(),
        }
    }

    /// When the request came.
    pub(crate) fn received(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.received_ms.div_euclid(1000))
    }

    /// The certificate that the client showed, if it had to.
    pub(crate) fn client_certificate(&self) -> Option<&ClientCertificate> {
        self.verified.as_ref().map(|client| &client.certificate)
    }

    /// Keeps what the client said. `path` is decoded, with the stage's name in front unless that is
    /// `$default`.
    pub(crate) fn keep(&mut self, headers: &HeaderMap, path: String) {
        self.told = Some(Box::new(Told {
            host: headers.get(HOST).cloned(),
            user_agent: headers.get(USER_AGENT).cloned(),
            path,
        }));
    }

    /// Notes the answer; gives the time since the request came.
    pub(crate) fn answered(&mut self, status: StatusCode) -> Duration {
        let latency = Instant::now() - self.started;
        (self.outcome.status, self.outcome.latency) = (Some(status), latency);
        latency
    }

    /// What a span says of it.
    pub(crate) fn span_end<'e>(
        &'e self,
        stage: Option<&'e Stage>,
        route: Option<&'e Route>,
    ) -> SpanEnd<'e> {
        let told = self.told.as_ref();
        let text = |value: &'e Option<HeaderValue>| value.as_ref().and_then(|v| v.to_str().ok());
        SpanEnd {
            method: self.method.as_str(),
            scheme: self.peer.transport.scheme(),
            path: told.map_or("", |told| &told.path),
            host: told.and_then(|told| text(&told.host)),
            user_agent: told.and_then(|told| text(&told.user_agent)),
            client: &self.peer.client,
            peer: &self.peer.host,
            status: self.outcome.status.map_or(0, |status| status.as_u16()),
            api_id: stage.map(|stage| stage.api_id.as_str()),
            stage: stage.map(|stage| stage.stage_name.as_str()),
            route_key: route.map(|route| &*route.names.route_key),
            request_id: self.request_id.as_str(),
            duration: self.outcome.latency,
            integration: self.outcome.integration_latency,
            error_type: self.outcome.error.as_ref().and_then(|error| error.response_type),
        }
    }

    /// Notes that the gateway itself answers.
    pub(crate) fn failed(&mut self, fault: &Fault) {
        self.outcome.error = Some(Box::new(fault_response::error_note(fault)));
    }
}
