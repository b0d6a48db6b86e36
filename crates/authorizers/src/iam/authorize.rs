//! The two steps of a signed request: its head, and then its body.

use std::sync::Arc;

use gatewright_policy::Request;
use gatewright_sigv4::{
    ReadError, RequestHead, SignedRequest, SigningTime, UnverifiedBody, Verification, VerifyError,
};
use gatewright_types::limits;

use super::AccessKey;
use crate::ConditionKeys;

/// A request does not pass. All of it is one answer to clients; the texts are what
/// `$context.authorizer.error` says.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IamError {
    /// Not signed, or not so that anybody could tell.
    #[error(
        "The request for the IAM Authorizer doesn't match the format that API Gateway expects."
    )]
    Format(#[source] ReadError),
    /// Signed with a key that is not known, or not to be used any more.
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    /// Signed with another secret, for another place or time, or changed since.
    #[error(transparent)]
    Signature(#[from] VerifyError),
    /// The key's policy does not allow it.
    #[error(
        "User: {user_arn} is not authorized to perform: execute-api:Invoke on resource: {route_arn}"
    )]
    Denied {
        /// Who asks.
        user_arn: String,
        /// For what.
        route_arn: String,
    },
}

/// A request whose head is as its signer had it; the body may be any.
#[derive(Debug)]
#[must_use = "a request is verified when its body is"]
pub struct UnverifiedRequest {
    key: Arc<AccessKey>,
    body: UnverifiedBody,
}

/// Checks a request's head, so that a body is only read for somebody who may have signed it. `find`
/// knows the access keys.
///
/// # Errors
///
/// [`IamError`], but not [`IamError::Denied`].
pub fn verify_head(
    head: RequestHead<'_>,
    find: impl FnOnce(&str) -> Option<Arc<AccessKey>>,
    region: &str,
    now_unix_seconds: i64,
) -> Result<UnverifiedRequest, IamError> {
    let signed = SignedRequest::read(head).map_err(IamError::Format)?;
    // Nobody here gives temporary credentials.
    if signed.session_token().is_some() {
        return Err(IamError::UnknownKey);
    }
    let key = find(&signed.authorization().access_key_id).ok_or(IamError::UnknownKey)?;
    let body = signed.verify_head(&Verification {
        service: "execute-api",
        region: Some(region),
        secret: key.secret_access_key(),
        now: SigningTime::from_unix_seconds(now_unix_seconds),
        skew_seconds_max: limits::SIGNATURE_CLOCK_SKEW_SECONDS_MAX,
    })?;
    Ok(UnverifiedRequest { key, body })
}

impl UnverifiedRequest {
    /// Checks the body, and whether the signer may do this.
    ///
    /// # Errors
    ///
    /// [`IamError::Signature`] or [`IamError::Denied`].
    pub fn authorize(
        self,
        body: &[u8],
        route_arn: &str,
        keys: ConditionKeys<'_>,
    ) -> Result<Arc<AccessKey>, IamError> {
        let Self { key, body: unverified } = self;
        let _verified = unverified.verify(body)?;
        let context = ConditionKeys { caller: Some(&key), ..keys };
        let action = "execute-api:Invoke";
        let request = Request { action, resource: route_arn, context: &context };
        if key.policy().evaluate(&request).is_allowed() {
            return Ok(key);
        }
        let (user_arn, route_arn) = (key.user_arn().to_owned(), route_arn.to_owned());
        Err(IamError::Denied { user_arn, route_arn })
    }
}
