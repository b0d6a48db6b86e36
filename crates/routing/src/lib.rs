//! From host and path to API, stage and route, over immutable tables.
//!
//! Pure and hot: no allocation for a path without percent-encoding, no lock, no clock. Follows
//! `http-api-develop-routes` and spec/http-api-runtime.md sections 1 and 2.

mod execute_api;
mod request_path;
mod route_table;

pub use execute_api::{ExecuteApiHost, PathAddress, StageSplit};
pub use request_path::{BadPath, decode_path};
pub use route_table::{RouteMatch, RouteTable};
