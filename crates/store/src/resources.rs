//! One file per resource: its queries, each written once for both databases.

pub(crate) mod access_key;
mod api;
pub(crate) mod api_key;
mod api_mapping;
mod authorizer;
mod deployment;
mod domain_name;
mod integration;
mod integration_response;
mod model;
mod route;
mod route_response;
mod routing_rule;
mod stage;
mod usage_plan;
mod usage_plan_key;
mod vpc_link;
