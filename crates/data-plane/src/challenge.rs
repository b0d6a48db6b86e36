//! What a certificate authority asks for to see that a name is ours (HTTP-01; RFC 8555 section 8.3).

use gatewright_ingress::RequestBody;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response};

use crate::address;
use crate::peeked_body::PeekedBody;
use crate::response_body::ResponseBody;
use crate::worker::Worker;

impl Worker {
    /// The answer to an authority. Every other request goes its way, also one of the same path of a name
    /// that no certificate is on its way for.
    pub(crate) fn challenge(
        &self,
        request: &Request<RequestBody>,
    ) -> Option<Response<ResponseBody<PeekedBody<RequestBody>>>> {
        let challenges = self.shared.challenges.as_ref()?;
        if !challenges.are_pending() || request.method() != Method::GET {
            return None;
        }
        let host = address::host(request.uri(), request.headers()).ok()?;
        let file = challenges.file(host, request.uri().path())?;
        let mut response = Response::new(ResponseBody::text(file));
        let binary = HeaderValue::from_static("application/octet-stream");
        response.headers_mut().insert(CONTENT_TYPE, binary);
        Some(response)
    }
}
