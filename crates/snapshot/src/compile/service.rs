//! `integrationType` `AWS_PROXY` with an `integrationSubtype`
//! (`http-api-develop-integrations-aws-services`; spec/http-api-runtime.md section 7). Where a service
//! is called is configuration's to say.

use std::time::Duration;

use gatewright_expressions::{KnownParameter, ServiceParameters};
use gatewright_types::{HttpRouteKey, Integration, IntegrationSubtype, Region, Stage};

use super::credentials;
use super::integration::{Obstacle, refused};
use crate::{Environment, ServicePlan, SigningPlan};

pub(super) fn compile(
    stage: &Stage,
    environment: &Environment,
    integration: &Integration,
    name: &str,
    key: &HttpRouteKey,
) -> Result<ServicePlan, Obstacle> {
    let member = format!("integrationSubtype {name}");
    let subtype = IntegrationSubtype::parse(name)
        .ok_or_else(|| refused(&member, integration, "not an action that there is"))?;
    let variables = key.variables().collect::<Vec<_>>();
    let stage_variable = |name: &str| stage.stage_variables.get(name).map(String::as_str);
    let given = integration.request_parameters.clone().unwrap_or_default();
    let parameters = ServiceParameters::compile(subtype, &given, &variables, stage_variable)
        .map_err(|error| refused(PARAMETERS, integration, &error.to_string()))?;
    // Never the gateway's own: what may be done to a service is a role's.
    let profile = credentials::compile(stage, environment, integration)?
        .filter(|_| integration.credentials_arn.is_some())
        .ok_or_else(|| refused(&member, integration, "credentialsArn must be set"))?;
    let service = subtype.service();
    let region = region(environment, integration, subtype, &parameters)?;
    let endpoint = environment.aws.endpoint(service, &region).ok_or_else(|| {
        let reason = format!(
            "neither aws.services.{service}.endpoint nor aws.endpoint is in the configuration"
        );
        refused(&member, integration, &reason)
    })?;
    Ok(ServicePlan {
        subtype,
        endpoint,
        parameters,
        signing: SigningPlan { profile, region },
        timeout: Duration::from_millis(integration.timeout_in_millis.into()),
    })
}

const PARAMETERS: &str = "requestParameters";

/// Where the service is called. A request may say it for the signature alone: it does not choose
/// among endpoints.
fn region(
    environment: &Environment,
    integration: &Integration,
    subtype: IntegrationSubtype,
    parameters: &ServiceParameters,
) -> Result<Region, Obstacle> {
    let refused = |reason: &str| refused(PARAMETERS, integration, &format!("Region: {reason}"));
    match parameters.known("Region") {
        KnownParameter::Fixed(text) => {
            Region::parse(text).ok_or_else(|| refused(&format!("{text:?} is not a region's name")))
        }
        KnownParameter::OfTheRequest if environment.aws.has_regions(subtype.service()) => {
            Err(refused("a request may not choose among the endpoints that {region} stands for"))
        }
        KnownParameter::OfTheRequest | KnownParameter::Absent => Ok(environment.region.clone()),
    }
}
