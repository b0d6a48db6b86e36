//! The one table from a fault to an answer (spec/http-api-runtime.md section 3.2).

use bytes::Bytes;
use gatewright_authorizers::jwt::JwtError;
use gatewright_authorizers::lambda::LambdaAuthorizerError;
use gatewright_ingress::refusal_body;
use gatewright_integrations::{CallError, IntegrationError, InvokeError};
use gatewright_observe::RequestId;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{Response, StatusCode};

use crate::exchange::ErrorNote;
use crate::fault::Fault;
use crate::response_body::ResponseBody;

/// What the client gets, and what `$context.error` says (section 3.3).
#[derive(Clone, Copy, Debug)]
struct Row {
    status: StatusCode,
    message: &'static str,
    response_type: Option<&'static str>,
    then: Then,
}

/// What follows on the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Keep,
    /// The rest of the request is not read.
    Close,
}

fn row(fault: &Fault) -> Row {
    use IntegrationError as E;
    use LambdaAuthorizerError as L;
    use StatusCode as S;
    let keep =
        |status, message, response_type| Row { status, message, response_type, then: Then::Keep };
    let close = |status, message, response_type| Row {
        then: Then::Close,
        ..keep(status, message, response_type)
    };
    match fault {
        Fault::BadRequest | Fault::RequestBodyBroken => close(S::BAD_REQUEST, "Bad Request", None),
        Fault::ClientCertificate | Fault::NoMapping => keep(S::FORBIDDEN, "Forbidden", None),
        Fault::Misdirected => keep(S::MISDIRECTED_REQUEST, "Misdirected Request", None),
        Fault::NotFound => keep(S::NOT_FOUND, "Not Found", None),
        Fault::RequestEntityTooLarge => {
            close(S::PAYLOAD_TOO_LARGE, "Request Entity Too Large", Some("REQUEST_TOO_LARGE"))
        }
        Fault::TooManyRequests => {
            keep(S::TOO_MANY_REQUESTS, "Too Many Requests", Some("THROTTLED"))
        }
        Fault::Jwt { error: JwtError::Scope, .. } => {
            keep(S::FORBIDDEN, "Forbidden", Some("ACCESS_DENIED"))
        }
        Fault::Jwt { .. } => keep(S::UNAUTHORIZED, "Unauthorized", Some("UNAUTHORIZED")),
        Fault::LambdaAuthorizer(error) => match error {
            L::Missing | L::Unauthorized => {
                keep(S::UNAUTHORIZED, "Unauthorized", Some("UNAUTHORIZED"))
            }
            L::Denied => keep(S::FORBIDDEN, "Forbidden", Some("ACCESS_DENIED")),
            L::Invoke(_) => keep(S::INTERNAL_SERVER_ERROR, INTERNAL, Some("AUTHORIZER_FAILURE")),
            L::Answer(_) => {
                keep(S::INTERNAL_SERVER_ERROR, INTERNAL, Some("AUTHORIZER_CONFIGURATION_ERROR"))
            }
        },
        Fault::Iam(_) => keep(S::FORBIDDEN, "Forbidden", Some("ACCESS_DENIED")),
        Fault::UriTooLong => keep(S::URI_TOO_LONG, "Request URI too long", None),
        Fault::NotReady => keep(S::SERVICE_UNAVAILABLE, UNAVAILABLE, None),
        Fault::Integration(E::TimedOut) => {
            keep(S::SERVICE_UNAVAILABLE, UNAVAILABLE, Some("INTEGRATION_TIMEOUT"))
        }
        Fault::Integration(E::Call(CallError::BadParameter { .. })) => {
            keep(S::BAD_REQUEST, "Bad Request", Some("BAD_REQUEST_PARAMETERS"))
        }
        Fault::Integration(
            E::Invoke(InvokeError::EventTooLarge) | E::Call(CallError::TooLarge),
        ) => keep(S::PAYLOAD_TOO_LARGE, "Request Entity Too Large", Some("REQUEST_TOO_LARGE")),
        Fault::Integration(E::Invoke(InvokeError::Throttled)) => {
            keep(S::SERVICE_UNAVAILABLE, UNAVAILABLE, Some("INTEGRATION_FAILURE"))
        }
        Fault::Integration(E::Unreachable(_) | E::ResponseBody(_)) => {
            keep(S::SERVICE_UNAVAILABLE, UNAVAILABLE, Some("INTEGRATION_NETWORK_FAILURE"))
        }
        Fault::Integration(_) => {
            keep(S::INTERNAL_SERVER_ERROR, INTERNAL, Some("INTEGRATION_FAILURE"))
        }
    }
}

