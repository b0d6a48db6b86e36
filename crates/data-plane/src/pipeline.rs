//! A request's way, every step in order (design.md section 4).

use std::rc::Rc;

use bytes::Bytes;
use gatewright_expressions::{RequestChanges, RequestSource, ResponseChanges, ResponseSource};
use gatewright_ingress::{Peer, RequestBody, Service};
use gatewright_integrations::{
    EndpointAnswer, IntegrationError, IntegrationFailure, RequestContext,
};
use gatewright_routing::{BadPath, decode_path};
use gatewright_snapshot::CorsPlan;
use gatewright_telemetry::Span;
use gatewright_types::{limits, set_header};
use http::header::{CONTENT_LENGTH, HeaderName};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode, Uri};
use http_body::Body as _;
use tokio::time::Instant;

use crate::address::Addressed;
use crate::authorization::remove_signature;
use crate::exchange::{Context, Exchange};
use crate::fault::Fault;
use crate::filters::cors::{self, CorsRequest};
use crate::observation::BodyBytes;
use crate::peeked_body::PeekedBody;
use crate::principal::Principal;
use crate::response_body::ResponseBody;
use crate::routed::Routed;
use crate::worker::Worker;
use crate::{address, fault_response};

/// What a client gets.
type Answer = Response<ResponseBody<PeekedBody<RequestBody>>>;

const REQUEST_ID: HeaderName = HeaderName::from_static("apigw-requestid");

impl Service for Worker {
    type Body = ResponseBody<PeekedBody<RequestBody>>;

    /// Requests and answers are large, and each function that is awaited copies what it is given and
    /// what it gives: so this one is long, and steps that await nothing are functions.
    async fn call(&self, request: Request<RequestBody>, peer: Rc<Peer>) -> Answer {
        // 1. a certificate authority, which asks for what is no API's.
        if let Some(answer) = self.challenge(&request) {
            return answer;
        }
        let (mut head, body) = request.into_parts();
        let mut body = PeekedBody::new(body);
        let mut exchange = Exchange::begin(peer, head.method.clone());
        let span = self.observer.span(&head.headers);

        // 2. address: host and path to a stage. The URI is taken out, so that the head can be
        // changed while parts of its path are still needed.
        let uri = std::mem::take(&mut head.uri);
        let path = decode_path(uri.path());
        let mut address = match self.address(&head, &uri, path.as_deref(), &exchange.peer) {
            Ok(address) => address,
            Err(fault) => {
                if span.is_some() {
                    exchange.keep(&head.headers, uri.path().to_owned());
                }
                return self.unaddressed(&fault, &mut exchange, span.as_ref());
            }
        };
        // `stage` holds one deployment, whole, until the answer is sent, whatever is published
        // meanwhile.
        let stage = &*address.stage;
        if stage.needs_client || span.is_some() {
            exchange.keep(&head.headers, address.path_with_stage().concat());
        }
        exchange.base_path = address.base_path().cloned();
        exchange.verified = address.client.take();
        let request_bytes = count(&mut body);
        let cors =
            stage.cors.as_ref().map(|plan| (plan, CorsRequest::of(&head.method, &head.headers)));

        // 3. route: method and path to an integration.
        let found = stage.find(head.method.as_str(), address.route_path);
        let index = found.as_ref().map(|found| found.index);
        let mut response = match found {
            Some(found) => {
                let route = stage.route(found.index);
                let (address, span) = (&address, span.as_ref());
                let routed = Routed { stage, route, found, address, uri: &uri, span };
                match self.integrated(&mut head, body, &routed, &mut exchange).await {
                    Ok(response) => response,
                    Err(fault) => {
                        failure(&fault, Some(&routed.route.names.route_key), &mut exchange)
                    }
                }
            }
            // 4. CORS: a browser's question that no route takes.
            None if asks_first(cors.as_ref()) => no_content(),
            None => failure(&Fault::NotFound, None, &mut exchange),
        };
        if let Some((plan, request)) = cors {
            cors::apply(plan, request, response.headers_mut());
        }
        let request_id = exchange.request_id.header_value();
        set_header(response.headers_mut(), REQUEST_ID, request_id);

        // 10. observe.
        let (status, found) = (response.status(), (address.stage, index));
        let observed = self.observer.answered(found, request_bytes, exchange, span, status);
        response.body_mut().observed_by(observed);
        response
    }
}

