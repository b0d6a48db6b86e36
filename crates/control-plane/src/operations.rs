//! The operations, a file per resource; here, from an operation's name to its function.

mod api;
mod cors;
mod deployment;
mod integration;
mod route;
mod stage;

use crate::call::{Answer, Call};
use crate::error::OperationError;

/// Runs the operation a call names.
pub(crate) async fn dispatch(call: &Call<'_>) -> Result<Answer, OperationError> {
    match call.operation() {
        "CreateApi" => api::create_api(call).await,
        "DeleteApi" => api::delete_api(call).await,
        "GetApi" => api::get_api(call).await,
        "GetApis" => api::get_apis(call).await,
        "UpdateApi" => api::update_api(call).await,
        "DeleteCorsConfiguration" => cors::delete_cors_configuration(call).await,

        "CreateRoute" => route::create_route(call).await,
        "DeleteRoute" => route::delete_route(call).await,
        "GetRoute" => route::get_route(call).await,
        "GetRoutes" => route::get_routes(call).await,
        "UpdateRoute" => route::update_route(call).await,

        "CreateIntegration" => integration::create_integration(call).await,
        "DeleteIntegration" => integration::delete_integration(call).await,
        "GetIntegration" => integration::get_integration(call).await,
        "GetIntegrations" => integration::get_integrations(call).await,
        "UpdateIntegration" => integration::update_integration(call).await,

        "CreateStage" => stage::create_stage(call).await,
        "DeleteAccessLogSettings" => stage::delete_access_log_settings(call).await,
        "DeleteRouteSettings" => stage::delete_route_settings(call).await,
        "DeleteStage" => stage::delete_stage(call).await,
        "GetStage" => stage::get_stage(call).await,
        "GetStages" => stage::get_stages(call).await,
        "UpdateStage" => stage::update_stage(call).await,

        "CreateDeployment" => deployment::create_deployment(call).await,
        "DeleteDeployment" => deployment::delete_deployment(call).await,
        "GetDeployment" => deployment::get_deployment(call).await,
        "GetDeployments" => deployment::get_deployments(call).await,
        "UpdateDeployment" => deployment::update_deployment(call).await,

        other => Err(OperationError::NotImplemented(other)),
    }
}
