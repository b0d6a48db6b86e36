//! Who calls: Signature V4 with a stored access key (spec/management-api.md section 1.8).

use gatewright_sigv4::{Authorization, Request, SigningTime, Verification, VerifyError, verify};
use gatewright_types::limits;

use crate::ControlPlane;
use crate::error::OperationError;

const SERVICE: &str = "apigateway";

impl ControlPlane {
    /// Refuses a call that is not signed with an access key of ours.
    pub(crate) async fn authenticate(
        &self,
        request: &http::request::Parts,
        body: &[u8],
    ) -> Result<(), OperationError> {
        let header = request.headers.get(http::header::AUTHORIZATION).ok_or_else(missing_token)?;
        let authorization = header
            .to_str()
            .map_err(|_| missing_token())
            .and_then(|text| Authorization::parse(text).map_err(|error| malformed(&error)))?;
        if request.headers.contains_key("x-amz-security-token") {
            return Err(unknown_key());
        }
        let secret = self.secret_of(&authorization.access_key_id).await?;
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
            service: SERVICE,
            secret: &secret,
            now: SigningTime::from_unix_seconds(self.clock.now().unix_seconds()),
            skew_seconds_max: limits::MANAGEMENT_CLOCK_SKEW_SECONDS_MAX,
        };
        verify(&signed, &authorization, &against).map_err(|error| refused(&error))
    }

    async fn secret_of(&self, access_key_id: &str) -> Result<String, OperationError> {
        let key = self.store.read().await?.access_key_fetch(access_key_id).await?;
        let key = key.filter(|key| key.active).ok_or_else(unknown_key)?;
        self.master_key
            .open(&key.access_key_id, &key.sealed_secret)
            .ok_or_else(|| OperationError::Internal("an access key cannot be unsealed".into()))
    }
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
