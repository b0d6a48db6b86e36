//! Who calls, as far as the route's authorization found out.

use std::rc::Rc;
use std::sync::Arc;

use gatewright_authorizers::iam::AccessKey;
use gatewright_authorizers::jwt::VerifiedToken;
use gatewright_authorizers::lambda::Grant;
use gatewright_integrations::{Authorizer, Signer};

use crate::stage::{Authorization, Route};

/// Who calls.
#[derive(Debug)]
pub(crate) enum Principal {
    /// Nobody was asked.
    Anybody,
    /// The holder of a token.
    Token(Rc<VerifiedToken>),
    /// Whom a Lambda authorizer let pass.
    Granted(Arc<Grant>),
    /// Who signed the request.
    Signer(Arc<AccessKey>),
}

impl Principal {
    /// What integrations are told.
    pub(crate) fn told<'p>(&'p self, route: &Route) -> Option<Authorizer<'p>> {
        match self {
            Self::Anybody => None,
            Self::Token(token) => Some(Authorizer::Jwt {
                claims: &token.claims,
                scopes: match &route.authorization {
                    Authorization::Jwt(authorizer) => authorizer.scopes_told(token),
                    _ => None,
                },
            }),
            Self::Granted(grant) => Some(Authorizer::Lambda { context: grant.context() }),
            Self::Signer(key) => Some(Authorizer::Iam(Signer {
                access_key_id: key.access_key_id(),
                account_id: key.account_id(),
                user_id: key.user_id(),
                user_arn: key.user_arn(),
            })),
        }
    }
}
