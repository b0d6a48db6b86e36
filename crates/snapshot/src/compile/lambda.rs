//! `integrationType` `AWS_PROXY` with a Lambda function (`http-api-develop-integrations-lambda`;
//! spec/http-api-runtime.md section 6.1). Where a function is invoked is configuration's to say.

use std::time::Duration;

use gatewright_expressions::substitute_stage_variables;
use gatewright_types::{HttpRouteKey, Integration, Stage};

use super::integration::Obstacle;
use crate::environment::FunctionName;
use crate::{Environment, LambdaPlan, PayloadFormat};

pub(super) fn compile(
    stage: &Stage,
    environment: &Environment,
    integration: &Integration,
    key: &HttpRouteKey,
) -> Result<LambdaPlan, Obstacle> {
    let text = integration.integration_uri.as_deref().unwrap_or_default();
    let stage_variable = |name: &str| stage.stage_variables.get(name).map(String::as_str);
    let text = substitute_stage_variables(text, stage_variable)
        .map_err(|error| Obstacle::Uncallable(format!("integrationUri: {error}")))?;
    let refused = |reason: String| {
        let id = &integration.integration_id;
        Obstacle::Refused(format!("integrationUri of integration {id}: {reason}"))
    };
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
