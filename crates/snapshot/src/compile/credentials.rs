//! `credentialsArn` (`http-api-develop-integrations-aws-services`; spec/http-api-runtime.md
//! section 6.1): which profile signs what an integration sends.

use gatewright_types::{Integration, Stage};

use super::integration::{Obstacle, refused, text_of};
use crate::Environment;

const MEMBER: &str = "credentialsArn";

/// The role's profile, or without a role the gateway's own; none where there are no credentials.
pub(super) fn compile(
    stage: &Stage,
    environment: &Environment,
    integration: &Integration,
) -> Result<Option<String>, Obstacle> {
    let role = integration.credentials_arn.as_deref();
    let role = role.map(|arn| text_of(stage, MEMBER, arn)).transpose()?;
    let profile = environment.aws.signing_profile(role.as_deref());
    profile
        .map(|profile| profile.map(str::to_owned))
        .map_err(|error| refused(MEMBER, integration, &error.to_string()))
}
