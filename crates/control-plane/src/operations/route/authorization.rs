//! Who may call a route.

use gatewright_types::{AuthorizationType, AuthorizerType, ProtocolType, Route, limits};

use crate::error::OperationError;
use crate::publish::Change;
use crate::validation::{invalid, text_at_most};

/// The rules between the members that concern authorization.
pub(super) fn check(protocol: ProtocolType, route: &Route) -> Result<(), OperationError> {
    let scopes = route.authorization_scopes.as_deref().unwrap_or_default();
    if !scopes.is_empty() && route.authorization_type != AuthorizationType::Jwt {
        return Err(OperationError::bad_request(
            "Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types",
        ));
    }
    if scopes.len() > limits::AUTHORIZATION_SCOPES_MAX {
        let why = format!("at most {} scopes", limits::AUTHORIZATION_SCOPES_MAX);
        return Err(invalid("authorizationScopes", why));
    }
    for scope in scopes {
        if scope.is_empty() {
            return Err(invalid("authorizationScopes", "a scope must not be empty"));
        }
        text_at_most("authorizationScopes", Some(scope), limits::AUTHORIZATION_SCOPE_CHARS_MAX)?;
    }
    if protocol == ProtocolType::Websocket
        && route.authorization_type != AuthorizationType::None
        && route.route_key != "$connect"
    {
        return Err(OperationError::bad_request(
            "Currently, authorization is restricted to the $connect route only",
        ));
    }
    match route.authorization_type {
        AuthorizationType::Jwt if protocol == ProtocolType::Websocket => {
            Err(invalid("authorizationType", "JWT is only supported for HTTP APIs"))
        }
        AuthorizationType::None | AuthorizationType::AwsIam if route.authorizer_id.is_some() => {
            Err(invalid("authorizerId", "needs authorizationType JWT or CUSTOM"))
        }
        _ => Ok(()),
    }
}

/// Refuses an authorizer that does not exist, or is of another type than the route's.
pub(super) async fn check_authorizer(
    change: &mut Change,
    route: &Route,
) -> Result<(), OperationError> {
    let (wanted, refusal) = match route.authorization_type {
        AuthorizationType::None | AuthorizationType::AwsIam => return Ok(()),
        AuthorizationType::Jwt => (
            AuthorizerType::Jwt,
            "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT authorizer.",
        ),
        AuthorizationType::Custom => (
            AuthorizerType::Request,
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.",
        ),
    };
    let found = match &route.authorizer_id {
        None => None,
        Some(id) => change.write.authorizer_fetch(&change.api.api_id, id).await?,
    };
    match found {
        Some(authorizer) if authorizer.authorizer_type == wanted => Ok(()),
        _ => Err(OperationError::bad_request(refusal)),
    }
}
