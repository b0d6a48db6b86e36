//! One request to the endpoint: sent again for as long as that may help.

use std::time::Duration;

use bytes::Bytes;
use gatewright_egress::{Client, ResponseBody, SendError, Timeouts};
use http::header::{CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER, USER_AGENT};
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use serde::Deserialize;
use tokio::time::Instant;

use super::{Exporter, Signal};
use crate::queue::Batch;

/// For one attempt, as in OpenTelemetry's SDKs.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// After this, newer records are worth more.
const RETRY_TIME_MAX: Duration = Duration::from_secs(60);
const BACKOFF_MIN: Duration = Duration::from_millis(500);
const BACKOFF_MAX: Duration = Duration::from_secs(10);
/// Bytes of an answer that are read.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// One attempt failed.
#[derive(Debug, thiserror::Error)]
enum AttemptError {
    #[error("the endpoint cannot be reached")]
    Send(#[from] SendError),
    #[error("the endpoint answered {status}")]
    Status { status: StatusCode, retry_after: Option<Duration> },
    #[error("telemetry.otlp_headers_file")]
    Headers(#[source] std::io::Error),
    #[error("the request cannot be made")]
    Request(#[from] http::Error),
}

impl AttemptError {
    /// Of the statuses, those that OTLP names; and what may heal outside.
    fn may_be_repeated(&self) -> bool {
        match self {
            Self::Send(_) | Self::Headers(_) => true,
            Self::Status { status, .. } => matches!(status.as_u16(), 429 | 502 | 503 | 504),
            Self::Request(_) => false,
        }
    }
}

impl Exporter {
    /// Sends the records of some batches. Returns how many were not accepted.
    pub(super) async fn deliver(
        &self,
        client: &Client<Full<Bytes>>,
        signal: &Signal,
        body: &Bytes,
        batches: &[Batch],
    ) -> u64 {
        let started = Instant::now();
        let mut backoff = BACKOFF_MIN;
        loop {
            let error = match self.attempt(client, signal, body).await {
                Ok(rejected) => return rejected,
                Err(error) => error,
            };
            batches.iter().for_each(|batch| batch.metrics.failed());
            // Half fixed, half random: replicas that lost it together do not return together.
            let wait = match &error {
                AttemptError::Status { retry_after: Some(wait), .. } => *wait,
                _ => backoff / 2 + backoff.mul_f64(fastrand::f64() / 2.0),
            };
            backoff = (backoff * 2).min(BACKOFF_MAX);
            let name = signal.name;
            let cause = &error as &dyn std::error::Error;
            if !error.may_be_repeated() || started.elapsed() + wait > RETRY_TIME_MAX {
                let records = batches.iter().map(|batch| batch.records).sum::<u64>();
                tracing::error!(error = cause, signal = name, records, "OTLP records are lost");
                return records;
            }
            tracing::debug!(error = cause, signal = name, "OTLP export is repeated");
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(
        &self,
        client: &Client<Full<Bytes>>,
        signal: &Signal,
        body: &Bytes,
    ) -> Result<u64, AttemptError> {
        let request = self.request(signal, body)?;
        let upstream = self.egress.upstream(&self.endpoint.origin);
        let timeouts = Timeouts { head: ATTEMPT_TIMEOUT, piece: ATTEMPT_TIMEOUT };
        let response = client.send(&upstream, request, timeouts).await?;
        let status = response.status();
        if !status.is_success() {
            return Err(AttemptError::Status { status, retry_after: retry_after(&response) });
        }
        Ok(rejected(signal, response.into_body()).await)
    }

    fn request(&self, signal: &Signal, body: &Bytes) -> Result<Request<Full<Bytes>>, AttemptError> {
        let mut request = Request::new(Full::new(body.clone()));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.endpoint.target(signal.path)?.into();
        let headers = request.headers_mut();
        *headers = self.endpoint.headers().map_err(AttemptError::Headers)?;
        headers.insert(HOST, self.endpoint.host.clone());
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let user_agent = concat!("gatewright/", env!("CARGO_PKG_VERSION"));
        headers.insert(USER_AGENT, HeaderValue::from_static(user_agent));
        Ok(request)
    }
}

/// Seconds; a date is answered with the ordinary wait.
fn retry_after<B>(response: &Response<B>) -> Option<Duration> {
    let seconds = response.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// What a successful answer says of records that were not taken: they must not be sent again.
async fn rejected(signal: &Signal, body: ResponseBody<Full<Bytes>>) -> u64 {
    let body = Limited::new(body, ANSWER_BYTES_MAX).collect();
    let Ok(Ok(body)) = tokio::time::timeout(ATTEMPT_TIMEOUT, body).await else {
        // They were accepted; what else was to be said is lost.
        tracing::debug!(signal = signal.name, "the OTLP endpoint's answer is not whole");
        return 0;
    };
    let Some((rejected, message)) = partial_success(&body.to_bytes()) else {
        return 0;
    };
    if rejected > 0 {
        tracing::error!(signal = signal.name, rejected, message, "OTLP records were rejected");
    } else if !message.is_empty() {
        tracing::warn!(signal = signal.name, message, "the OTLP endpoint warns");
    }
    rejected
}

/// `partialSuccess` of an answer in JSON.
fn partial_success(body: &[u8]) -> Option<(u64, String)> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Answer {
        partial_success: Option<PartialSuccess>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", default)]
    #[derive(Default)]
    struct PartialSuccess {
        rejected_log_records: Option<Count>,
        rejected_spans: Option<Count>,
        error_message: String,
    }
    /// ProtoJSON writes 64-bit numbers as text, and reads both.
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Count {
        Number(u64),
        Text(String),
    }
    let partial = serde_json::from_slice::<Answer>(body).ok()?.partial_success?;
    let count = match partial.rejected_log_records.or(partial.rejected_spans) {
        None => 0,
        Some(Count::Number(number)) => number,
        Some(Count::Text(text)) => text.parse().ok()?,
    };
    Some((count, partial.error_message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_say_what_was_rejected() {
        for (body, expected) in [
            ("", None),
            ("{}", None),
            (r#"{"partialSuccess":{}}"#, Some((0, ""))),
            (r#"{"partialSuccess":{"rejectedLogRecords":"3","errorMessage":"x"}}"#, Some((3, "x"))),
            (r#"{"partialSuccess":{"rejectedSpans":2}}"#, Some((2, ""))),
            (r#"{"partialSuccess":{"rejectedSpans":"-1"}}"#, None),
        ] {
            let expected = expected.map(|(count, message)| (count, message.to_owned()));
            assert_eq!(partial_success(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn only_some_statuses_are_tried_again() {
        for (status, again) in [
            (429, true),
            (502, true),
            (503, true),
            (504, true),
            (500, false),
            (400, false),
            (401, false),
            (413, false),
        ] {
            let status = StatusCode::from_u16(status).expect("a status");
            let error = AttemptError::Status { status, retry_after: None };
            assert_eq!(error.may_be_repeated(), again, "{status}");
        }
    }
}
