//! Any integration, made from its plan.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use bytes::Bytes;
use gatewright_credentials::Profiles;
use gatewright_egress::{Client, Egress};
use gatewright_expressions::{ContextValues, RequestChanges};
use gatewright_lambda::Authorizer;
use gatewright_snapshot::IntegrationPlan;
use gatewright_types::ClientCertificate;
use http::request::Parts;
use http::{Response, Uri};
use http_body_util::Full;

use crate::http_proxy::HttpProxyCall;
use crate::lambda_proxy::{LambdaCall, LambdaProxy};
use crate::service_proxy::{ServiceCall, ServiceProxy};
use crate::{HttpProxy, IntegrationError, ResponseBody};

/// What a route calls.
#[derive(Debug)]
pub enum Integration {
    /// `HTTP_PROXY`.
    HttpProxy(HttpProxy),
    /// `AWS_PROXY` with a Lambda function.
    Lambda(LambdaProxy),
    /// `AWS_PROXY` with an action of an AWS service.
    Service(ServiceProxy),
    /// Nothing, as things stand.
    Uncallable {
        /// Why, for the operator.
        reason: String,
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
    pub client: IpAddr,
    /// The address that the request came from: the client's, or that of the last trusted proxy.
    pub peer: IpAddr,
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
    /// The matched key as configured.
    pub route_key: &'a str,
    /// Names of the route's path variables, in order.
    pub path_variables: &'a [String],
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
    /// Makes an integration; its upstream is shared with all that go to the same origin. `operators`
    /// leads to what the operator's configuration names, and `profiles` sign what goes there.
    #[must_use]
    pub fn new(
        plan: IntegrationPlan,
        egress: &Egress,
        operators: &Egress,
        profiles: &Profiles,
    ) -> Self {
        match plan {
            IntegrationPlan::HttpProxy(plan) => match HttpProxy::new(plan, egress) {
                Ok(proxy) => Self::HttpProxy(proxy),
                Err(error) => Self::Uncallable { reason: error.to_string() },
            },
            IntegrationPlan::Lambda(plan) => match LambdaProxy::new(&plan, operators, profiles) {
                Ok(proxy) => Self::Lambda(proxy),
                Err(error) => Self::Uncallable { reason: error.to_string() },
            },
            IntegrationPlan::Service(plan) => match ServiceProxy::new(plan, operators, profiles) {
                Ok(proxy) => Self::Service(proxy),
                Err(error) => Self::Uncallable { reason: error.to_string() },
            },
            IntegrationPlan::NotServed { setting } => Self::Uncallable {
                reason: format!("{setting} is not served by this version of Gatewright"),
            },
            IntegrationPlan::Refused { reason } | IntegrationPlan::Uncallable { reason } => {
                Self::Uncallable { reason }
            }
        }
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
    /// [`IntegrationError`].
    pub fn call<'c, 'v, B, V>(
        &'c self,
        clients: &'c Clients<B>,
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
            Self::HttpProxy(proxy) => {
                proxy.prepare(&clients.upstreams, head, body, context).map(Call::HttpProxy)
            }
            Self::Lambda(proxy) => {
                proxy.prepare(&clients.endpoints, head, context).map(Call::Lambda)
            }
            Self::Service(proxy) => {
                proxy.prepare(&clients.endpoints, head, &context).map(Call::Service)
            }
            Self::Uncallable { reason } => Err(IntegrationError::Uncallable(reason.clone())),
        };
        async move {
            match call? {
                Call::HttpProxy(call) => {
                    let answered = call.answer(&clients.upstreams).await;
                    answered.map(|response| response.map(ResponseBody::Upstream))
                }
                // Boxed, since they are large and HTTP upstreams are what has to be fast.
                Call::Lambda(call) => Box::pin(call.answer(&clients.endpoints)).await,
                Call::Service(call) => {
                    let answered = Box::pin(call.answer(&clients.endpoints)).await;
                    answered.map(|response| response.map(ResponseBody::whole))
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
