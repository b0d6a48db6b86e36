//! OpenAPI 3 documents from and to the resources of an HTTP API: what `ImportApi`, `ReimportApi`
//! and `ExportApi` read and write.
//!
//! Follows `http-api-open-api`, `http-api-export` and the `api-gateway-swagger-extensions` pages of
//! the developer guide (spec/management-api.md section 4). Pure: an import yields the members of
//! create calls, which `control-plane` checks by its own rules and stores in one transaction; an
//! export yields the document's text. What an export says, an import reads back the same: routes,
//! integrations, authorizers, CORS and tags.

mod export;
mod import;

mod document;
#[cfg(test)]
mod tests;

pub use export::{ExportOptions, ExportedApi, OutputType, export};
pub use import::{
    BasePath, ImportError, ImportOptions, Imported, ImportedApi, ImportedRoute, import,
};
