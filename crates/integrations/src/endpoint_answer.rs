//! What an AWS endpoint says of a call beside its answer.

use gatewright_lambda::CallHead;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};

/// What an AWS endpoint said of the call itself (`$context.integrationStatus`,
/// `$context.awsEndpointRequestId`): in the answer's extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointAnswer {
    /// The status of the call, which a function's own is beside.
    pub status: StatusCode,
    /// `x-amzn-requestid` or `x-amz-request-id`.
    pub request_id: Option<HeaderValue>,
    /// `x-amz-id-2`.
    pub extended_request_id: Option<HeaderValue>,
}

const REQUEST_IDS: [HeaderName; 2] =
    [HeaderName::from_static("x-amzn-requestid"), HeaderName::from_static("x-amz-request-id")];
const EXTENDED_REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-id-2");

impl EndpointAnswer {
    pub(crate) fn new(status: StatusCode, headers: &HeaderMap) -> Self {
        Self {
            status,
            request_id: REQUEST_IDS.iter().find_map(|name| headers.get(name)).cloned(),
            extended_request_id: headers.get(EXTENDED_REQUEST_ID).cloned(),
        }
    }

    /// Of an invocation of a function.
    pub(crate) fn of(call: &CallHead) -> Self {
        Self::new(call.status, &call.headers)
    }
}