impl Worker {
    /// The stage a request is for.
    fn address<'p>(
        &self,
        head: &Parts,
        uri: &Uri,
        path: Result<&'p str, &BadPath>,
        peer: &Peer,
    ) -> Result<Addressed<'p>, Fault> {
        // Ours to tunnel for nobody.
        if head.method == Method::CONNECT {
            return Err(Fault::BadRequest);
        }
        let path = path.map_err(|_| Fault::BadRequest)?;
        let catalogue = self.shared.catalogue.load();
        let served = catalogue.as_ref().ok_or(Fault::NotReady)?;
        let host = address::host(uri, &head.headers)?;
        address::find(served, &self.shared.execute_api, host, &head.headers, path, peer)
    }

    /// The answer where not even a stage was found.
    fn unaddressed(&self, fault: &Fault, exchange: &mut Exchange, span: Option<&Span>) -> Answer {
        let mut response = failure(fault, None, exchange);
        let request_id = exchange.request_id.header_value();
        set_header(response.headers_mut(), REQUEST_ID, request_id);
        self.shared.metrics.unmatched(response.status());
        self.observer.unaddressed(exchange, span, response.status());
        response
    }

    /// From the route to the integration's answer.
    async fn integrated(
        &self,
        head: &mut Parts,
        mut body: PeekedBody<RequestBody>,
        routed: &Routed<'_>,
        exchange: &mut Exchange,
    ) -> Result<Answer, Fault> {
        let route = routed.route;
        // 5. throttle.
        let buckets = self.shared.catalogue.buckets();
        if !buckets.admit(route.throttle.as_ref(), exchange.started) {
            return Err(Fault::TooManyRequests);
        }
        if body.get_ref().is_announced_too_large() {
            return Err(Fault::RequestEntityTooLarge);
        }

        // 6. authorize.
        exchange.principal = self.authorize(head, &mut body, routed, exchange).await?;

        // 7. map the request.
        let mapping = &route.request_mapping;
        let mut beginning = Bytes::new();
        if mapping.needs_body() {
            beginning = body.peek(limits::MAPPED_BODY_BYTES_MAX).await?;
        }
        let mut changes = match mapping.is_empty() {
            true => RequestChanges::default(),
            false => {
                let source = RequestSource {
                    headers: &head.headers,
                    path: routed.address.route_path,
                    path_variable: &|index| routed.found.variable(index),
                    query: routed.uri.query(),
                    body: &beginning,
                    context: &Context { exchange, stage: routed.stage, route: Some(route) },
                };
                mapping.evaluate(&source, &mut self.scratch.borrow_mut())
            }
        };

        // 8. integrate.
        let whole = match route.integration.needs_body() {
            true => body.peek(usize::MAX).await?,
            false => Bytes::new(),
        };
        if let Some(span) = routed.span {
            span.propagate(&mut head.headers);
        }
        if matches!(exchange.principal, Principal::Signer(_)) && route.integration.is_http() {
            let query = changes.query.as_deref().or_else(|| routed.uri.query());
            if let Some(query) = remove_signature(&mut head.headers, query) {
                changes.query = Some(query);
            }
        }
        let context = RequestContext {
            uri: routed.uri,
            raw_path: routed.address.raw_path(routed.uri),
            client: &exchange.peer.client,
            peer: &exchange.peer.host,
            client_certificate: exchange.client_certificate(),
            protocol: exchange.peer.transport.scheme(),
            route_path: routed.address.route_path,
            path_with_stage: routed.address.path_with_stage(),
            client_path: routed.address.client_path(),
            variable: |index| routed.found.variable(index),
            request_id: exchange.request_id.as_str(),
            received_ms: exchange.received_ms,
            owner: [
                &routed.stage.account.id,
                routed.stage.api_id.as_str(),
                routed.stage.stage_name.as_str(),
            ],
            route: &route.names,
            stage_variables: &routed.stage.stage_variables,
            authorizer: exchange.principal.told(route),
            body: whole,
            changes,
            values: &Context { exchange, stage: routed.stage, route: Some(route) },
        };
        let bytes_max = self.shared.payload_bytes;
        let sent = Instant::now();
        let outcome = route.integration.call(&self.clients, head, body, context).await;
        let latency = Instant::now() - sent;
        let mut response = match outcome {
            Ok(response) if response.body().size_hint().lower() <= bytes_max => {
                response.map(|body| ResponseBody::upstream(body, bytes_max))
            }
            Ok(_) => {
                exchange.outcome.integration_latency = Some(latency);
                return Err(IntegrationError::ResponseTooLarge { bytes_max }.into());
            }
            Err(IntegrationFailure { error, endpoint }) => {
                let fault = Fault::from(error);
                let was_called = endpoint.is_some() || is_of_an_upstream(&fault);
                exchange.outcome.integration_latency = was_called.then_some(latency);
                exchange.outcome.endpoint = endpoint;
                return Err(fault);
            }
        };
        exchange.outcome.integration_latency = Some(latency);
        exchange.outcome.integration_status = Some(response.status());
        let said = response.extensions_mut().remove::<EndpointAnswer>();
        exchange.outcome.endpoint = said.map(Box::new);

        // 9. map the answer.
        if let Some(actions) = route.response_mapping.for_status(response.status().as_u16()) {
            let mut body = Bytes::new();
            if actions.needs_body() {
                let beginning = response.body_mut().peek(limits::MAPPED_BODY_BYTES_MAX).await;
                body = beginning.map_err(IntegrationError::from)?;
            }
            let context = Context { exchange, stage: routed.stage, route: Some(route) };
            let source =
                ResponseSource { headers: response.headers(), body: &body, context: &context };
            let changes = actions.evaluate(&source, &mut self.scratch.borrow_mut());
            apply(changes, &mut response);
        }
        Ok(response)
    }
}

/// How large the body is, or will have been.
fn count(body: &mut PeekedBody<RequestBody>) -> BodyBytes {
    let mut counted = None;
    let request_bytes = BodyBytes::of(body, |count| counted = Some(count));
    if let Some(count) = counted {
        body.count_in(count);
    }
    request_bytes
}

/// Makes of an integration's answer what `responseParameters` say.
fn apply(changes: ResponseChanges<'_>, response: &mut Answer) {
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

/// Whether an upstream that was called gave no answer.
fn is_of_an_upstream(fault: &Fault) -> bool {
    use IntegrationError as E;
    matches!(fault, Fault::Integration(E::TimedOut | E::Unreachable(_) | E::ResponseBody(_)))
}
