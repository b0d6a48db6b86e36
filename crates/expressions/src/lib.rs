//! Expressions of API definitions, compiled once at publish time and evaluated per request.
//!
//! `integrationUri` with path variables and stage variables, `$context` variables and access log
//! formats of HTTP APIs. Pure: values in, values out.

mod access_log_format;
mod context_variables;
mod integration_uri;

pub use access_log_format::{AccessLogFormat, AccessLogFormatError, AccessLogFormatProblem};
pub use context_variables::{ContextValues, ContextVariable};
pub use integration_uri::{IntegrationUri, IntegrationUriError};
