//! AWS services that routes call directly (`http-api-develop-integrations-aws-services`;
//! spec/http-api-runtime.md section 7): one file per service, and one for each protocol they speak.
//!
//! A service is called over the gateway's own way out, so that the address guard, the pools and the
//! metrics are those of every upstream (docs/adr/0006).

mod app_config;
mod error;
mod event_bridge;
mod json_protocol;
mod kinesis;
mod query_protocol;
mod service;
mod sqs;
mod step_functions;
#[cfg(test)]
mod testing;

pub use error::CallError;
pub use service::{PreparedCall, Service};
