//! `requestParameters` and `responseParameters` (`http-api-parameter-mapping`;
//! spec/http-api-runtime.md section 8).

use gatewright_expressions::{MappingError, RequestMapping, ResponseMapping};
use gatewright_types::{HttpRouteKey, Integration, Route, Stage};

use super::CompileError;

/// The mappings of an integration as a route of a stage uses it. A first-class integration has
/// parameters of its own instead of a request mapping.
pub(super) fn compile(
    stage: &Stage,
    route: &Route,
    key: &HttpRouteKey,
    integration: &Integration,
) -> Result<(RequestMapping, ResponseMapping), CompileError> {
    let stage_variable = |name: &str| stage.stage_variables.get(name).map(String::as_str);
    let failed = |member| {
        move |error: MappingError| CompileError::Mapping {
            route_key: route.route_key.clone(),
            integration_id: integration.integration_id.to_string(),
            member,
            error: Box::new(error),
        }
    };
    let request = match &integration.request_parameters {
        Some(parameters) if integration.integration_subtype.is_none() => {
            let variables = key.variables().collect::<Vec<_>>();
            RequestMapping::compile(parameters, &variables, stage_variable)
                .map_err(failed("requestParameters"))?
        }
        _ => RequestMapping::default(),
    };
    let response = match &integration.response_parameters {
        Some(parameters) => ResponseMapping::compile(parameters, stage_variable)
            .map_err(failed("responseParameters"))?,
        None => ResponseMapping::default(),
    };
    Ok((request, response))
}
