//! A request's way, every step in order (design.md section 4).

use std::net::SocketAddr;

use bytes::Bytes;
use gatewright_authorizers::jwt::JwtWorker;
use gatewright_expressions::{RequestChanges, RequestSource, ResponseActions, ResponseSource};
use gatewright_ingress::{RequestBody, Service};
use gatewright_integrations::{
    Client, Egress, IntegrationError, RequestContext, ResponseBody as UpstreamBody,
};
use gatewright_observe::{Metrics, RequestId};
use gatewright_routing::{BadPath, ExecuteApiHost, RouteMatch, decode_path};
use gatewright_snapshot::CorsPlan;
use gatewright_types::limits;
use http::header::{CONTENT_LENGTH, HOST, HeaderName};
use http::{Method, Request, Response, StatusCode, Uri};
use tokio::time::Instant;

use crate::address::Addressed;
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
    jwt: JwtWorker,
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
        let jwt = JwtWorker::new(&self.egress);
        Worker { client: self.egress.worker(), jwt, shared: self.clone() }
    }
}

impl Service for Worker {
    type Body = ResponseBody<PeekedBody<RequestBody>>;

    /// Requests and answers are large, and each function that is awaited copies what it is given and
    /// what it gives: so this one is long, and steps that await nothing are functions.
    async fn call(&self, request: Request<RequestBody>, peer: SocketAddr) -> Answer {
        let mut exchange = Exchange::begin(peer.ip(), request.method().clone());
        let mut request = request.map(PeekedBody::new);

        // 2. address: host and path to a stage. The clone shares the target's bytes, so that the
        // request can be changed while parts of its path are still needed.
        let uri = request.uri().clone();
        let path = decode_path(uri.path());
        let address = match self.address(&request, &uri, path.as_deref()) {
            Ok(address) => address,
            Err(fault) => return self.unaddressed(&fault, &exchange.request_id),
        };
        // `stage` holds one deployment, whole, until the answer is sent, whatever is published
        // meanwhile.
        let stage = &*address.stage;
        let request_bytes = note(&mut request, &address, &mut exchange);
        let cors = stage
            .cors
            .as_ref()
            .map(|plan| (plan, CorsRequest::of(request.method(), request.headers())));

        // 3. route: method and path to an integration.
        let found = stage.find(request.method().as_str(), address.route_path);
        let index = found.as_ref().map(|found| *found.value);
        let mut response = match found {
            Some(found) => {
                let routed =
                    Routed { stage, route: stage.route(*found.value), found, address: &address };
                match self.integrated(request, &routed, &mut exchange).await {
                    Ok(response) => response.map(ResponseBody::upstream),
                    Err(fault) => failure(&fault, Some(&routed.route.route_key), &mut exchange),
                }
            }
            // 4. CORS: a browser's question that no route takes.
            None if asks_first(cors.as_ref()) => no_content(),
            None => failure(&Fault::NotFound, None, &mut exchange),
        };
        if let Some((plan, request)) = &cors {
            cors::apply(plan, request.as_ref(), response.headers_mut());
        }
        response.headers_mut().insert(REQUEST_ID, exchange.request_id.header_value());

        // 10. observe.
        let status = response.status();
        let observed = Observed::begin(address.stage, index, request_bytes, &mut exchange, status);
        response.body_mut().observed_by(observed);
        response
    }
}

/// A request's route, and what it was found by.
struct Routed<'r> {
    stage: &'r Stage,
    route: &'r Route,
    found: RouteMatch<'r, 'r, usize>,
    address: &'r Addressed<'r>,
}

