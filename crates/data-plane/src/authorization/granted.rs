//! Lambda authorizers (section 10.2).

use gatewright_authorizers::lambda::{
    AuthorizerCall, EventSource, LambdaAuthorizer, authorizer_event,
};
use gatewright_integrations::TRACE_ID;
use gatewright_observe::new_trace_id;
use gatewright_types::without_port;
use http::header::HOST;
use http::request::Parts;

use super::{condition_keys, route_arn, text};
use crate::exchange::{Context, Exchange};
use crate::fault::Fault;
use crate::principal::Principal;
use crate::routed::Routed;
use crate::worker::Worker;

impl Worker {
    pub(super) async fn granted(
        &self,
        authorizer: &LambdaAuthorizer,
        head: &mut Parts,
        routed: &Routed<'_>,
        exchange: &Exchange,
    ) -> Result<Principal, Fault> {
        // The authorizer's function and the integration are told of the same trace.
        let seconds = exchange.received().unix_seconds();
        head.headers.entry(TRACE_ID).or_insert_with(|| new_trace_id(seconds));
        let head = &*head;
        let context = Context { exchange, stage: routed.stage, route: Some(routed.route) };
        let identity = authorizer.identity(&head.headers, routed.uri.query(), &context)?;
        let route_arn = route_arn(head, routed).concat();
        let keys = condition_keys(&head.headers, routed, exchange);
        let event = || {
            let path = routed.address.path_with_stage().concat();
            let client_path = routed.address.client_path().concat();
            let parameters = routed.path_parameters().collect::<Vec<_>>();
            let source = EventSource {
                route_key: &routed.route.names.route_key,
                path: &path,
                client_path: &client_path,
                raw_path: routed.address.raw_path(routed.uri),
                query: routed.uri.query().unwrap_or_default(),
                method: head.method.as_str(),
                headers: &head.headers,
                domain_name: without_port(text(&head.headers, HOST).unwrap_or_default()),
                protocol: exchange.peer.transport.scheme(),
                account_id: &routed.stage.account.id,
                api_id: routed.stage.api_id.as_str(),
                stage: routed.stage.stage_name.as_str(),
                client: &exchange.peer.client,
                peer: &exchange.peer.host,
                client_certificate: exchange.client_certificate(),
                request_id: exchange.request_id.as_str(),
                received_ms: exchange.received_ms,
                path_parameters: &parameters,
                stage_variables: &routed.stage.stage_variables,
                authorizer: None,
                body: None,
            };
            let call = AuthorizerCall { route_arn: &route_arn, identity: &identity };
            authorizer_event(authorizer.format(), &source, call)
        };
        let client = &self.clients.endpoints;
        let granted = authorizer.authorize(client, &identity, &route_arn, &keys, keys.now, event);
        let granted = granted.await?;
        Ok(Principal::Granted(granted))
    }
}
