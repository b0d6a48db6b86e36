//! AWS's query protocol (Smithy, "AWS Query protocol"): one `POST` with a form.

use std::fmt::Write;

use bytes::Bytes;
use http::Request;
use http::header::{CONTENT_TYPE, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The form of an action.
#[derive(Debug)]
pub(crate) struct Form(String);

/// All but RFC 3986's unreserved characters.
pub(crate) const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const FORM: HeaderValue =
    HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");

impl Form {
    /// Of an action of a version of the API.
    pub(crate) fn new(action: &str, version: &str) -> Self {
        Self(format!("Action={action}&Version={version}"))
    }

    /// Adds a member.
    pub(crate) fn push(&mut self, name: &str, value: &str) {
        let (name, value) =
            (utf8_percent_encode(name, ENCODED), utf8_percent_encode(value, ENCODED));
        // Writing to a String cannot fail.
        let _ = write!(self.0, "&{name}={value}");
    }

    /// The request.
    pub(crate) fn into_request(self) -> Request<Bytes> {
        let mut request = Request::post("/").body(self.0.into()).expect("a method and a path");
        request.headers_mut().insert(CONTENT_TYPE, FORM);
        request
    }
}
