//! A request's way, every step in order (design.md section 4).

use std::net::SocketAddr;

use gatewright_expressions::{RequestChanges, RequestSource, ResponseSource};
use gatewright_ingress::{RequestBody, Service};
use gatewright_integrations::{
    Client, Egress, IntegrationError, RequestContext, ResponseBody as UpstreamBody,
};
use gatewright_observe::Metrics;
use gatewright_routing::{ExecuteApiHost, RouteMatch, decode_path};
use gatewright_snapshot::CorsPlan;
use gatewright_types::limits;
use http::header::{CONTENT_LENGTH, HOST, HeaderName};
use http::{Method, Request, Response, StatusCode};
use tokio::time::Instant;

use crate::catalogue::Catalogue;
use crate::exchange::{Context, Exchange};
use crate::fault::Fault;
use crate::filters::cors::{self, CorsRequest};
use crate::observation::{BodyBytes, Observed};
use crate::peeked_body::PeekedBody;
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
    client: Client<PeekedBody<RequestBody>>,
}

/// What a client gets.
type Answer = Response<ResponseBody<PeekedBody<RequestBody>>>;

/// What an upstream gives.
type UpstreamAnswer = Response<PeekedBody<UpstreamBody<PeekedBody<RequestBody>>>>;

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
    type Body = ResponseBody<PeekedBody<RequestBody>>;

    async fn call(&self, request: Request<RequestBody>, peer: SocketAddr) -> Answer {
        let exchange = Exchange::begin(peer.ip(), request.method().clone());
        let request_id = exchange.request_id;
        let mut response = match self.answer(request.map(PeekedBody::new), exchange).await {
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
    /// From address to answer; an error where not even a stage was found.
    async fn answer(
        &self,
        mut request: Request<PeekedBody<RequestBody>>,
        mut exchange: Exchange,
    ) -> Result<Answer, Fault> {
        // Ours to tunnel for nobody.
        if *request.method() == Method::CONNECT {
            return Err(Fault::BadRequest);
        }

        // 2. address: host and path to a stage. The clone shares the target's bytes, so that the
        // request can be changed while parts of its path are still needed.
        let uri = request.uri().clone();
        let path = decode_path(uri.path()).map_err(|_| Fault::BadRequest)?;
        let address = {
            let catalogue = self.shared.catalogue.load();
            let apis = catalogue.as_ref().ok_or(Fault::NotReady)?;
            let host = address::host(&uri, request.headers())?;
            address::find(apis, &self.shared.execute_api, host, &path).ok_or(Fault::NotFound)?
        };
        let stage = &*address.stage;
        if stage.uses_context
            && let Some(host) = request.headers().get(HOST).cloned()
        {
            exchange.keep(request.headers(), host, &address);
        }
        let mut counted = None;
        let request_bytes = BodyBytes::of(request.body(), |count| counted = Some(count));
        if let Some(count) = counted {
            request.body_mut().count_in(count);
        }

        let cors = stage
            .cors
            .as_ref()
            .map(|plan| (plan, CorsRequest::of(request.method(), request.headers())));
        // 3. route: method and path to an integration. `stage` holds one deployment, whole, until
        // the answer is sent, whatever is published meanwhile.
        let found = stage.find(request.method().as_str(), address.route_path);
        let route = found.as_ref().map(|found| *found.value);
        let mut response = match found {
            Some(found) => {
                self.routed(stage, address.route_path, found, request, &mut exchange).await
            }
            // 4. CORS: a browser's question that no route takes.
            None if asks_first(cors.as_ref()) => no_content(),
            None => failure(&Fault::NotFound, None, &mut exchange),
        };
        if let Some((plan, request)) = &cors {
            cors::apply(plan, request.as_ref(), response.headers_mut());
        }

        // 10. observe.
        let status = response.status();
        let observed = Observed::begin(address.stage, route, request_bytes, &mut exchange, status);
        response.body_mut().observed_by(observed);
        Ok(response)
    }

    /// From the route to its answer, which is the upstream's or a fault's.
    async fn routed(
        &self,
        stage: &Stage,
        route_path: &str,
        found: RouteMatch<'_, '_, usize>,
        request: Request<PeekedBody<RequestBody>>,
        exchange: &mut Exchange,
    ) -> Answer {
        let route = stage.route(*found.value);
        let outcome = self.integrated(stage, route, route_path, &found, request, exchange).await;
        match outcome {
            Ok(response) => response.map(ResponseBody::upstream),
            Err(fault) => failure(&fault, Some(&route.route_key), exchange),
        }
    }

    async fn integrated(
        &self,
        stage: &Stage,
        route: &Route,
        route_path: &str,
        found: &RouteMatch<'_, '_, usize>,
        mut request: Request<PeekedBody<RequestBody>>,
        exchange: &mut Exchange,
    ) -> Result<UpstreamAnswer, Fault> {
        // 5. throttle.
        let buckets = self.shared.catalogue.buckets();
        let sent = Instant::now();
        if route.throttle.as_ref().is_some_and(|throttle| !throttle.admits(buckets.at(sent))) {
            return Err(Fault::TooManyRequests);
        }
        if request.body().get_ref().is_announced_too_large() {
            return Err(Fault::RequestEntityTooLarge);
        }

        // 7. map the request.
        let changes = if route.request_mapping.is_empty() {
            RequestChanges::default()
        } else {
            let body = if route.request_mapping.needs_body() {
                request.body_mut().peek(limits::MAPPED_BODY_BYTES_MAX).await?
            } else {
                bytes::Bytes::new()
            };
            route.request_mapping.evaluate(&RequestSource {
                headers: request.headers(),
                path: route_path,
                path_variable: &|index| found.variable(index),
                query: request.uri().query(),
                body: &body,
                context: &Context { exchange, stage, route: Some(route) },
            })
        };

        // 8. integrate.
        let context = RequestContext {
            client: exchange.client,
            protocol: "http",
            route_path,
            variable: |index| found.variable(index),
            unix_seconds: exchange.received.unix_seconds(),
            changes,
        };
        let outcome = route.integration.call(&self.client, request, context).await;
        let latency = Instant::now() - sent;
        match outcome {
            Ok(response) => {
                exchange.outcome.integration_latency = Some(latency);
                exchange.outcome.integration_status = Some(response.status());
                // 9. map the answer.
                map_response(response.map(PeekedBody::new), stage, route, exchange).await
            }
            Err(error) => {
                let fault = Fault::from(error);
                exchange.outcome.integration_latency = was_called(&fault).then_some(latency);
                Err(fault)
            }
        }
    }
}

/// The integration's answer, with what `responseParameters` make of it.
async fn map_response(
    mut response: UpstreamAnswer,
    stage: &Stage,
    route: &Route,
    exchange: &Exchange,
) -> Result<UpstreamAnswer, Fault> {
    let Some(actions) = route.response_mapping.for_status(response.status().as_u16()) else {
        return Ok(response);
    };
    let body = if actions.needs_body() {
        let beginning = response.body_mut().peek(limits::MAPPED_BODY_BYTES_MAX).await;
        beginning.map_err(|error| Fault::Integration(IntegrationError::ResponseBody(error)))?
    } else {
        bytes::Bytes::new()
    };
    let changes = actions.evaluate(&ResponseSource {
        headers: response.headers(),
        body: &body,
        context: &Context { exchange, stage, route: Some(route) },
    });
    changes.headers.apply(response.headers_mut());
    if let Some(status) = changes.status {
        if response.status() == StatusCode::NOT_MODIFIED {
            // The length of a body that only this status left out.
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        *response.status_mut() = status;
    }
    Ok(response)
}

/// The gateway's own answer to a fault.
fn failure(fault: &Fault, route_key: Option<&str>, exchange: &mut Exchange) -> Answer {
    exchange.failed(fault);
    fault_response::response(fault, &exchange.request_id, route_key)
}

/// The gateway's own answer to a browser's question; its headers come with the configuration's.
fn no_content() -> Answer {
    let mut response = Response::new(ResponseBody::text(bytes::Bytes::new()));
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}

fn asks_first(cors: Option<&(&CorsPlan, Option<CorsRequest>)>) -> bool {
    cors.is_some_and(|(_, request)| request.as_ref().is_some_and(CorsRequest::is_preflight))
}

/// Whether an upstream that failed was called at all.
fn was_called(fault: &Fault) -> bool {
    use gatewright_integrations::IntegrationError as E;
    matches!(fault, Fault::Integration(E::TimedOut | E::Unreachable(_)))
}
