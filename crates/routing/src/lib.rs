//! From host and path to API, stage and route, over immutable tables.
//!
//! Pure and hot: no allocation for a path without percent-encoding, no lock, no clock. Follows
//! `http-api-develop-routes` and spec/http-api-runtime.md sections 1 and 2.

mod api_mapping;
mod domain_name;
mod execute_api;
mod request_path;
mod route_table;
mod routing_rule;

pub use api_mapping::{ApiMappingTable, MappingMatch, Target};
pub use domain_name::DomainNameTable;
pub use execute_api::{ExecuteApiHost, PathAddress, StageSplit};
pub use request_path::{BadPath, decode_path};
pub use route_table::{RouteMatch, RouteTable};
pub use routing_rule::{BasePath, Glob, Rule, RuleMatch, RuleTable};
