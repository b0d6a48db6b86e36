//! Expressions of API definitions, compiled once at publish time and evaluated per request.
//!
//! `integrationUri` with path variables and stage variables, `$context` variables, access log
//! formats and parameter mapping of HTTP APIs. Pure: values in, values out.

mod access_log_format;
mod context_variables;
mod encode;
mod identity_source;
mod integration_uri;
mod json_path;
mod parameter_mapping;
mod query_string;

pub use access_log_format::{AccessLogFormat, AccessLogFormatError, AccessLogFormatProblem};
pub use context_variables::{ContextValues, ContextVariable};
pub use identity_source::{IdentitySource, LambdaIdentitySource};
pub use integration_uri::{
    IntegrationUri, IntegrationUriError, TargetPath, TargetTemplate, substitute_stage_variables,
};
pub use json_path::JsonPathError;
pub use parameter_mapping::{
    ArgumentError, ArgumentProblem, Attribute, HeaderChanges, KnownParameter, MappingError,
    MappingProblem, RequestChanges, RequestMapping, RequestSource, ResponseActions,
    ResponseChanges, ResponseMapping, ResponseSource, ServiceArguments, ServiceParameters,
    is_request_destination, is_reserved_header, is_response_destination,
};
