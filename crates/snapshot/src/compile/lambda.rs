//! `integrationType` `AWS_PROXY` with a Lambda function (`http-api-develop-integrations-lambda`;
//! spec/http-api-runtime.md section 6.1). Where a function is invoked is configuration's to say.

use std::time::Duration;

use gatewright_types::{HttpRouteKey, Integration, Stage};

use super::integration::{Obstacle, refused, uri_of};
use crate::environment::FunctionName;
use crate::{Environment, LambdaPlan, PayloadFormat};

pub(super) fn compile(
    stage: &Stage,
    environment: &Environment,
    integration: &Integration,
    key: &HttpRouteKey,
) -> Result<LambdaPlan, Obstacle> {
    let text = uri_of(stage, integration)?;
    let refused = |reason: String| refused(integration, &reason);
    let function = FunctionName::parse(&text)
        .ok_or_else(|| refused(format!("{text:?} is not the ARN of a Lambda function")))?;
    let (endpoint, target) = environment.lambda.find(&function).ok_or_else(|| {
        refused(format!(
            "neither lambda.endpoint nor lambda.functions.\"{}\".url is in the configuration",
            function.name()
        ))
    })?;
    Ok(LambdaPlan {
        endpoint: endpoint.clone(),
        target,
        format: match integration.payload_format_version.as_deref() {
            Some("2.0") => PayloadFormat::V2,
            _ => PayloadFormat::V1,
        },
        path_variables: key.variables().map(str::to_owned).collect(),
        stage_variables: stage.stage_variables.clone(),
        timeout: Duration::from_millis(integration.timeout_in_millis.into()),
    })
}
