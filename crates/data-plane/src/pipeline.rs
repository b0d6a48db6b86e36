//! A request's way, every step in order (design.md section 4).

use std::net::SocketAddr;
use std::time::Duration;

use gatewright_ingress::{RequestBody, Service};
use gatewright_integrations::{Client, Egress, RequestContext};
use gatewright_observe::{Metrics, RequestId, SystemClock};
use gatewright_routing::{ExecuteApiHost, decode_path};
use gatewright_snapshot::CorsPlan;
use gatewright_types::{Clock, limits};
use http::header::HeaderName;
use http::{Method, Request, Response, StatusCode};
use tokio::time::Instant;

use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::filters::cors::{self, CorsRequest};
use crate::response_body::ResponseBody;
use crate::stage::{Route, Stage};
use crate::{address, fault_response};

/// What all traffic threads share.
#[derive(Clone, Debug)]
pub struct DataPlane {
    catalogue: Catalogue,
    execute_api: ExecuteApiHost,
    egress: Egress,
    metrics: Metrics,
}

/// One traffic thread's part.
#[derive(Debug)]
pub struct Worker {
    shared: DataPlane,
    client: Client<RequestBody>,
}

const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

impl DataPlane {
    /// Bytes of a request's body that are taken.
    pub const BODY_BYTES_MAX: u64 = limits::PAYLOAD_BYTES;

    /// A data plane that serves a catalogue under `{apiId}.execute-api.{region}.{base domain}`.
    #[must_use]
    pub fn new(
        catalogue: Catalogue,
        (region, base_domain): (&str, &str),
        egress: Egress,
        metrics: Metrics,
    ) -> Self {
        Self { catalogue, execute_api: ExecuteApiHost::new(region, base_domain), egress, metrics }
    }

    /// The part of the current thread, which must run a local runtime.
    #[must_use]
    pub fn worker(&self) -> Worker {
        Worker { client: self.egress.worker(), shared: self.clone() }
    }
}

impl Service for Worker {
    type Body = ResponseBody<RequestBody>;

    async fn call(
        &self,
        request: Request<RequestBody>,
        peer: SocketAddr,
    ) -> Response<ResponseBody<RequestBody>> {
        let request_id = RequestId::generate();
        let mut response = match self.answer(request, peer, &request_id).await {
            Ok(response) => response,
            Err(fault) => self.fault(&fault, &request_id),
        };
        response.headers_mut().insert(REQUEST_ID, request_id.header_value());
        response
    }
}

impl Worker {
    /// From address to answer; an error where not even a stage was found.
    async fn answer(
        &self,
        request: Request<RequestBody>,
        peer: SocketAddr,
        request_id: &RequestId,
    ) -> Result<Response<ResponseBody<RequestBody>>, Fault> {
        let started = Instant::now();
        // Ours to tunnel for nobody.
        if *request.method() == Method::CONNECT {
            return Err(Fault::BadRequest);
        }

        // 2. address: host and path to a stage. The clone shares the target's bytes, so that the
        // request can be changed while parts of its path are still needed.
        let uri = request.uri().clone();
        let path = decode_path(uri.path()).map_err(|_| Fault::BadRequest)?;
        let (stage, route_path) = {
            let catalogue = self.shared.catalogue.load();
            let apis = catalogue.as_ref().ok_or(Fault::NotReady)?;
            let host = address::host(&uri, request.headers())?;
            address::stage(apis, &self.shared.execute_api, host, &path).ok_or(Fault::NotFound)?
        };

        let cors = stage
            .cors
            .as_ref()
            .map(|plan| (plan, CorsRequest::of(request.method(), request.headers())));
        // 3. route: method and path to an integration. `stage` holds one deployment, whole, until
        // the answer's head is sent, whatever is published meanwhile.
        let mut response = match stage.route(request.method().as_str(), route_path) {
            Some((route, variables)) => {
                let context = RequestContext {
                    client: peer.ip(),
                    protocol: "http",
                    route_path,
                    variable: |index| variables.variable(index),
                    unix_seconds: SystemClock.now().unix_seconds(),
                };
                self.routed(&stage, route, request, context, (started, request_id)).await
            }
            // 4. CORS: a browser's question that no route takes.
            None if asks_first(cors.as_ref()) => self.no_content(),
            None => self.fault(&Fault::NotFound, request_id),
        };
        if let Some((plan, request)) = &cors {
            cors::apply(plan, request.as_ref(), response.headers_mut());
        }
        Ok(response)
    }

    /// From the route to its answer, which is the upstream's or a fault's.
    async fn routed<'v, V: Fn(usize) -> &'v str>(
        &self,
        stage: &Stage,
        route: &Route,
        request: Request<RequestBody>,
        context: RequestContext<'_, V>,
        (started, request_id): (Instant, &RequestId),
    ) -> Response<ResponseBody<RequestBody>> {
        // 5. throttle. 8. integrate.
        let sent = Instant::now();
        let buckets = self.shared.catalogue.buckets();
        let refused =
            route.throttle.as_ref().is_some_and(|throttle| !throttle.admits(buckets.at(sent)));
        let outcome = if refused {
            Err(Fault::TooManyRequests)
        } else if request.body().is_announced_too_large() {
            Err(Fault::RequestEntityTooLarge)
        } else {
            route.integration.call(&self.client, request, context).await.map_err(Fault::from)
        };
        let answered = Instant::now();

        // 9. the answer: the upstream's, or a fault's.
        let (response, integration) = match outcome {
            Ok(response) => (response.map(ResponseBody::upstream), Some(answered - sent)),
            Err(fault) => {
                let key = Some(route.route_key.as_str());
                (fault_response::response(&fault, request_id, key), waited(&fault, answered - sent))
            }
        };

        // 10. observe.
        route.metrics.answered(response.status());
        stage.metrics.observe(answered - started, integration);
        response
    }

    /// The answer to a fault before a route was found.
    fn fault(&self, fault: &Fault, request_id: &RequestId) -> Response<ResponseBody<RequestBody>> {
        let response = fault_response::response(fault, request_id, None);
        self.shared.metrics.unmatched(response.status());
        response
    }

    /// The gateway's own answer to a browser's question; its headers come with the configuration's.
    fn no_content(&self) -> Response<ResponseBody<RequestBody>> {
        let mut response = Response::new(ResponseBody::text(bytes::Bytes::new()));
        *response.status_mut() = StatusCode::NO_CONTENT;
        self.shared.metrics.unmatched(response.status());
        response
    }
}

fn asks_first(cors: Option<&(&CorsPlan, Option<CorsRequest>)>) -> bool {
    cors.is_some_and(|(_, request)| request.as_ref().is_some_and(CorsRequest::is_preflight))
}

/// Time spent on an upstream that failed; none where none was called.
fn waited(fault: &Fault, time: Duration) -> Option<Duration> {
    use gatewright_integrations::IntegrationError as E;
    matches!(fault, Fault::Integration(E::TimedOut | E::Unreachable(_))).then_some(time)
}
