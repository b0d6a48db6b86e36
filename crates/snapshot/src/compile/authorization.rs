//! `authorizationType`, `authorizerId` and `authorizationScopes` of a route.

use gatewright_expressions::IdentitySource;
use gatewright_types::{AuthorizationType, Route};

use crate::{AuthorizationPlan, DeploymentDocument, JwtPlan};

/// Who may call a route; where that cannot be told, why. Nobody may then.
pub(super) fn compile(
    deployment: &DeploymentDocument,
    route: &Route,
) -> Result<AuthorizationPlan, &'static str> {
    if route.authorization_type != AuthorizationType::Jwt {
        return Ok(AuthorizationPlan::None);
    }
    let mut authorizers = deployment.authorizers.iter();
    let authorizer = authorizers
        .find(|authorizer| Some(&authorizer.authorizer_id) == route.authorizer_id.as_ref())
        .ok_or("the route's authorizer does not exist")?;
    let configuration =
        authorizer.jwt_configuration.as_ref().ok_or("the route's authorizer is none of JWT")?;
    let source = match &*authorizer.identity_source {
        [source] => IdentitySource::parse(source),
        _ => None,
    };
    Ok(AuthorizationPlan::Jwt(JwtPlan {
        source: source.ok_or("identitySource of the route's authorizer is no part of a request")?,
        issuer: configuration.issuer.clone().ok_or("the route's authorizer has no issuer")?,
        audience: configuration.audience.clone().unwrap_or_default(),
        scopes: route.authorization_scopes.clone().unwrap_or_default(),
    }))
}
