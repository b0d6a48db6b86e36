//! Why an integration gave no answer.

use gatewright_egress::{ResponseBodyError as UpstreamBodyError, SendError};
use gatewright_lambda::{AnswerFault, InvokeError, InvokeFailure};
use gatewright_services::CallError;

use crate::{EndpointAnswer, ResponseBodyError};

/// An integration gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum IntegrationError {
    /// As things stand there is nothing to call.
    #[error("the integration cannot be called: {0}")]
    Uncallable(String),
    /// The request cannot be written for the upstream.
    #[error("the request for the upstream is not valid")]
    Request(#[source] http::Error),
    /// The request's own body failed.
    #[error("the request's body failed")]
    RequestBody(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The upstream may not be called.
    #[error("the upstream's address may not be called (egress.deny)")]
    Denied,
    /// The upstream did not answer in time.
    #[error("the upstream did not answer in time")]
    TimedOut,
    /// The upstream was not reached, or its answer was not HTTP.
    #[error("the upstream cannot be reached")]
    Unreachable(#[source] SendError),
    /// The function gave no answer.
    #[error(transparent)]
    Invoke(InvokeError),
    /// The service gave no answer.
    #[error(transparent)]
    Call(CallError),
    /// What the function gave back is no answer.
    #[error(transparent)]
    FunctionAnswer(#[from] AnswerFault),
    /// The upstream's answer began, and what a mapping needed of its body did not come.
    #[error("the upstream's answer broke off")]
    ResponseBody(#[from] UpstreamBodyError),
    /// The upstream's answer is larger than is passed on.
    #[error("the upstream's answer has more than {bytes_max} bytes")]
    ResponseTooLarge {
        /// The bound.
        bytes_max: u64,
    },
}

/// What an integration that gave no answer came to.
#[derive(Debug)]
pub struct IntegrationFailure {
    /// Why.
    pub error: IntegrationError,
    /// What an endpoint said of the call all the same.
    pub endpoint: Option<Box<EndpointAnswer>>,
}

impl IntegrationFailure {
    /// Of an endpoint that answered what is no answer.
    pub(crate) fn answered(fault: AnswerFault, endpoint: EndpointAnswer) -> Self {
        Self { error: fault.into(), endpoint: Some(Box::new(endpoint)) }
    }
}

impl From<IntegrationError> for IntegrationFailure {
    fn from(error: IntegrationError) -> Self {
        Self { error, endpoint: None }
    }
}

impl From<InvokeFailure> for IntegrationFailure {
    fn from(failure: InvokeFailure) -> Self {
        let endpoint = failure.call.map(|call| Box::new(EndpointAnswer::of(&call)));
        Self { error: failure.error.into(), endpoint }
    }
}

impl From<InvokeError> for IntegrationError {
    fn from(error: InvokeError) -> Self {
        match error {
            InvokeError::TimedOut => Self::TimedOut,
            InvokeError::Unreachable(error) => error.into(),
            InvokeError::Broken(error) => error.into(),
            error => Self::Invoke(error),
        }
    }
}

impl From<ResponseBodyError> for IntegrationError {
    fn from(error: ResponseBodyError) -> Self {
        match error {
            ResponseBodyError::Upstream(error) => error.into(),
            ResponseBodyError::Function(error) => error.into(),
        }
    }
}

impl From<CallError> for IntegrationError {
    fn from(error: CallError) -> Self {
        match error {
            CallError::TimedOut => Self::TimedOut,
            CallError::Unreachable(error) => error.into(),
            CallError::Broken(error) => error.into(),
            error => Self::Call(error),
        }
    }
}

impl From<SendError> for IntegrationError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::RequestBody(cause) => Self::RequestBody(cause),
            SendError::Host(error) => Self::Request(error),
            SendError::Denied => Self::Denied,
            SendError::TimedOut | SendError::ConnectTimedOut => Self::TimedOut,
            other => Self::Unreachable(other),
        }
    }
}
