//! The API Gateway V2 vocabulary as plain data: resources, typed ids, enums, limits.
//!
//! Names, member order and JSON spelling are those of the [API Gateway V2 reference]; a resource
//! `Xxx` stands in `xxx.rs`. Each file holds the resource as it is stored and answered, and the
//! members its create and update calls take. No IO, no async, no clock: validation that needs
//! other resources lives in `control-plane`.
//!
//! [API Gateway V2 reference]: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/resources.html

mod api;
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
mod vpc_link;

mod account;
mod clock;
mod config_key;
mod ids;
pub mod limits;
mod origin;
mod protocol_type;
mod route_key;
mod timestamp;

pub use account::Account;
pub use api::{Api, CreateApi, IpAddressType, UpdateApi};
pub use api_mapping::{ApiMapping, CreateApiMapping, UpdateApiMapping};
pub use authorizer::{
    Authorizer, AuthorizerType, CreateAuthorizer, JwtConfiguration, UpdateAuthorizer,
};
pub use clock::{Clock, ManualClock};
pub use config_key::ConfigKey;
pub use cors::Cors;
pub use deployment::{CreateDeployment, Deployment, DeploymentStatus, UpdateDeployment};
pub use domain_name::{
    CreateDomainName, DomainName, DomainNameConfiguration, DomainNameStatus, EndpointType,
    MutualTlsAuthentication, RoutingMode, SecurityPolicy, UpdateDomainName,
};
pub use ids::{
    ApiId, ApiMappingId, AuthorizerId, DeploymentId, IdSource, IntegrationId,
    IntegrationResponseId, ModelId, RouteId, RouteResponseId, RoutingRuleId, StageName, VpcLinkId,
};
pub use integration::{
    ConnectionType, ContentHandlingStrategy, CreateIntegration, Integration, IntegrationType,
    PassthroughBehavior, TlsConfig, UpdateIntegration,
};
pub use integration_response::{
    CreateIntegrationResponse, IntegrationResponse, UpdateIntegrationResponse,
};
pub use model::{CreateModel, Model, UpdateModel};
pub use origin::{Origin, Scheme};
pub use protocol_type::ProtocolType;
pub use route::{AuthorizationType, CreateRoute, ParameterConstraints, Route, UpdateRoute};
pub use route_key::{HttpRouteKey, InvalidRouteKey, PathSegment, RouteMethod};
pub use route_response::{CreateRouteResponse, RouteResponse, UpdateRouteResponse};
pub use routing_rule::{
    InvokeApi, MatchBasePaths, MatchHeaderValue, MatchHeaders, PutRoutingRule, RoutingRule,
    RoutingRuleAction, RoutingRuleCondition,
};
pub use stage::{AccessLogSettings, CreateStage, LoggingLevel, RouteSettings, Stage, UpdateStage};
pub use timestamp::Timestamp;
pub use vpc_link::{CreateVpcLink, UpdateVpcLink, VpcLink, VpcLinkStatus, VpcLinkVersion};
