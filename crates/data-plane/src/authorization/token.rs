//! JWT authorizers (section 10.1).

use gatewright_authorizers::jwt::JwtAuthorizer;
use http::request::Parts;

use crate::exchange::Exchange;
use crate::fault::Fault;
use crate::principal::Principal;
use crate::routed::Routed;
use crate::worker::Worker;

impl Worker {
    pub(super) async fn token(
        &self,
        authorizer: &JwtAuthorizer,
        head: &Parts,
        routed: &Routed<'_>,
        exchange: &Exchange,
    ) -> Result<Principal, Fault> {
        let now = exchange.received().unix_seconds();
        match self.jwt.authorize(authorizer, &head.headers, routed.uri.query(), now).await {
            Ok(token) => Ok(Principal::Token(token)),
            Err(error) => {
                let challenge = authorizer.challenge(&error);
                Err(Fault::Jwt { error, challenge })
            }
        }
    }
}
