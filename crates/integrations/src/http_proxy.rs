//! `HTTP_PROXY`: an HTTP upstream, passed through (`http-api-develop-integrations-http`;
//! spec/http-api-runtime.md section 5).

use std::sync::Arc;

use bytes::Bytes;
use gatewright_egress::{Client, Prepared, ResponseBody, hop_by_hop};
use gatewright_expressions::{TargetPath, TargetTemplate};
use gatewright_observe::new_trace_id;
use gatewright_snapshot::ConnectionPlan;
use gatewright_types::set_header;
use http::header::{CONTENT_LENGTH, EXPECT, HOST, HeaderName, HeaderValue, VIA};
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Response, Uri, Version};

use crate::http_upstream::HttpUpstream;
use crate::noted_headers::NotedHeaders;
use crate::{IntegrationError, RequestContext, forwarded};

/// An HTTP upstream, and what it is asked for.
#[derive(Debug)]
pub struct HttpProxy {
    target: TargetTemplate,
    upstream: Arc<HttpUpstream>,
}

/// A request that is ready to be sent.
pub(crate) struct HttpProxyCall<'p, B> {
    upstream: &'p HttpUpstream,
    request: Prepared<B>,
    /// Only the integration's method asks for none.
    without_body: bool,
}

const VIA_VALUE: HeaderValue = HeaderValue::from_static("HTTP/1.1 AmazonAPIGateway");
/// Which request this one was made for (spec section 5.2).
pub const TRACE_ID: HeaderName = HeaderName::from_static("x-amzn-trace-id");
const ZERO: HeaderValue = HeaderValue::from_static("0");

impl HttpProxy {
    pub(crate) fn new(target: TargetTemplate, upstream: Arc<HttpUpstream>) -> Self {
        Self { target, upstream }
    }

    /// Makes of the client's request the upstream's, ready to be sent.
    pub(crate) fn prepare<'v, B, V>(
        &self,
        client: &Client<B>,
        head: &mut Parts,
        body: B,
        context: RequestContext<'_, V>,
    ) -> Result<HttpProxyCall<'_, B>, IntegrationError>
    where
        B: http_body::Body<Data = Bytes> + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        V: Fn(usize) -> &'v str,
    {
        let client_asks_for_head = head.method == Method::HEAD;
        if let Some(method) = &self.upstream.method {
            head.method = method.clone();
        }
        let without_body = head.method == Method::HEAD && !client_asks_for_head;
        head.uri = Uri::from(self.target(&context)?);
        self.set_headers(&mut head.headers, body.is_end_stream(), context)?;
        Ok(HttpProxyCall {
            upstream: &self.upstream,
            request: client.prepare(&self.upstream.upstream, head, body)?,
            without_body,
        })
    }

    fn set_headers<V>(
        &self,
        headers: &mut HeaderMap,
        without_body: bool,
        context: RequestContext<'_, V>,
    ) -> Result<(), IntegrationError> {
        let mut noted = NotedHeaders::of(headers);
        if noted.hop_by_hop {
            hop_by_hop::remove(headers);
            noted = NotedHeaders::of(headers);
        }
        if noted.expect {
            headers.remove(EXPECT);
        }
        if without_body {
            // As AWS does, also on GET.
            set_header(headers, CONTENT_LENGTH, ZERO);
        }
        let client_host = self.set_host(headers, context.uri)?;
        let client_host =
            client_host.as_ref().and_then(|host| host.to_str().ok()).unwrap_or_default();
        // Every hop adds the address that it saw.
        forwarded::set(headers, noted, context.peer, client_host, context.protocol);
        if noted.via {
            append_via(headers);
        } else {
            set_header(headers, VIA, VIA_VALUE);
        }
        if !noted.trace_id {
            let id = new_trace_id(context.received_ms.div_euclid(1000));
            set_header(headers, TRACE_ID, id);
        }
        // Behind what the gateway itself makes, which cannot be mapped (section 8.4) but for `Host`.
        let changes = context.changes.headers;
        if !changes.is_empty() {
            changes.apply(headers);
            // Who takes it away gets the upstream's own: no request goes without.
            headers.entry(HOST).or_insert_with(|| self.upstream.host.clone());
        }
        Ok(())
    }

    /// Sets `Host`, and gives the client's.
    fn set_host(
        &self,
        headers: &mut HeaderMap,
        received: &Uri,
    ) -> Result<Option<HeaderValue>, IntegrationError> {
        if self.upstream.connection != ConnectionPlan::VpcLink {
            return Ok(headers.insert(HOST, self.upstream.host.clone()));
        }
        // A request target in absolute form outweighs the header (RFC 9112 section 3.2.2).
        if let Some(authority) = received.authority() {
            let host = HeaderValue::try_from(authority.as_str())
                .map_err(|error| IntegrationError::Request(error.into()))?;
            headers.insert(HOST, host);
        }
        Ok(headers.get(HOST).cloned())
    }

    /// Path and query string for the upstream.
    fn target<'v, V: Fn(usize) -> &'v str>(
        &self,
        context: &RequestContext<'_, V>,
    ) -> Result<PathAndQuery, IntegrationError> {
        let mut target = String::with_capacity(128);
        let query = context.changes.query.as_deref().or_else(|| context.uri.query());
        let path = match (&context.changes.path, self.upstream.connection) {
            (Some(path), _) => TargetPath::Replaced(path),
            (None, ConnectionPlan::VpcLink) => TargetPath::Received(context.path_with_stage),
            (None, ConnectionPlan::Internet { appends_path: true }) => {
                TargetPath::Appended(context.route_path)
            }
            (None, ConnectionPlan::Internet { appends_path: false }) => TargetPath::Own,
        };
        self.target.write(&mut target, &context.variable, path, query);
        PathAndQuery::from_maybe_shared(Bytes::from(target))
            .map_err(|error| IntegrationError::Request(error.into()))
    }
}

impl<B> HttpProxyCall<'_, B>
where
    B: http_body::Body<Data = Bytes> + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    pub(crate) async fn answer(
        self,
        client: &Client<B>,
    ) -> Result<Response<ResponseBody<B>>, IntegrationError> {
        let Self { upstream, request, without_body } = self;
        let mut response =
            client.send_prepared(&upstream.upstream, request, upstream.timeouts).await?;
        hop_by_hop::remove(response.headers_mut());
        if without_body {
            // The length of a body that only the integration's method left out.
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        *response.version_mut() = Version::HTTP_11;
        Ok(response)
    }
}

fn append_via(headers: &mut HeaderMap) {
    let earlier = headers.get_all(VIA).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>();
    let mut all = earlier.join(&b", "[..]);
    all.extend_from_slice(b", ");
    all.extend_from_slice(VIA_VALUE.as_bytes());
    if let Ok(value) = HeaderValue::from_bytes(&all) {
        set_header(headers, VIA, value);
    }
}
