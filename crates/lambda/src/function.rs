//! One function and how it is invoked (Lambda's API reference, `Invoke`).

mod streamed;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gatewright_credentials::{NoCredentials, Profiles, Signer};
use gatewright_egress::{
    Client, Egress, Prepared, ResponseBody, ResponseBodyError, SendError, Timeouts, Upstream,
};
use gatewright_snapshot::FunctionPlan;
use gatewright_types::{Region, Timestamp, limits};
use http::header::{CONTENT_TYPE, HOST, HeaderValue};
use http::{HeaderMap, HeaderName, Method, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tokio::time::timeout;

pub use self::streamed::{StreamFault, StreamedBody, StreamedHead, StreamedInvocation};

/// A function, ready to be invoked.
#[derive(Debug)]
pub struct Function {
    upstream: Arc<Upstream>,
    host: HeaderValue,
    target: Uri,
    /// Absent where nobody asks for a signature.
    signing: Option<(Signer, Region)>,
    timeouts: Timeouts,
}

/// An invocation that is ready to be sent.
#[derive(Debug)]
pub struct PreparedInvocation<'f> {
    function: &'f Function,
    request: Prepared<Full<Bytes>>,
}

/// What the Invoke API says of the call itself, not of what the function says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallHead {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
}

/// What a function answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invocation {
    /// The call itself.
    pub call: CallHead,
    /// What the function gave back.
    pub payload: Bytes,
}

/// An invocation that came to nothing.
#[derive(Debug)]
pub struct InvokeFailure {
    /// Why.
    pub error: InvokeError,
    /// The call itself; absent where there was no answer, or none in time.
    pub call: Option<Box<CallHead>>,
}

