//! `integrationType` `AWS_PROXY` with a Lambda function (`http-api-develop-integrations-lambda`;
//! spec/http-api-runtime.md section 6.1). Where a function is invoked is configuration's to say.

use std::time::Duration;

use gatewright_types::{Integration, Stage};

use super::credentials;
use super::integration::{Obstacle, refused, uri_of};
use crate::environment::FunctionName;
use crate::{AnswersPlan, Environment, FunctionPlan, LambdaPlan, PayloadFormat, SigningPlan};

pub(super) fn compile(
    stage: &Stage,
    environment: &Environment,
    integration: &Integration,
) -> Result<LambdaPlan, Obstacle> {
    let uri = uri_of(stage, integration)?;
    let profile = credentials::compile(stage, environment, integration)?;
    let timeout = Duration::from_millis(integration.timeout_in_millis.into());
    let function = function(environment, &uri, profile, timeout);
    let mut function =
        function.map_err(|reason| refused("integrationUri", integration, &reason))?;
    let streamed = FunctionName::parse(&uri).and_then(|name| environment.lambda.streamed(&name));
    let answers = match streamed {
        Some(target) => {
            function.target = target;
            AnswersPlan::Streamed
        }
        None => AnswersPlan::Whole,
    };
    Ok(LambdaPlan {
        function,
        answers,
        format: match integration.payload_format_version.as_deref() {
            Some("2.0") => PayloadFormat::V2,
            _ => PayloadFormat::V1,
        },
    })
}

/// The function of a URI, and the profile that signs its invocations where it is not an emulator's;
/// where it is none, or none that is known here, why.
pub(super) fn function(
    environment: &Environment,
    uri: &str,
    profile: Option<String>,
    timeout: Duration,
) -> Result<FunctionPlan, String> {
    let function = FunctionName::parse(uri)
        .ok_or_else(|| format!("{uri:?} is not the ARN of a Lambda function"))?;
    let api = environment.lambda.find(&function).ok_or_else(|| {
        format!(
            "neither lambda.endpoint nor lambda.functions.\"{}\".url is in the configuration",
            function.name()
        )
    })?;
    let signing = profile.map(|profile| SigningPlan { profile, region: function.region().clone() });
    Ok(FunctionPlan {
        endpoint: api.endpoint.clone(),
        target: api.target,
        signing: signing.filter(|_| !api.is_emulator),
        timeout,
    })
}
