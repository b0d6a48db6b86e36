//! The one table from a fault to an answer (spec/http-api-runtime.md section 3.2).

use bytes::Bytes;
use gatewright_ingress::refusal_body;
use gatewright_integrations::IntegrationError;
use gatewright_observe::RequestId;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};

use crate::fault::Fault;
use crate::response_body::ResponseBody;

/// What follows on the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    Keep,
    /// The rest of the request is not read.
    Close,
}

fn row(fault: &Fault) -> (StatusCode, &'static str, Then) {
    use StatusCode as S;
    match fault {
        Fault::BadRequest => (S::BAD_REQUEST, "Bad Request", Then::Close),
        Fault::NotFound => (S::NOT_FOUND, "Not Found", Then::Keep),
        Fault::RequestEntityTooLarge => {
            (S::PAYLOAD_TOO_LARGE, "Request Entity Too Large", Then::Close)
        }
        Fault::TooManyRequests => (S::TOO_MANY_REQUESTS, "Too Many Requests", Then::Keep),
        Fault::RequestBodyBroken => (S::BAD_REQUEST, "Bad Request", Then::Close),
        Fault::NotReady => (S::SERVICE_UNAVAILABLE, "Service Unavailable", Then::Keep),
        Fault::Integration(IntegrationError::TimedOut | IntegrationError::Unreachable(_)) => {
            (S::SERVICE_UNAVAILABLE, "Service Unavailable", Then::Keep)
        }
        Fault::Integration(_) => (S::INTERNAL_SERVER_ERROR, "Internal Server Error", Then::Keep),
    }
}

/// The answer to a fault. What went wrong inside goes to the log, under the request's id.
pub(crate) fn response<B>(
    fault: &Fault,
    request_id: &RequestId,
    route_key: Option<&str>,
) -> Response<ResponseBody<B>> {
    let (status, message, then) = row(fault);
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
    if then == Then::Close {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_those_of_aws_to_the_byte() {
        let rows = [
            (Fault::BadRequest, 400, 25),
            (Fault::NotFound, 404, 23),
            (Fault::RequestEntityTooLarge, 413, 38),
            (Fault::Integration(IntegrationError::TimedOut), 503, 33),
            (Fault::Integration(IntegrationError::Denied), 500, 35),
            (Fault::NotReady, 503, 33),
            (Fault::TooManyRequests, 429, 31),
        ];
        for (fault, status, length) in rows {
            let (found, message, _) = row(&fault);
            assert_eq!((found.as_u16(), refusal_body(message).len()), (status, length), "{fault}");
        }
    }
}