/// A function gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// The event is larger than Lambda takes.
    #[error("the event has more than {} bytes", limits::LAMBDA_PAYLOAD_BYTES_MAX)]
    EventTooLarge,
    /// Nobody can sign the invocation.
    #[error("the invocation cannot be signed")]
    NoCredentials(#[from] NoCredentials),
    /// No answer in time.
    #[error("the function did not answer in time")]
    TimedOut,
    /// The Invoke API was not reached.
    #[error("the Invoke API cannot be reached")]
    Unreachable(#[source] SendError),
    /// The answer broke off.
    #[error("the function's answer broke off")]
    Broken(#[source] ResponseBodyError),
    /// The answer is larger than Lambda gives.
    #[error("the function's answer has more than {} bytes", limits::LAMBDA_PAYLOAD_BYTES_MAX)]
    AnswerTooLarge,
    /// Too many invocations at once.
    #[error("the function is throttled")]
    Throttled,
    /// The Invoke API refuses: no such function, or no permission.
    #[error("the Invoke API answered {0}")]
    Refused(StatusCode),
    /// The function failed (`x-amz-function-error`): an exception, its own timeout, no memory.
    #[error("the function failed ({kind}): {message}")]
    Function {
        /// The header's value: `Unhandled`, or `Handled`.
        kind: String,
        /// `errorMessage` of what it gave back.
        message: String,
    },
    /// What it streams is no answer.
    #[error(transparent)]
    Stream(#[from] StreamFault),
}

const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");

impl Function {
    /// Makes it from its plan. Its endpoint is the operator's own to choose, not an API's: it may be
    /// on this machine.
    ///
    /// # Errors
    ///
    /// When the plan's host or target cannot stand in a request.
    pub fn new(
        plan: &FunctionPlan,
        operators: &Egress,
        profiles: &Profiles,
    ) -> Result<Self, http::Error> {
        let signing = plan.signing.as_ref().map(|signing| {
            (Signer::new(profiles, &signing.profile, "lambda"), signing.region.clone())
        });
        Ok(Self {
            signing,
            upstream: operators.upstream(plan.endpoint.origin()),
            host: HeaderValue::try_from(plan.endpoint.authority())?,
            target: Uri::try_from(plan.target.as_str())?,
            timeouts: Timeouts { head: plan.timeout, piece: plan.timeout },
        })
    }

    /// Makes an invocation with an event ready, so that whoever awaits it holds nothing of that.
    /// `now` is when it is signed.
    ///
    /// # Errors
    ///
    /// [`InvokeError::EventTooLarge`], [`InvokeError::NoCredentials`].
    pub fn prepare(
        &self,
        client: &Client<Full<Bytes>>,
        event: Vec<u8>,
        now: Timestamp,
    ) -> Result<PreparedInvocation<'_>, InvokeError> {
        if event.len() > limits::LAMBDA_PAYLOAD_BYTES_MAX {
            return Err(InvokeError::EventTooLarge);
        }
        let (mut head, event) = Request::new(Bytes::from(event)).into_parts();
        head.method = Method::POST;
        head.uri.clone_from(&self.target);
        head.headers.insert(HOST, self.host.clone());
        head.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some((signer, region)) = &self.signing {
            signer.sign(&mut head, &event, region, now)?;
        }
        let request = client.prepare(&self.upstream, &mut head, Full::new(event));
        request
            .map(|request| PreparedInvocation { function: self, request })
            .map_err(InvokeError::Unreachable)
    }
}

impl PreparedInvocation<'_> {
    /// Invokes the function and waits for all of its answer.
    ///
    /// # Errors
    ///
    /// [`InvokeFailure`].
    pub async fn invoke(self, client: &Client<Full<Bytes>>) -> Result<Invocation, InvokeFailure> {
        let Function { upstream, timeouts, .. } = self.function;
        let whole: Duration = timeouts.head;
        let invoked = timeout(whole, async {
            let response = client.send_prepared(upstream, self.request, *timeouts).await;
            let (call, body) = CallHead::of(response.map_err(InvokeError::from)?);
            match payload(&call, body).await {
                Ok(payload) => Ok(Invocation { call, payload }),
                Err(error) => Err(InvokeFailure { error, call: Some(Box::new(call)) }),
            }
        });
        invoked.await.unwrap_or_else(|_| Err(InvokeError::TimedOut.into()))
    }
}

impl CallHead {
    fn of<B>(response: Response<B>) -> (Self, B) {
        let (head, body) = response.into_parts();
        (Self { status: head.status, headers: head.headers }, body)
    }
}

/// What a function gave back, unless it failed.
async fn payload(call: &CallHead, body: ResponseBody<Full<Bytes>>) -> Result<Bytes, InvokeError> {
    let body = Limited::new(body, limits::LAMBDA_PAYLOAD_BYTES_MAX).collect().await;
    let payload = body.map_err(broken)?.to_bytes();
    accepted(call.status)?;
    match call.headers.get(FUNCTION_ERROR) {
        Some(kind) => Err(InvokeError::Function {
            kind: String::from_utf8_lossy(kind.as_bytes()).into_owned(),
            message: error_message(&payload),
        }),
        None => Ok(payload),
    }
}

/// Whether the Invoke API did what it was asked.
fn accepted(status: StatusCode) -> Result<(), InvokeError> {
    match status {
        StatusCode::TOO_MANY_REQUESTS => Err(InvokeError::Throttled),
        StatusCode::PAYLOAD_TOO_LARGE => Err(InvokeError::EventTooLarge),
        status if !status.is_success() => Err(InvokeError::Refused(status)),
        _ => Ok(()),
    }
}

/// What a function that failed says of it.
fn error_message(payload: &[u8]) -> String {
    let value = serde_json::from_slice::<serde_json::Value>(payload).unwrap_or_default();
    value["errorMessage"].as_str().unwrap_or_default().to_owned()
}

fn broken(error: Box<dyn std::error::Error + Send + Sync>) -> InvokeError {
    match error.downcast::<ResponseBodyError>() {
        Ok(error) => InvokeError::Broken(*error),
        Err(error) => {
            debug_assert!(error.is::<LengthLimitError>(), "{error}");
            InvokeError::AnswerTooLarge
        }
    }
}

impl From<InvokeError> for InvokeFailure {
    fn from(error: InvokeError) -> Self {
        Self { error, call: None }
    }
}

impl From<SendError> for InvokeError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::TimedOut | SendError::ConnectTimedOut => Self::TimedOut,
            error => Self::Unreachable(error),
        }
    }
}
