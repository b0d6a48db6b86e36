//! The operations, a file per resource; here, from an operation's name to its function.

mod api;
mod api_key;
mod api_mapping;
mod authorizer;
mod cors;
mod deployment;
mod domain_name;
mod integration;
mod integration_response;
mod model;
mod route;
mod route_response;
mod routing_rule;
mod stage;
mod tags;
mod usage_plan;
mod usage_plan_key;
mod vpc_link;

use crate::call::{Answer, Call};
use crate::error::OperationError;

/// Runs the operation a call names.
pub(crate) async fn dispatch(call: &Call<'_>) -> Result<Answer, OperationError> {
    match call.operation() {
        "CreateApi" => api::create_api(call).await,
        "DeleteApi" => api::delete_api(call).await,
        "ExportApi" => api::export::export_api(call).await,
        "GetApi" => api::get_api(call).await,
        "GetApis" => api::get_apis(call).await,
        "ImportApi" => api::import::import_api(call).await,
        "ReimportApi" => api::import::reimport_api(call).await,
        "UpdateApi" => api::update_api(call).await,
        "DeleteCorsConfiguration" => cors::delete_cors_configuration(call).await,

        "CreateRoute" => route::create_route(call).await,
        "DeleteRoute" => route::delete_route(call).await,
        "DeleteRouteRequestParameter" => route::delete_route_request_parameter(call).await,
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
        "ResetAuthorizersCache" => stage::reset_authorizers_cache(call).await,
        "UpdateStage" => stage::update_stage(call).await,

        "CreateDeployment" => deployment::create_deployment(call).await,
        "DeleteDeployment" => deployment::delete_deployment(call).await,
        "GetDeployment" => deployment::get_deployment(call).await,
        "GetDeployments" => deployment::get_deployments(call).await,
        "UpdateDeployment" => deployment::update_deployment(call).await,

        "CreateApiMapping" => api_mapping::create_api_mapping(call).await,
        "DeleteApiMapping" => api_mapping::delete_api_mapping(call).await,
        "GetApiMapping" => api_mapping::get_api_mapping(call).await,
        "GetApiMappings" => api_mapping::get_api_mappings(call).await,
        "UpdateApiMapping" => api_mapping::update_api_mapping(call).await,

        "CreateAuthorizer" => authorizer::create_authorizer(call).await,
        "DeleteAuthorizer" => authorizer::delete_authorizer(call).await,
        "GetAuthorizer" => authorizer::get_authorizer(call).await,
        "GetAuthorizers" => authorizer::get_authorizers(call).await,
        "UpdateAuthorizer" => authorizer::update_authorizer(call).await,

        "CreateDomainName" => domain_name::create_domain_name(call).await,
        "DeleteDomainName" => domain_name::delete_domain_name(call).await,
        "GetDomainName" => domain_name::get_domain_name(call).await,
        "GetDomainNames" => domain_name::get_domain_names(call).await,
        "UpdateDomainName" => domain_name::update_domain_name(call).await,

        "CreateIntegrationResponse" => {
            integration_response::create_integration_response(call).await
        }
        "DeleteIntegrationResponse" => {
            integration_response::delete_integration_response(call).await
        }
        "GetIntegrationResponse" => integration_response::get_integration_response(call).await,
        "GetIntegrationResponses" => integration_response::get_integration_responses(call).await,
        "UpdateIntegrationResponse" => {
            integration_response::update_integration_response(call).await
        }

        "CreateModel" => model::create_model(call).await,
        "DeleteModel" => model::delete_model(call).await,
        "GetModel" => model::get_model(call).await,
        "GetModels" => model::get_models(call).await,
        "GetModelTemplate" => model::get_model_template(call).await,
        "UpdateModel" => model::update_model(call).await,

        "CreateRouteResponse" => route_response::create_route_response(call).await,
        "DeleteRouteResponse" => route_response::delete_route_response(call).await,
        "GetRouteResponse" => route_response::get_route_response(call).await,
        "GetRouteResponses" => route_response::get_route_responses(call).await,
        "UpdateRouteResponse" => route_response::update_route_response(call).await,

        "CreateRoutingRule" => routing_rule::create_routing_rule(call).await,
        "DeleteRoutingRule" => routing_rule::delete_routing_rule(call).await,
        "GetRoutingRule" => routing_rule::get_routing_rule(call).await,
        "ListRoutingRules" => routing_rule::list_routing_rules(call).await,
        "PutRoutingRule" => routing_rule::put_routing_rule(call).await,

        "GetTags" => tags::get_tags(call).await,
        "TagResource" => tags::tag_resource(call).await,
        "UntagResource" => tags::untag_resource(call).await,

        "CreateVpcLink" => vpc_link::create_vpc_link(call).await,
        "DeleteVpcLink" => vpc_link::delete_vpc_link(call).await,
        "GetVpcLink" => vpc_link::get_vpc_link(call).await,
        "GetVpcLinks" => vpc_link::get_vpc_links(call).await,
        "UpdateVpcLink" => vpc_link::update_vpc_link(call).await,

        "CreateApiKey" => api_key::create_api_key(call).await,
        "DeleteApiKey" => api_key::delete_api_key(call).await,
        "GetApiKey" => api_key::get_api_key(call).await,
        "GetApiKeys" => api_key::get_api_keys(call).await,
        "UpdateApiKey" => api_key::update_api_key(call).await,

        "CreateUsagePlan" => usage_plan::create_usage_plan(call).await,
        "DeleteUsagePlan" => usage_plan::delete_usage_plan(call).await,
        "GetUsagePlan" => usage_plan::get_usage_plan(call).await,
        "GetUsagePlans" => usage_plan::get_usage_plans(call).await,
        "UpdateUsagePlan" => usage_plan::update_usage_plan(call).await,

        "CreateUsagePlanKey" => usage_plan_key::create_usage_plan_key(call).await,
        "DeleteUsagePlanKey" => usage_plan_key::delete_usage_plan_key(call).await,
        "GetUsagePlanKey" => usage_plan_key::get_usage_plan_key(call).await,
        "GetUsagePlanKeys" => usage_plan_key::get_usage_plan_keys(call).await,

        other => Err(OperationError::NotImplemented(other)),
    }
}
