//! Any integration, made from its plan.

use std::net::IpAddr;

use bytes::Bytes;
use gatewright_egress::{Client, Egress, ResponseBody};
use gatewright_expressions::RequestChanges;
use gatewright_snapshot::IntegrationPlan;
use http::{Request, Response};

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

    /// Calls it.
    ///
    /// # Errors
    ///
    /// [`IntegrationError`].
    pub fn call<'c, 'v, B, V>(
        &'c self,
        client: &'c Client<B>,
        request: Request<B>,
        context: RequestContext<'_, V>,
    ) -> impl Future<Output = Result<Response<ResponseBody<B>>, IntegrationError>> + use<'c, 'v, B, V>
    where
        B: http_body::Body<Data = Bytes> + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        V: Fn(usize) -> &'v str,
    {
        let calling = match self {
            Self::HttpProxy(proxy) => Ok(proxy.call(client, request, context)),
            Self::Uncallable { reason } => Err(IntegrationError::Uncallable(reason.clone())),
        };
        async move { calling?.await }
    }
}
