//! `integrationType` `AWS_PROXY` with a Lambda function (`http-api-develop-integrations-lambda`;
//! spec/http-api-runtime.md section 6.1). Where a function is invoked is configuration's to say.

use std::time::Duration;

use gatewright_types::{Integration, Stage};

use super::integration::{Obstacle, refused, uri_of};
use crate::environment::FunctionName;
use crate::{Environment, FunctionPlan, LambdaPlan, PayloadFormat};

pub(super) fn compile(
    stage: &Stage,
    environment: &Environment,
    integration: &Integration,
) -> Result<LambdaPlan, Obstacle> {
    let uri = uri_of(stage, integration)?;
    let timeout = Duration::from_millis(integration.timeout_in_millis.into());
    let function = function(environment, &uri, timeout);
    Ok(LambdaPlan {
        function: function.map_err(|reason| refused(integration, &reason))?,
        format: match integration.payload_format_version.as_deref() {
            Some("2.0") => PayloadFormat::V2,
            _ => PayloadFormat::V1,
        },
    })
}

/// The function of a URI; where it is none, or none that is known here, why.
pub(super) fn function(
    environment: &Environment,
    uri: &str,
    timeout: Duration,
) -> Result<FunctionPlan, String> {
    let function = FunctionName::parse(uri)
        .ok_or_else(|| format!("{uri:?} is not the ARN of a Lambda function"))?;
    let (endpoint, target) = environment.lambda.find(&function).ok_or_else(|| {
        format!(
            "neither lambda.endpoint nor lambda.functions.\"{}\".url is in the configuration",
            function.name()
        )
    })?;
    Ok(FunctionPlan { endpoint: endpoint.clone(), target, timeout })
}
