//! AWS's JSON protocols (Smithy, "AWS JSON 1.0 protocol" and "1.1"): one `POST` whose `X-Amz-Target`
//! is the operation.

use bytes::Bytes;
use http::Request;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use serde::Serialize;

/// The version, of which the media type is all that differs here.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Version {
    V1_0,
    V1_1,
}

const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// The request of an operation.
pub(crate) fn request(
    version: Version,
    target: &'static str,
    input: &impl Serialize,
) -> Request<Bytes> {
    let body = serde_json::to_vec(input).expect("texts and numbers");
    let mut request = Request::post("/").body(body.into()).expect("a method and a path");
    let content_type = match version {
        Version::V1_0 => "application/x-amz-json-1.0",
        Version::V1_1 => "application/x-amz-json-1.1",
    };
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    request.headers_mut().insert(TARGET, HeaderValue::from_static(target));
    request
}
