//! Expressions of API definitions, compiled once at publish time and evaluated per request.
//!
//! So far: `integrationUri` with path variables and stage variables. Pure: values in, values out.

mod integration_uri;

pub use integration_uri::{IntegrationUri, IntegrationUriError};
