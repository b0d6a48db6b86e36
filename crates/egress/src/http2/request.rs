//! A request on its way out.

use std::rc::Rc;

use bytes::Bytes;
use http::header::{HOST, HeaderValue, TE};
use http::request::Parts;
use http::{Request, Uri, Version};
use http_body::Body;

use super::sent_body::{Failure, SentBody};
use crate::{SendError, Upstream, is_idempotent};

/// A request that is ready to be sent.
pub(crate) struct Http2Request<B> {
    pub(super) request: Request<SentBody<B>>,
    /// What its body failed with.
    pub(super) failure: Rc<Failure>,
}

/// The answer's trailers are passed on, and gRPC's servers insist on hearing so.
const TRAILERS: HeaderValue = HeaderValue::from_static("trailers");

impl<B> Http2Request<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// Takes method and headers away; what was `Host` is `:authority` (RFC 9113 section 8.3.1).
    pub(crate) fn new(upstream: &Upstream, parts: &mut Parts, body: B) -> Result<Self, SendError> {
        let mut headers = std::mem::take(&mut parts.headers);
        let host = headers.remove(HOST);
        let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
        let uri = Uri::builder()
            .scheme(upstream.origin.scheme.as_str())
            .authority(host.as_ref().map_or(&[][..], HeaderValue::as_bytes))
            .path_and_query(target)
            .build()
            .map_err(SendError::Host)?;
        headers.insert(TE, TRAILERS);
        let (body, failure) = SentBody::new(Some(body));
        let mut request = Request::new(body);
        *request.method_mut() = std::mem::take(&mut parts.method);
        *request.uri_mut() = uri;
        *request.version_mut() = Version::HTTP_2;
        *request.headers_mut() = headers;
        Ok(Self { request, failure })
    }

    /// The same again, if that can be sent twice: it has no body and is idempotent (RFC 9110
    /// section 9.2.2).
    pub(super) fn repeat(&self) -> Option<Self> {
        let Self { request, .. } = self;
        if !request.body().is_end_stream() || !is_idempotent(request.method()) {
            return None;
        }
        let (body, failure) = SentBody::new(None);
        let mut again = Request::new(body);
        again.method_mut().clone_from(request.method());
        again.uri_mut().clone_from(request.uri());
        *again.version_mut() = request.version();
        again.headers_mut().clone_from(request.headers());
        Some(Self { request: again, failure })
    }
}
