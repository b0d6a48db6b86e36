//! A request's way, every step in order (design.md section 4).

use std::net::SocketAddr;
use std::time::Duration;

use gatewright_ingress::{RequestBody, Service};
use gatewright_integrations::{Client, Egress, RequestContext};
use gatewright_observe::{Metrics, RequestId, SystemClock};
use gatewright_routing::{ExecuteApiHost, decode_path};
use gatewright_types::{Clock, limits};
use http::header::HeaderName;
use http::{Method, Request, Response};
use tokio::time::Instant;

use crate::catalogue::Catalogue;
use crate::fault::Fault;
use crate::response_body::ResponseBody;
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
            Err(fault) => {
                let response = fault_response::response(&fault, &request_id, None);
                self.shared.metrics.unmatched(response.status());
                response
            }
        };
        response.headers_mut().insert(REQUEST_ID, request_id.header_value());
        response
    }
}

impl Worker {
    /// From address to integration; an error where no route was found to count it under.
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

        // 3. route: method and path to an integration. `stage` holds one deployment, whole, until
        // the answer's head is sent, whatever is published meanwhile.
        let (route, variables) =
            stage.route(request.method().as_str(), route_path).ok_or(Fault::NotFound)?;

        // 8. integrate.
        let context = RequestContext {
            client: peer.ip(),
            protocol: "http",
            route_path,
            variable: |index| variables.variable(index),
            unix_seconds: SystemClock.now().unix_seconds(),
        };
        let sent = Instant::now();
        let outcome = if request.body().is_announced_too_large() {
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
        Ok(response)
    }
}

/// Time spent on an upstream that failed; none where none was called.
fn waited(fault: &Fault, time: Duration) -> Option<Duration> {
    use gatewright_integrations::IntegrationError as E;
    matches!(fault, Fault::Integration(E::TimedOut | E::Unreachable(_))).then_some(time)
}
