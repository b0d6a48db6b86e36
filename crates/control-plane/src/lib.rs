//! The management API of API Gateway V2: who may call, what is asked for, validation, and
//! publishing what changed.
//!
//! A request's way: [`ControlPlane::handle`] routes it by its raw path, checks its signature,
//! and calls the operation's function in `operations/`; `error_response` is the only place that
//! knows how a refusal looks. Follows spec/management-api.md.

mod control_plane;
mod router;
mod operation_table;
mod authentication;
mod call;
mod operations;
mod pagination;
mod validation;
mod not_yet;
mod publish;
mod feed;
mod administrator;
mod secrets;
mod error;
mod error_response;

pub use administrator::AdministratorKey;
pub use control_plane::{ApiEndpoint, ControlPlane, Settings};
pub use feed::StoreFeed;
pub use secrets::{MasterKey, MasterKeyError};
pub use error::StartError;