const UNAVAILABLE: &str = "Service Unavailable";
const INTERNAL: &str = "Internal Server Error";

/// What `$context` says of a fault.
pub(crate) fn error_note(fault: &Fault) -> ErrorNote {
    let Row { message, response_type, .. } = row(fault);
    let integration = match fault {
        Fault::Integration(error) => Some(error.to_string()),
        _ => None,
    };
    let authorizer = match fault {
        Fault::Jwt { error: error @ JwtError::Missing, .. } => Some(format!("missing: {error}")),
        Fault::Jwt { error: error @ JwtError::Scope, .. } => {
            Some(format!("insufficient_scope: {error}"))
        }
        Fault::Jwt { error, .. } => Some(format!("invalid_token: {error}")),
        Fault::LambdaAuthorizer(LambdaAuthorizerError::Invoke(error)) => Some(error.to_string()),
        Fault::LambdaAuthorizer(error) => Some(error.to_string()),
        Fault::Iam(error) => Some(error.to_string()),
        _ => None,
    };
    ErrorNote { message, response_type, integration, authorizer }
}

/// The answer to a fault. What went wrong inside goes to the log, under the request's id.
pub(crate) fn response<B>(
    fault: &Fault,
    request_id: &RequestId,
    route_key: Option<&str>,
) -> Response<ResponseBody<B>> {
    let Row { status, message, then, .. } = row(fault);
    let error = fault as &dyn std::error::Error;
    if status.is_server_error() {
        tracing::warn!(%request_id, status = status.as_u16(), route_key, error, "request failed");
    } else {
        tracing::debug!(%request_id, status = status.as_u16(), route_key, error, "request refused");
    }
    let mut response = Response::new(ResponseBody::text(Bytes::from(refusal_body(message))));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if let Fault::Jwt { challenge, .. } = fault {
        headers.insert(WWW_AUTHENTICATE, challenge.clone());
    }
    if then == Then::Close {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jwt(error: JwtError) -> Fault {
        Fault::Jwt { error, challenge: HeaderValue::from_static("Bearer") }
    }

    #[test]
    fn bodies_are_those_of_aws_to_the_byte() {
        let rows = [
            (Fault::BadRequest, 400, 25),
            (Fault::NotFound, 404, 23),
            (Fault::ClientCertificate, 403, 23),
            (Fault::Misdirected, 421, 33),
            (Fault::RequestEntityTooLarge, 413, 38),
            (Fault::Integration(IntegrationError::TimedOut), 503, 33),
            (Fault::Integration(IntegrationError::Denied), 500, 35),
            (Fault::Integration(IntegrationError::Call(CallError::TooLarge)), 413, 38),
            (Fault::Integration(IntegrationError::Call(CallError::AnswerTooLarge)), 500, 35),
            (Fault::NotReady, 503, 33),
            (Fault::TooManyRequests, 429, 31),
            (jwt(JwtError::Expired), 401, 26),
            (jwt(JwtError::Scope), 403, 23),
            (Fault::LambdaAuthorizer(LambdaAuthorizerError::Missing), 401, 26),
            (Fault::LambdaAuthorizer(LambdaAuthorizerError::Denied), 403, 23),
            (Fault::UriTooLong, 414, 34),
        ];
        for (fault, status, length) in rows {
            let row = row(&fault);
            let found = (row.status.as_u16(), refusal_body(row.message).len());
            assert_eq!(found, (status, length), "{fault}");
        }
    }
}
