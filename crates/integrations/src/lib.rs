//! What routes call: one file per `integrationType`.
//!
//! An integration is made from its plan when a stage is published, and called for each request.
//! It knows nothing of stages, routes or answers to clients: it gives the upstream's answer or an
//! [`IntegrationError`].

mod endpoint_answer;
mod error;
mod forwarded;
mod http_proxy;
mod http_upstream;
mod integration;
mod lambda_proxy;
mod noted_headers;
mod response_body;
mod service_proxy;
mod stage_integrations;

pub use endpoint_answer::EndpointAnswer;
pub use error::{IntegrationError, IntegrationFailure};
/// Who signs what is sent to AWS services.
pub use gatewright_credentials::Profiles;
/// What an integration is called with and answers: the way out is egress', whatever it calls.
pub use gatewright_egress::{Client, Egress};
pub use gatewright_lambda::{Authorizer, InvokeError, Signer};
pub use gatewright_services::CallError;
pub use http_proxy::{HttpProxy, TRACE_ID};
pub use integration::{Clients, Integration, RequestContext};
pub use response_body::{FunctionBody, ResponseBody, ResponseBodyError};
pub use stage_integrations::StageIntegrations;
