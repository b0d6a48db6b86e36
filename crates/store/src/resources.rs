//! One file per resource: its queries, each written once for both databases.

pub(crate) mod access_key;
mod api;
mod deployment;
mod integration;
mod route;
mod stage;
