//! Why a service gave no answer. Its own errors are answers.

use gatewright_credentials::NoCredentials;
use gatewright_egress::{ResponseBodyError, SendError};
use gatewright_expressions::{ArgumentError, ArgumentProblem};
use gatewright_types::limits;

/// A service gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The client's request has something for a parameter that it cannot be.
    #[error("parameter {name}: {problem}")]
    BadParameter {
        /// The parameter.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// What the client's request has for the parameters is too long.
    #[error("the parameters are longer than a call may be")]
    TooLarge,
    /// Nobody can sign the call.
    #[error("the call cannot be signed")]
    NoCredentials(#[from] NoCredentials),
    /// No answer in time.
    #[error("the service did not answer in time")]
    TimedOut,
    /// The service was not reached.
    #[error("the service cannot be reached")]
    Unreachable(#[source] SendError),
    /// The answer broke off.
    #[error("the service's answer broke off")]
    Broken(#[source] ResponseBodyError),
    /// The answer is larger than is passed on.
    #[error("the service's answer has more than {} bytes", limits::SERVICE_ANSWER_BYTES_MAX)]
    AnswerTooLarge,
}

impl CallError {
    pub(crate) fn bad_parameter(name: &str, problem: &str) -> Self {
        Self::BadParameter { name: name.to_owned(), problem: problem.to_owned() }
    }
}

impl From<ArgumentError> for CallError {
    fn from(ArgumentError { name, problem }: ArgumentError) -> Self {
        match problem {
            ArgumentProblem::TooLong => Self::TooLarge,
            problem => Self::BadParameter { name, problem: problem.to_string() },
        }
    }
}

impl From<SendError> for CallError {
    fn from(error: SendError) -> Self {
        match error {
            SendError::TimedOut | SendError::ConnectTimedOut => Self::TimedOut,
            error => Self::Unreachable(error),
        }
    }
}
