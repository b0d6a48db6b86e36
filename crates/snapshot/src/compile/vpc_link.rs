//! `connectionType` `VPC_LINK` (`http-api-develop-integrations-private`;
//! spec/http-api-runtime.md section 5.4). Which upstream an ARN means is configuration's to say;
//! a plain URL says it itself.

use gatewright_expressions::substitute_stage_variables;
use gatewright_types::{Integration, Stage};

use super::integration::{Located, Obstacle};
use crate::{ConnectionPlan, Environment, IntegrationUri};

pub(super) fn compile(
    stage: &Stage,
    environment: &Environment,
    integration: &Integration,
) -> Located {
    let text = integration.integration_uri.as_deref().unwrap_or_default();
    let stage_variable = |name: &str| stage.stage_variables.get(name).map(String::as_str);
    let text = substitute_stage_variables(text, stage_variable)
        .map_err(|error| Obstacle::Uncallable(format!("integrationUri: {error}")))?;
    let refused = |reason: String| {
        let id = &integration.integration_id;
        Obstacle::Refused(format!("integrationUri of integration {id}: {reason}"))
    };
    let uri = match text.starts_with("arn:") {
        true => environment.private_integrations.find(&text).cloned().ok_or_else(|| {
            refused(format!("private_integrations.\"{text}\" is not in the configuration"))
        })?,
        // The path sent is the client's: one that stands here would go nowhere.
        false => IntegrationUri::compile(&text, &[], |_| None)
            .ok()
            .filter(IntegrationUri::is_origin)
            .ok_or_else(|| refused("neither an ARN nor http(s)://host:port".to_owned()))?,
    };
    Ok((uri, ConnectionPlan::VpcLink))
}
