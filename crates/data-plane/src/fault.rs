//! Errors the data plane answers with.

use gatewright_authorizers::iam::IamError;
use gatewright_authorizers::jwt::JwtError;
use gatewright_authorizers::lambda::LambdaAuthorizerError;
use gatewright_ingress::RequestBodyError;
use gatewright_integrations::IntegrationError;
use http::HeaderValue;

/// Why a request is not answered by its upstream. How each looks stands in `fault_response`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The client's request is malformed.
    #[error("the request is malformed")]
    BadRequest,
    /// No API, no stage, or no route.
    #[error("no stage or route takes the request")]
    NotFound,
    /// The domain name asks for client certificates, and the client did not come by TLS.
    #[error("the domain name asks for a client certificate, and no TLS ended here to show one by")]
    ClientCertificate,
    /// The domain name asks for client certificates, and the handshake was for one that does not ask
    /// for them so.
    #[error("the domain name's truststore is not the one that the connection's handshake asked")]
    Misdirected,
    /// The domain name leads nowhere for this path.
    #[error("no API mapping or routing rule of the domain name takes the request")]
    NoMapping,
    /// The route's bucket is empty.
    #[error("the route is called too often")]
    TooManyRequests,
    /// The caller's token does not open the route.
    #[error("the caller's token is refused: {error}")]
    Jwt {
        /// Why.
        error: JwtError,
        /// The value of `www-authenticate`.
        challenge: HeaderValue,
    },
    /// The route's Lambda authorizer does not let the caller pass.
    #[error("the route's authorizer does not let the caller pass")]
    LambdaAuthorizer(#[source] LambdaAuthorizerError),
    /// The request is not signed by somebody who may call the route.
    #[error("the request is not signed by somebody who may call the route")]
    Iam(#[source] IamError),
    /// The ARN of what is called is longer than authorizers are asked for.
    #[error("the ARN of the request's method and path is too long")]
    UriTooLong,
    /// The request's body is larger than is taken.
    #[error("the request's body is too large")]
    RequestEntityTooLarge,
    /// The client's body did not arrive whole.
    #[error("the request's body did not arrive whole")]
    RequestBodyBroken,
    /// The integration failed.
    #[error("the integration failed")]
    Integration(#[source] IntegrationError),
    /// There is no catalogue yet.
    #[error("no catalogue yet")]
    NotReady,
}

impl From<RequestBodyError> for Fault {
    fn from(error: RequestBodyError) -> Self {
        match error {
            RequestBodyError::TooLarge { .. } => Self::RequestEntityTooLarge,
            RequestBodyError::Broken(_) => Self::RequestBodyBroken,
        }
    }
}

impl From<IamError> for Fault {
    fn from(error: IamError) -> Self {
        Self::Iam(error)
    }
}

impl From<LambdaAuthorizerError> for Fault {
    fn from(error: LambdaAuthorizerError) -> Self {
        Self::LambdaAuthorizer(error)
    }
}

impl From<IntegrationError> for Fault {
    fn from(error: IntegrationError) -> Self {
        match &error {
            IntegrationError::RequestBody(cause) => match request_body_error(&**cause) {
                Some(RequestBodyError::TooLarge { .. }) => Self::RequestEntityTooLarge,
                _ => Self::RequestBodyBroken,
            },
            _ => Self::Integration(error),
        }
    }
}

/// The client's own error among the causes of one.
fn request_body_error<'e>(
    error: &'e (dyn std::error::Error + 'static),
) -> Option<&'e RequestBodyError> {
    std::iter::successors(Some(error), |error| error.source())
        .find_map(|error| error.downcast_ref())
}
