//! The management API of API Gateway V2: who may call, what is asked for, validation, and
//! publishing what changed.
//!
//! A request's way: [`ControlPlane::handle`] routes it by its raw path, checks its signature and
//! what the key's policy allows, and calls the operation's function in `operations/`; `error_response` is the only place that
//! knows how a refusal looks. Follows spec/management-api.md.

mod control_plane;
mod router;

mod access_keys;
mod audit;
mod authentication;
mod authorization;
mod caller;
mod condition_keys;
mod sts;

mod call;
mod error;
mod error_response;
mod feed;
mod operation_table;
mod operation_table_v1;
mod operations;
mod pagination;
mod patch;
mod publish;
mod strict_json;
mod validation;

pub use access_keys::{AccessKeyError, AccessKeys, AdministratorKey, NewAccessKey};
pub use control_plane::{ApiEndpoint, ControlPlane, Settings};
pub use feed::StoreFeed;
