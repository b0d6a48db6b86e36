//! Who calls: Signature V4 with a stored access key (spec/management-api.md section 1.8).

use gatewright_policy::Policy;
use gatewright_sigv4::{Authorization, Request, SigningTime, Verification, VerifyError, verify};
use gatewright_types::limits;

use crate::ControlPlane;
use crate::caller::Caller;
use crate::error::OperationError;

impl ControlPlane {
    /// Refuses a call that is not signed for this service with an access key of ours.
    pub(crate) async fn authenticate(
        &self,
        request: &http::request::Parts,
        authorization: &Authorization,
        service: &str,
        body: &[u8],
    ) -> Result<Caller, OperationError> {
        if request.headers.contains_key("x-amz-security-token") {
            return Err(unknown_key());
        }
        let id = &authorization.access_key_id;
        let key = self.store.read().await?.access_key_fetch(id).await?;
        let key = key.filter(|key| key.active).ok_or_else(unknown_key)?;
        let secret = self
            .access_keys
            .secret_of(&key)
            .ok_or_else(|| OperationError::Internal("an access key cannot be unsealed".into()))?;
        let headers = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect::<Vec<_>>();
        let signed = Request {
            method: request.method.as_str(),
            path: request.uri.path(),
            query: request.uri.query().unwrap_or_default(),
            headers: &headers,
            body,
        };
        let against = Verification {
            service,
            // Terraform and others sign for any.
            region: None,
            secret: &secret,
            now: SigningTime::from_unix_seconds(self.clock.now().unix_seconds()),
            skew_seconds_max: limits::SIGNATURE_CLOCK_SKEW_SECONDS_MAX,
        };
        verify(&signed, authorization, &against).map_err(|error| refused(&error))?;
        let policy =
            Policy::parse(&key.policy).map_err(|error| OperationError::Internal(error.into()))?;
        Ok(Caller { access_key_id: key.access_key_id, user_name: key.user_name, policy })
    }
}

/// What the `Authorization` header says.
pub(crate) fn authorization(
    request: &http::request::Parts,
) -> Result<Authorization, OperationError> {
    let header = request.headers.get(http::header::AUTHORIZATION).ok_or_else(missing_token)?;
    let text = header.to_str().map_err(|_| missing_token())?;
    Authorization::parse(text).map_err(|error| malformed(&error))
}

/// What the front door says to requests that name no operation, too.
pub(crate) fn missing_token() -> OperationError {
    OperationError::Forbidden {
        name: "MissingAuthenticationTokenException",
        message: "Missing Authentication Token".to_owned(),
    }
}

fn malformed(error: &gatewright_sigv4::MalformedAuthorization) -> OperationError {
    OperationError::Forbidden { name: "IncompleteSignatureException", message: error.to_string() }
}

fn unknown_key() -> OperationError {
    OperationError::Forbidden {
        name: "UnrecognizedClientException",
        message: "The security token included in the request is invalid.".to_owned(),
    }
}

fn refused(error: &VerifyError) -> OperationError {
    OperationError::Forbidden { name: "InvalidSignatureException", message: error.to_string() }
}
