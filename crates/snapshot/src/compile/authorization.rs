//! `authorizationType`, `authorizerId` and `authorizationScopes` of a route.

use std::time::Duration;

use gatewright_expressions::{IdentitySource, LambdaIdentitySource, substitute_stage_variables};
use gatewright_types::{AuthorizationType, Authorizer, Route, Stage, limits};

use super::integration::Obstacle;
use super::lambda;
use crate::{
    AuthorizationPlan, AuthorizerAnswerPlan, DeploymentDocument, Environment, JwtPlan,
    LambdaAuthorizerPlan, PayloadFormat,
};

/// Who may call a route; where that cannot be told, why. Nobody may then.
pub(super) fn compile(
    stage: &Stage,
    environment: &Environment,
    deployment: &DeploymentDocument,
    route: &Route,
) -> Result<AuthorizationPlan, Obstacle> {
    let authorizer = || {
        let mut authorizers = deployment.authorizers.iter();
        authorizers
            .find(|authorizer| Some(&authorizer.authorizer_id) == route.authorizer_id.as_ref())
            .ok_or_else(|| uncallable("the route's authorizer does not exist"))
    };
    Ok(match route.authorization_type {
        AuthorizationType::None => AuthorizationPlan::None,
        AuthorizationType::Jwt => AuthorizationPlan::Jwt(jwt(authorizer()?, route)?),
        AuthorizationType::Custom => {
            AuthorizationPlan::Lambda(request(stage, environment, authorizer()?)?)
        }
        AuthorizationType::AwsIam => AuthorizationPlan::AwsIam,
    })
}

fn jwt(authorizer: &Authorizer, route: &Route) -> Result<JwtPlan, Obstacle> {
    let configuration = authorizer
        .jwt_configuration
        .as_ref()
        .ok_or_else(|| uncallable("the route's authorizer is none of JWT"))?;
    let source = match &*authorizer.identity_source {
        [source] => IdentitySource::parse(source),
        _ => None,
    };
    let issuer = configuration.issuer.clone();
    Ok(JwtPlan {
        source: source.ok_or_else(|| {
            uncallable("identitySource of the route's authorizer is no part of a request")
        })?,
        issuer: issuer.ok_or_else(|| uncallable("the route's authorizer has no issuer"))?,
        audience: configuration.audience.clone().unwrap_or_default(),
        scopes: route.authorization_scopes.clone().unwrap_or_default(),
    })
}

fn request(
    stage: &Stage,
    environment: &Environment,
    authorizer: &Authorizer,
) -> Result<LambdaAuthorizerPlan, Obstacle> {
    let id = &authorizer.authorizer_id;
    let uri = authorizer
        .authorizer_uri
        .as_deref()
        .ok_or_else(|| uncallable("the route's authorizer is none of REQUEST"))?;
    let stage_variable = |name: &str| stage.stage_variables.get(name).map(String::as_str);
    let uri = substitute_stage_variables(uri, stage_variable).map_err(|error| {
        Obstacle::Uncallable(format!("authorizerUri of authorizer {id}: {error}"))
    })?;
    let role = authorizer.authorizer_credentials_arn.as_deref();
    let profile = environment.aws.signing_profile(role).map_err(|error| {
        Obstacle::Refused(format!("authorizerCredentialsArn of authorizer {id}: {error}"))
    })?;
    let profile = profile.map(str::to_owned);
    let timeout = Duration::from_millis(limits::LAMBDA_AUTHORIZER_TIMEOUT_MS);
    let function = lambda::function(environment, &uri, profile, timeout).map_err(|reason| {
        Obstacle::Refused(format!("authorizerUri of authorizer {id}: {reason}"))
    })?;
    let source = |text: &String| {
        LambdaIdentitySource::compile(text, stage_variable).ok_or_else(|| {
            Obstacle::Uncallable(format!(
                "identitySource of authorizer {id}: {text} is nothing that requests have"
            ))
        })
    };
    // Without a source everybody would be the same caller.
    let is_kept = !authorizer.identity_source.is_empty();
    let ttl = authorizer.authorizer_result_ttl_in_seconds.filter(|_| is_kept).unwrap_or(0);
    Ok(LambdaAuthorizerPlan {
        authorizer_id: id.clone(),
        sources: authorizer.identity_source.iter().map(source).collect::<Result<_, _>>()?,
        function,
        format: match authorizer.authorizer_payload_format_version.as_deref() {
            Some("2.0") => PayloadFormat::V2,
            _ => PayloadFormat::V1,
        },
        answer: match authorizer.enable_simple_responses {
            Some(true) => AuthorizerAnswerPlan::Simple,
            _ => AuthorizerAnswerPlan::Policy,
        },
        result_ttl: (ttl > 0).then(|| Duration::from_secs(ttl.into())),
    })
}

fn uncallable(reason: &str) -> Obstacle {
    Obstacle::Uncallable(reason.to_owned())
}
