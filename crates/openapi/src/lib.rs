//! OpenAPI 3 documents from and to the resources of an HTTP API: what `ImportApi` and
//! `ReimportApi` read.
//!
//! Follows `http-api-open-api`, `http-api-export` and the `api-gateway-swagger-extensions` pages of
//! the developer guide (spec/management-api.md section 4). Pure: an import yields the members of
//! create calls, which `control-plane` checks by its own rules and stores in one transaction.

mod import;

mod document;
#[cfg(test)]
mod tests;

pub use import::{
    BasePath, ImportError, ImportOptions, Imported, ImportedApi, ImportedRoute, import,
};
