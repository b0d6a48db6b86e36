//! What one deployed stage means: the documents the control plane publishes, and their compiled,
//! immutable form that the data plane serves from.
//!
//! The control plane compiles a document to refuse what the data plane could not serve; the data
//! plane compiles the same document again when it arrives. Pure: no clock, no IO.

mod access_key;
mod compile;
mod document;
mod domain_name;
mod environment;
mod options;
mod plan;

pub use access_key::AccessKeyDocument;
pub use compile::{CompileError, compile};
pub use document::{DeploymentDocument, DocumentError, StageDocument};
pub use domain_name::{DomainNameDocument, DomainNameError, DomainNamePlan};
pub use environment::{
    AwsAccess, AwsAccessError, Environment, LambdaEndpoints, LambdaEndpointsError,
    PrivateIntegrations, PrivateIntegrationsError, RoleError,
};
pub use options::KEYS;
pub use plan::{
    AccessLogPlan, AllowedOrigins, AnswersPlan, AuthorizationPlan, AuthorizerAnswerPlan,
    ConnectionPlan, CorsList, CorsPlan, FunctionPlan, HttpProxyPlan, HttpUpstreamPlan,
    IntegrationPlan, JwtPlan, LambdaAuthorizerPlan, LambdaPlan, PayloadFormat, RouteNames,
    RoutePlan, ServicePlan, SigningPlan, StagePlan, ThrottlePlan, UpstreamMethod,
};

pub use gatewright_expressions::IntegrationUri;
