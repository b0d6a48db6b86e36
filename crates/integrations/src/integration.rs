//! Any integration, made from its plan.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use gatewright_egress::Client;
use gatewright_expressions::{ContextValues, RequestChanges};
use gatewright_lambda::Authorizer;
use gatewright_snapshot::RouteNames;
use gatewright_types::{AddressText, ClientCertificate};
use http::request::Parts;
use http::{Response, Uri};
use http_body_util::Full;

use crate::http_proxy::HttpProxyCall;
use crate::lambda_proxy::{LambdaCall, LambdaProxy};
use crate::service_proxy::{ServiceCall, ServiceProxy};
use crate::{HttpProxy, IntegrationError, IntegrationFailure, ResponseBody};

/// What a route calls. Small, since of a stage's routes each has one: what only some have is elsewhere.
#[derive(Debug)]
pub enum Integration {
    /// `HTTP_PROXY`.
    HttpProxy(HttpProxy),
    /// `AWS_PROXY` with a Lambda function.
    Lambda(Box<LambdaProxy>),
    /// `AWS_PROXY` with an action of an AWS service.
    Service(Box<ServiceProxy>),
    /// Nothing, as things stand.
    Uncallable {
        /// Why, for the operator.
        reason: Box<str>,
    },
}

/// One thread's ways to what integrations call.
#[derive(Debug)]
pub struct Clients<B> {
    /// To the upstreams that APIs name.
    pub upstreams: Client<B>,
    /// To the endpoints that the operator names.
    pub endpoints: Client<Full<Bytes>>,
}

/// What an integration may know of the request beside the request itself.
pub struct RequestContext<'a, V> {
    /// What the client asked for. The request itself has none, so that the integration can set its
    /// own.
    pub uri: &'a Uri,
    /// Its path, without an address in front (hosts without DNS).
    pub raw_path: &'a str,
    /// The client's address.
    pub client: &'a AddressText,
    /// The address that the request came from: the client's, or that of the last trusted proxy.
    pub peer: &'a AddressText,
    /// The certificate it had to show.
    pub client_certificate: Option<&'a ClientCertificate>,
    /// `http` or `https`: how the client came.
    pub protocol: &'static str,
    /// The decoded path that the route was matched by, as received.
    pub route_path: &'a str,
    /// The decoded path as clients send it to a default endpoint, the stage's name in front unless
    /// that is `$default`: these, one behind the other.
    pub path_with_stage: [&'a str; 3],
    /// The decoded path as the client sent it: these, one behind the other.
    pub client_path: [&'a str; 3],
    /// The decoded value of the route's path variable of an index.
    pub variable: V,
    /// `apigw-requestid`.
    pub request_id: &'a str,
    /// When the request came, in milliseconds since the Unix epoch.
    pub received_ms: i64,
    /// The account that owns the API, the API, and the stage.
    pub owner: [&'a str; 3],
    /// The matched route's key, and the names in it.
    pub route: &'a RouteNames,
    /// The stage's variables.
    pub stage_variables: &'a BTreeMap<String, String>,
    /// What the route's authorizer found out.
    pub authorizer: Option<Authorizer<'a>>,
    /// The whole body, where the integration [needs it](Integration::needs_body).
    pub body: Bytes,
    /// What the integration's `requestParameters` make of the request.
    pub changes: RequestChanges<'a>,
    /// Values of `$context`, for parameters that are no changes.
    pub values: &'a dyn ContextValues,
}

/// A call that is ready to be sent.
enum Call<'i, B> {
    HttpProxy(HttpProxyCall<'i, B>),
    Lambda(LambdaCall<'i>),
    Service(ServiceCall<'i>),
}

impl Integration {
    /// One that answers 500.
    #[must_use]
    pub fn uncallable(reason: String) -> Self {
        Self::Uncallable { reason: reason.into() }
    }

    /// Whether the body has to be there, whole, before it is called.
    #[must_use]
    pub fn needs_body(&self) -> bool {
        match self {
            Self::Lambda(_) => true,
            Self::Service(proxy) => proxy.needs_body(),
            Self::HttpProxy(_) | Self::Uncallable { .. } => false,
        }
    }

    /// Whether it gets the request itself, rather than an event of it.
    #[must_use]
    pub fn is_http(&self) -> bool {
        matches!(self, Self::HttpProxy(_))
    }

    /// Calls it, with a request whose head is changed and taken away. The call is made ready at
    /// once, so that whoever awaits it holds nothing of the request.
    ///
    /// # Errors
    ///
    /// [`IntegrationFailure`].
    pub fn call<'c, 'v, B, V>(
        &'c self,
        clients: &'c Clients<B>,
        head: &mut Parts,
        body: B,
        context: RequestContext<'_, V>,
    ) -> impl Future<Output = Result<Response<ResponseBody<B>>, IntegrationFailure>> + use<'c, 'v, B, V>
    where
        B: http_body::Body<Data = Bytes> + Unpin + 'static,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
        V: Fn(usize) -> &'v str,
    {
        let call = match self {
            Self::HttpProxy(proxy) => {
                proxy.prepare(&clients.upstreams, head, body, context).map(Call::HttpProxy)
            }
            Self::Lambda(proxy) => {
                proxy.prepare(&clients.endpoints, head, context).map(Call::Lambda)
            }
            Self::Service(proxy) => {
                proxy.prepare(&clients.endpoints, head, &context).map(Call::Service)
            }
            Self::Uncallable { reason } => Err(IntegrationError::Uncallable(reason.to_string())),
        };
        async move {
            match call? {
                Call::HttpProxy(call) => {
                    let answered = call.answer(&clients.upstreams).await;
                    Ok(answered?.map(ResponseBody::Upstream))
                }
                // Boxed, since they are large and HTTP upstreams are what has to be fast.
                Call::Lambda(call) => Box::pin(call.answer(&clients.endpoints)).await,
                Call::Service(call) => {
                    let answered = Box::pin(call.answer(&clients.endpoints)).await;
                    Ok(answered?.map(ResponseBody::whole))
                }
            }
        }
    }
}

/// Without what is the client's own.
impl<V> fmt::Debug for RequestContext<'_, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("RequestContext");
        shown.field("request_id", &self.request_id).finish_non_exhaustive()
    }
}