impl Worker {
    /// The stage a request is for.
    fn address<'p, B>(
        &self,
        request: &Request<B>,
        uri: &Uri,
        path: Result<&'p str, &BadPath>,
    ) -> Result<Addressed<'p>, Fault> {
        // Ours to tunnel for nobody.
        if *request.method() == Method::CONNECT {
            return Err(Fault::BadRequest);
        }
        let path = path.map_err(|_| Fault::BadRequest)?;
        let catalogue = self.shared.catalogue.load();
        let apis = catalogue.as_ref().ok_or(Fault::NotReady)?;
        let host = address::host(uri, request.headers())?;
        address::find(apis, &self.shared.execute_api, host, path).ok_or(Fault::NotFound)
    }

    /// The answer where not even a stage was found.
    fn unaddressed(&self, fault: &Fault, request_id: &RequestId) -> Answer {
        let mut response = fault_response::response(fault, request_id, None);
        response.headers_mut().insert(REQUEST_ID, request_id.header_value());
        self.shared.metrics.unmatched(response.status());
        response
    }

    /// From the route to the integration's answer.
    async fn integrated(
        &self,
        mut request: Request<PeekedBody<RequestBody>>,
        routed: &Routed<'_>,
        exchange: &mut Exchange,
    ) -> Result<UpstreamAnswer, Fault> {
        let route = routed.route;
        let sent = Instant::now();
        // 5. throttle.
        let buckets = self.shared.catalogue.buckets();
        if route.throttle.as_ref().is_some_and(|throttle| !throttle.admits(buckets.at(sent))) {
            return Err(Fault::TooManyRequests);
        }
        if request.body().get_ref().is_announced_too_large() {
            return Err(Fault::RequestEntityTooLarge);
        }

        // 6. authorize.
        if let Some(authorizer) = &route.authorizer {
            let (headers, query) = (request.headers(), request.uri().query());
            let now = exchange.received.unix_seconds();
            match self.jwt.authorize(authorizer, headers, query, now).await {
                Ok(token) => exchange.token = Some(token),
                Err(error) => {
                    let challenge = authorizer.challenge(&error);
                    return Err(Fault::Jwt { error, challenge });
                }
            }
        }

        // 7. map the request.
        let mapping = &route.request_mapping;
        let mut body = Bytes::new();
        if mapping.needs_body() {
            body = request.body_mut().peek(limits::MAPPED_BODY_BYTES_MAX).await?;
        }
        let changes = match mapping.is_empty() {
            true => RequestChanges::default(),
            false => mapping.evaluate(&RequestSource {
                headers: request.headers(),
                path: routed.address.route_path,
                path_variable: &|index| routed.found.variable(index),
                query: request.uri().query(),
                body: &body,
                context: &Context { exchange, stage: routed.stage, route: Some(route) },
            }),
        };

        // 8. integrate.
        let context = RequestContext {
            client: exchange.client,
            protocol: "http",
            route_path: routed.address.route_path,
            path_with_stage: routed.address.path_with_stage(),
            variable: |index| routed.found.variable(index),
            unix_seconds: exchange.received.unix_seconds(),
            changes,
        };
        let outcome = route.integration.call(&self.client, request, context).await;
        let latency = Instant::now() - sent;
        let mut response = match outcome {
            Ok(response) => response.map(PeekedBody::new),
            Err(error) => {
                let fault = Fault::from(error);
                exchange.outcome.integration_latency = was_called(&fault).then_some(latency);
                return Err(fault);
            }
        };
        exchange.outcome.integration_latency = Some(latency);
        exchange.outcome.integration_status = Some(response.status());

        // 9. map the answer.
        if let Some(actions) = route.response_mapping.for_status(response.status().as_u16()) {
            let mut body = Bytes::new();
            if actions.needs_body() {
                let beginning = response.body_mut().peek(limits::MAPPED_BODY_BYTES_MAX).await;
                body = beginning.map_err(IntegrationError::ResponseBody)?;
            }
            let context = Context { exchange, stage: routed.stage, route: Some(route) };
            map_response(&mut response, actions, &body, &context);
        }
        Ok(response)
    }
}

/// Keeps what must be known of a request when it is gone.
fn note(
    request: &mut Request<PeekedBody<RequestBody>>,
    address: &Addressed<'_>,
    exchange: &mut Exchange,
) -> BodyBytes {
    if address.stage.uses_context
        && let Some(host) = request.headers().get(HOST).cloned()
    {
        exchange.keep(request.headers(), host, address);
    }
    let mut counted = None;
    let request_bytes = BodyBytes::of(request.body(), |count| counted = Some(count));
    if let Some(count) = counted {
        request.body_mut().count_in(count);
    }
    request_bytes
}

/// Makes of an integration's answer what `responseParameters` say.
fn map_response(
    response: &mut UpstreamAnswer,
    actions: &ResponseActions,
    body: &Bytes,
    context: &Context<'_>,
) {
    let source = ResponseSource { headers: response.headers(), body, context };
    let changes = actions.evaluate(&source);
    changes.headers.apply(response.headers_mut());
    if let Some(status) = changes.status {
        if response.status() == StatusCode::NOT_MODIFIED {
            // The length of a body that only this status left out.
            response.headers_mut().remove(CONTENT_LENGTH);
        }
        *response.status_mut() = status;
    }
}

/// The gateway's own answer to a fault.
fn failure(fault: &Fault, route_key: Option<&str>, exchange: &mut Exchange) -> Answer {
    exchange.failed(fault);
    fault_response::response(fault, &exchange.request_id, route_key)
}

/// The gateway's own answer to a browser's question; its headers come with the configuration's.
fn no_content() -> Answer {
    let mut response = Response::new(ResponseBody::text(Bytes::new()));
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
