//! The API Gateway V2 vocabulary as plain data: resources, typed ids, enums, limits.
//!
//! Names, member order and JSON spelling are those of the [API Gateway V2 reference]; a resource
//! `Xxx` stands in `xxx.rs`. Each file holds the resource as it is stored and answered, and the
//! members its create and update calls take. No IO, no async, no clock: validation that needs
//! other resources lives in `control-plane`.
//!
//! [API Gateway V2 reference]: https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/resources.html

mod api;
mod cors;
mod deployment;
mod integration;
mod route;
mod stage;

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
pub use clock::{Clock, ManualClock};
pub use config_key::ConfigKey;
pub use cors::Cors;
pub use deployment::{CreateDeployment, Deployment, DeploymentStatus, UpdateDeployment};
pub use ids::{ApiId, AuthorizerId, DeploymentId, IdSource, IntegrationId, RouteId, StageName};
pub use integration::{
    ConnectionType, ContentHandlingStrategy, CreateIntegration, Integration, IntegrationType,
    PassthroughBehavior, TlsConfig, UpdateIntegration,
};
pub use origin::{Origin, Scheme};
pub use protocol_type::ProtocolType;
pub use route::{AuthorizationType, CreateRoute, ParameterConstraints, Route, UpdateRoute};
pub use route_key::{HttpRouteKey, InvalidRouteKey, PathSegment, RouteMethod};
pub use stage::{AccessLogSettings, CreateStage, LoggingLevel, RouteSettings, Stage, UpdateStage};
pub use timestamp::Timestamp;
