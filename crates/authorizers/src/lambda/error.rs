//! Why a Lambda authorizer lets a request not pass. The texts are what
//! `$context.authorizer.error` says.

use std::sync::Arc;

use gatewright_lambda::InvokeError;
use gatewright_policy::PolicyError;

/// A request does not pass.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LambdaAuthorizerError {
    /// An identity source finds nothing; the function is not asked.
    #[error("an identity source is missing or empty")]
    Missing,
    /// The function failed with just this word, which is how it says 401.
    #[error("Unauthorized")]
    Unauthorized,
    /// The function, or its policy, says no.
    #[error("Forbidden")]
    Denied,
    /// Nobody knows: the function gave no answer. Everybody who waited for the same one shares it.
    #[error("the authorizer's function gave no answer")]
    Invoke(#[source] Arc<InvokeError>),
    /// Nobody knows: the function gave another answer than its authorizer is set to.
    #[error("the authorizer's answer: {0}")]
    Answer(#[source] Arc<MalformedAnswer>),
}

/// What is wrong with an answer.
#[derive(Debug, thiserror::Error)]
pub enum MalformedAnswer {
    /// Not JSON, or of other members or types.
    #[error("{0}")]
    Shape(#[from] serde_json::Error),
    /// `policyDocument` is no policy.
    #[error("policyDocument: {0}")]
    Policy(#[from] PolicyError),
    /// `policyDocument` has a condition on something that requests do not have: a statement that
    /// denies by it never would.
    #[error("policyDocument: condition key '{0}' is not known here")]
    ConditionKey(String),
}
