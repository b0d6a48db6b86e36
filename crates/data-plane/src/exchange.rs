//! One request and what became of it: what `$context` says (`http-api-logging-variables`;
//! spec/http-api-runtime.md section 13.1).

mod context;

use std::net::IpAddr;
use std::rc::Rc;
use std::time::Duration;

use gatewright_authorizers::jwt::VerifiedToken;
use gatewright_observe::{RequestId, SystemClock};
use gatewright_types::{Clock, Timestamp};
use http::header::{HeaderValue, USER_AGENT};
use http::{HeaderMap, Method, StatusCode};
use tokio::time::Instant;

use crate::address::Addressed;
use crate::fault::Fault;
use crate::fault_response;

pub(crate) use self::context::Context;

/// A request and its answer, as far as it has come.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) request_id: RequestId,
    pub(crate) started: Instant,
    pub(crate) received: Timestamp,
    pub(crate) client: IpAddr,
    pub(crate) method: Method,
    /// Absent where neither a log nor a mapping of the stage may ask.
    told: Option<Told>,
    /// Who calls, where the route asks.
    pub(crate) token: Option<Rc<VerifiedToken>>,
    pub(crate) outcome: Outcome,
}

/// What the client said, kept beyond the request itself.
#[derive(Debug)]
struct Told {
    host: HeaderValue,
    user_agent: Option<HeaderValue>,
    /// Decoded, with the stage's name in front unless that is `$default`.
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
    pub(crate) integration_latency: Option<Duration>,
    /// Why the gateway itself answered.
    pub(crate) error: Option<ErrorNote>,
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
    pub(crate) fn begin(client: IpAddr, method: Method) -> Self {
        Self {
            request_id: RequestId::generate(),
            started: Instant::now(),
            received: SystemClock.now(),
            client,
            method,
            told: None,
            token: None,
            outcome: Outcome::default(),
        }
    }

    /// Keeps what the client said.
    pub(crate) fn keep(&mut self, headers: &HeaderMap, host: HeaderValue, address: &Addressed<'_>) {
        self.told = Some(Told {
            host,
            user_agent: headers.get(USER_AGENT).cloned(),
            path: address.path_with_stage().concat(),
        });
    }

    /// Notes that the gateway itself answers.
    pub(crate) fn failed(&mut self, fault: &Fault) {
        self.outcome.error = Some(fault_response::error_note(fault));
    }
}
