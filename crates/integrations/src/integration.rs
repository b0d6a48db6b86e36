//! Any integration, made from its plan.

use std::net::IpAddr;

use bytes::Bytes;
use gatewright_egress::{Client, Egress, ResponseBody};
use gatewright_expressions::RequestChanges;
use gatewright_snapshot::IntegrationPlan;
use http::request::Parts;
use http::{Response, Uri};

use crate::{HttpProxy, IntegrationError};

/// What a route calls.
#[derive(Debug)]
pub enum Integration {
    /// `HTTP_PROXY`.
    HttpProxy(HttpProxy),
    /// Nothing, as things stand.
    Uncallable {
        /// Why, for the operator.
        reason: String,
    },
}

/// What an integration may know of the request beside the request itself.
#[derive(Debug)]
pub struct RequestContext<'a, V> {
    /// What the client asked for. The request itself has none, so that the integration can set its
    /// own.
    pub uri: &'a Uri,
    /// The client's address.
    pub client: IpAddr,
    /// `http` or `https`: how the client came.
    pub protocol: &'static str,
    /// The decoded path that the route was matched by, as received.
    pub route_path: &'a str,
    /// The decoded path as clients send it to a default endpoint, the stage's name in front unless
    /// that is `$default`: these, one behind the other.
    pub path_with_stage: [&'a str; 3],
    /// The decoded value of the route's path variable of an index.
    pub variable: V,
    /// The current time, in seconds since the Unix epoch.
    pub unix_seconds: i64,
    /// What the integration's `requestParameters` make of the request.
    pub changes: RequestChanges<'a>,
}

impl Integration {
    /// Makes an integration; its upstream is shared with all that go to the same origin.
    #[must_use]
    pub fn new(plan: &IntegrationPlan, egress: &Egress) -> Self {
        match plan {
            IntegrationPlan::HttpProxy(plan) => match HttpProxy::new(plan, egress) {
                Ok(proxy) => Self::HttpProxy(proxy),
                Err(error) => Self::Uncallable { reason: error.to_string() },
            },
            IntegrationPlan::NotServed { setting } => Self::Uncallable {
                reason: format!("{setting} is not served by this version of Gatewright"),
            },
            IntegrationPlan::Refused { reason } | IntegrationPlan::Uncallable { reason } => {
                Self::Uncallable { reason: reason.clone() }
            }
        }
    }

    /// Calls it, with a request whose head is changed and taken away. The call is made ready at
    /// once, so that whoever awaits it holds nothing of the request.
    ///
    /// # Errors
    ///
    /// [`IntegrationError`].
    pub fn call<'c, 'v, B, V>(
        &'c self,
        client: &'c Client<B>,
        head: &mut Parts,
        body: B,
        context: RequestContext<'_, V>,
    ) -> impl Future<Output = Result<Response<ResponseBody<B>>, IntegrationError>> + use<'c, 'v, B, V>
    where
        B: http_body::Body<Data = Bytes> + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        V: Fn(usize) -> &'v str,
    {
        let call = match self {
            Self::HttpProxy(proxy) => proxy.prepare(client, head, body, context),
            Self::Uncallable { reason } => Err(IntegrationError::Uncallable(reason.clone())),
        };
        async move { call?.answer(client).await }
    }
}
