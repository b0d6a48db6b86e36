//! The management API of API Gateway V2: who may call, what is asked for, validation, and
//! publishing what changed.
//!
//! A request's way: [`ControlPlane::handle`] routes it by its raw path, checks its signature,
//! and calls the operation's function in `operations/`; `error_response` is the only place that
//! knows how a refusal looks. Follows spec/management-api.md.

mod administrator;
mod authentication;
mod call;
mod control_plane;
mod error;
mod error_response;
mod feed;
mod operation_table;
mod operations;
mod pagination;
mod publish;
mod router;
mod secrets;
mod validation;

pub use administrator::AdministratorKey;
pub use control_plane::{ApiEndpoint, ControlPlane, Settings};
pub use error::StartError;
pub use feed::StoreFeed;
pub use secrets::{MasterKey, MasterKeyError};
