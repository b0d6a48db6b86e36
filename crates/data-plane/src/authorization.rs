//! Step 6 of a request's way: who calls, and whether they may (spec/http-api-runtime.md section
//! 10).

mod granted;
mod signed;
mod token;

use gatewright_authorizers::ConditionKeys;
use gatewright_ingress::{RequestBody, Transport};
use gatewright_types::limits;
use http::header::USER_AGENT;
use http::request::Parts;
use http::{HeaderMap, HeaderName};

use crate::exchange::Exchange;
use crate::fault::Fault;
use crate::peeked_body::PeekedBody;
use crate::principal::Principal;
use crate::routed::Routed;
use crate::stage::Authorization;
use crate::worker::Worker;

pub(crate) use self::signed::remove_signature;

impl Worker {
    /// Says who calls, or why they may not.
    pub(crate) async fn authorize(
        &self,
        head: &mut Parts,
        body: &mut PeekedBody<RequestBody>,
        routed: &Routed<'_>,
        exchange: &Exchange,
    ) -> Result<Principal, Fault> {
        let authorization = &routed.route.authorization;
        if !matches!(authorization, Authorization::None)
            && route_arn(head, routed).map(str::len).iter().sum::<usize>()
                > limits::METHOD_ARN_BYTES_MAX
        {
            return Err(Fault::UriTooLong);
        }
        match authorization {
            Authorization::None => Ok(Principal::Anybody),
            Authorization::Jwt(authorizer) => self.token(authorizer, head, routed, exchange).await,
            Authorization::Lambda(authorizer) => {
                self.granted(authorizer, head, routed, exchange).await
            }
            // Boxed, since it is large.
            Authorization::AwsIam => Box::pin(self.signed(head, body, routed, exchange)).await,
        }
    }
}

/// The ARN of what is called: the concrete path, or `$default` for a route that has none. These,
/// one behind the other.
fn route_arn<'r>(head: &'r Parts, routed: &Routed<'r>) -> [&'r str; 4] {
    let stage_arn = &*routed.stage.arn;
    match &*routed.route.names.route_key {
        "$default" => [stage_arn, "/$default", "", ""],
        _ => [stage_arn, "/", head.method.as_str(), routed.address.route_path],
    }
}

fn condition_keys<'r>(
    headers: &'r HeaderMap,
    routed: &'r Routed<'_>,
    exchange: &Exchange,
) -> ConditionKeys<'r> {
    ConditionKeys {
        source: exchange.peer.client.address(),
        now: exchange.received(),
        region: &routed.stage.account.region,
        user_agent: text(headers, USER_AGENT),
        secure: exchange.peer.transport == Transport::Tls,
        caller: None,
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}
