//! `connectionType` `VPC_LINK` (`http-api-develop-integrations-private`;
//! spec/http-api-runtime.md section 5.4). Which upstream an ARN means is configuration's to say;
//! a plain URL says it itself.

use gatewright_types::{Integration, Stage};

use super::integration::{Located, refused, uri_of};
use crate::{ConnectionPlan, Environment, IntegrationUri};

pub(super) fn compile(
    stage: &Stage,
    environment: &Environment,
    integration: &Integration,
) -> Located {
    let text = uri_of(stage, integration)?;
    let uri = match text.starts_with("arn:") {
        true => environment.private_integrations.find(&text).cloned().ok_or_else(|| {
            let key = format!("private_integrations.\"{text}\"");
            refused("integrationUri", integration, &format!("{key} is not in the configuration"))
        })?,
        // The path sent is the client's: one that stands here would go nowhere.
        false => IntegrationUri::compile(&text, &[], |_| None)
            .ok()
            .filter(IntegrationUri::is_origin)
            .ok_or_else(|| {
                refused("integrationUri", integration, "neither an ARN nor http(s)://host:port")
            })?,
    };
    Ok((uri, ConnectionPlan::VpcLink))
}
