//! The API Gateway V2 vocabulary as plain data: resources, typed ids, enums, limits.
//!
//! Names, member order and JSON spelling are those of the [API Gateway V2 reference]; a resource
//! `Xxx` stands in `xxx.rs`. Each file holds the resource as it is stored and answered, and the
//! members its create and update calls take. No IO, no async, no clock: validation that needs
//! other resources lives in `control-plane`. API keys and usage plans are of the [v1 reference],
//! since only there they can be made for WebSocket APIs.
//!
//! [API Gateway V2 reference]: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/resources.html
//! [v1 reference]: https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html

mod api;
mod api_key;
mod api_mapping;
mod authorizer;
mod cors;
mod deployment;
mod domain_name;
mod integration;
mod integration_response;
mod integration_subtype;
mod model;
mod route;
mod route_response;
mod routing_rule;
mod stage;
mod usage_plan;
mod usage_plan_key;
mod user;
mod vpc_link;

mod account;
mod address_text;
mod aws_service;
mod client_certificate;
mod clock;
mod config_key;
mod host;
mod ids;
pub mod limits;
mod network;
mod operator_limits;
mod origin;
mod patch_operation;
mod protocol_type;
mod region;
mod route_key;
mod set_header;
mod timestamp;

pub use account::Account;
pub use address_text::AddressText;
pub use api::{Api, CreateApi, IpAddressType, UpdateApi};
pub use api_key::{ApiKey, ApiKeyValue, CreateApiKey, StageKey};
pub use api_mapping::{ApiMapping, CreateApiMapping, UpdateApiMapping};
pub use authorizer::{
    Authorizer, AuthorizerType, CreateAuthorizer, JwtConfiguration, UpdateAuthorizer,
};
pub use aws_service::AwsService;
pub use client_certificate::{ClientCertificate, ClientCertificateValidity};
pub use clock::{Clock, ManualClock};
pub use config_key::ConfigKey;
pub use cors::Cors;
pub use deployment::{CreateDeployment, Deployment, DeploymentStatus, UpdateDeployment};
pub use domain_name::{
    CreateDomainName, DomainName, DomainNameConfiguration, DomainNameStatus, EndpointType,
    MutualTlsAuthentication, RoutingMode, SecurityPolicy, UpdateDomainName,
};
pub use host::without_port;
pub use ids::{
    ApiId, ApiKeyId, ApiMappingId, AuthorizerId, DeploymentId, IdSource, IntegrationId,
    IntegrationResponseId, ModelId, RouteId, RouteResponseId, RoutingRuleId, StageName,
    UsagePlanId, VpcLinkId,
};
pub use integration::{
    ConnectionType, ContentHandlingStrategy, CreateIntegration, Integration, IntegrationType,
    PassthroughBehavior, TlsConfig, UpdateIntegration,
};
pub use integration_response::{
    CreateIntegrationResponse, IntegrationResponse, UpdateIntegrationResponse,
};
pub use integration_subtype::{IntegrationSubtype, ParameterForm};
pub use model::{CreateModel, Model, UpdateModel};
pub use network::canonical_network;
pub use operator_limits::OperatorLimits;
pub use origin::{Origin, Scheme};
pub use patch_operation::{PatchOp, PatchOperation, PatchOperations};
pub use protocol_type::ProtocolType;
pub use region::Region;
pub use route::{AuthorizationType, CreateRoute, ParameterConstraints, Route, UpdateRoute};
pub use route_key::{HttpRouteKey, InvalidRouteKey, PathSegment, RouteMethod};
pub use route_response::{CreateRouteResponse, RouteResponse, UpdateRouteResponse};
pub use routing_rule::{
    InvokeApi, MatchBasePaths, MatchHeaderValue, MatchHeaders, PutRoutingRule, RoutingRule,
    RoutingRuleAction, RoutingRuleCondition,
};
pub use set_header::set_header;
pub use stage::{AccessLogSettings, CreateStage, LoggingLevel, RouteSettings, Stage, UpdateStage};
pub use timestamp::Timestamp;
pub use usage_plan::{
    ApiStage, CreateUsagePlan, QuotaPeriodType, QuotaSettings, ThrottleSettings, UsagePlan,
};
pub use usage_plan_key::{CreateUsagePlanKey, UsagePlanKey};
pub use user::{user_arn, user_id};
pub use vpc_link::{CreateVpcLink, UpdateVpcLink, VpcLink, VpcLinkStatus, VpcLinkVersion};
