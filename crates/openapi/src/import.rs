//! `ImportApi` and `ReimportApi`: a document's meaning for an HTTP API (`http-api-open-api`).
//!
//! Three classes of findings, as AWS has them. What HTTP APIs do not have is ignored and told in
//! `import_info`; what cannot be made is skipped and told in `warnings`, and `failOnWarnings` makes
//! a refusal of them; everything else is an [`ImportError`]. Whatever decides who may call is never
//! skipped: a route is protected as the document says, or the document is refused.

mod api;
mod cors;
mod integration;
mod operation;
mod paths;
mod security;
mod security_schemes;
mod servers;

mod error;
mod findings;
mod object;
mod place;
mod references;
mod variables;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use gatewright_types::{
    Account, Cors, CreateAuthorizer, CreateIntegration, CreateRoute, IpAddressType,
};

pub use error::ImportError;

use crate::document::Node;
use error::Problem;
use findings::Findings;
use object::Object;
use paths::Paths;
use place::Place;
use references::References;
use security_schemes::SecuritySchemes;

/// What a document says, in the members of create calls. Ids do not exist yet, so a route names its
/// integration and authorizer by their places in the lists.
#[derive(Clone, Debug, PartialEq)]
pub struct Imported {
    /// The API's own members.
    pub api: ImportedApi,
    /// One of each security scheme with an `x-amazon-apigateway-authorizer`.
    pub authorizers: Vec<CreateAuthorizer>,
    /// One of each operation, or one for all that refer to the same component.
    pub integrations: Vec<CreateIntegration>,
    /// One of each operation.
    pub routes: Vec<ImportedRoute>,
    /// What was ignored, for the answer's `importInfo`.
    pub import_info: Vec<String>,
    /// What was skipped, for the answer's `warnings` or, with `failOnWarnings`, for its refusal.
    pub warnings: Vec<String>,
}

/// Members of an API that an import sets; a reimport replaces them all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportedApi {
    /// `info.title`.
    pub name: String,
    /// `info.description`.
    pub description: Option<String>,
    /// `info.version`, also where the document has a number or a time.
    pub version: Option<String>,
    /// `x-amazon-apigateway-cors`.
    pub cors_configuration: Option<Cors>,
    /// Tags that have an `x-amazon-apigateway-tag-value`.
    pub tags: BTreeMap<String, String>,
    /// Of `x-amazon-apigateway-endpoint-configuration`.
    pub disable_execute_api_endpoint: Option<bool>,
    /// Of `x-amazon-apigateway-endpoint-configuration`.
    pub ip_address_type: Option<IpAddressType>,
}

/// A route to make.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedRoute {
    /// Its members, but for `target` and `authorizer_id`.
    pub route: CreateRoute,
    /// Place of the target in [`Imported::integrations`].
    pub integration: Option<usize>,
    /// Place of the authorizer in [`Imported::authorizers`].
    pub authorizer: Option<usize>,
}

/// How to import.
#[derive(Clone, Copy, Debug)]
pub struct ImportOptions<'a> {
    /// The call's `basepath`.
    pub base_path: BasePath,
    /// What `${AWS::AccountId}` and `${AWS::Region}` stand for.
    pub account: &'a Account,
}

/// What becomes of the path of the document's first server (`api-gateway-import-api-basePath`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BasePath {
    /// Nothing.
    #[default]
    Ignore,
    /// It goes before every path.
    Prepend,
    /// All but its first segment goes before every path.
    Split,
}

/// Reads a document, JSON or YAML.
///
/// # Errors
///
/// [`ImportError`]: not a document, not OpenAPI 3, or a member that has no meaning, named by its
/// place.
pub fn import(text: &str, options: &ImportOptions<'_>) -> Result<Imported, ImportError> {
    let mut root = Node::parse(text)?;
    variables::replace(&mut root, options.account);
    let document = checked_document(&root)?;
    Ok(read(&root, &document, options.base_path)?)
}

fn read(root: &Node, document: &Object<'_>, base_path: BasePath) -> Result<Imported, Problem> {
    let mut findings = Findings::default();
    let references = References::new(root);
    let mut api = api::read(document, &mut findings)?;
    let server = servers::read(document, &mut findings)?;
    api.disable_execute_api_endpoint = server.disable_execute_api_endpoint;
    api.ip_address_type = server.ip_address_type;
    let schemes = SecuritySchemes::read(document, &references, &mut findings)?;
    let default_protection = security::read(document, &schemes, &mut findings)?;
    let paths = Paths {
        base_path: server.prefix(base_path),
        references: &references,
        schemes: &schemes,
        default_protection: default_protection.unwrap_or_default(),
    };
    let (routes, integrations) = paths.read(document, &mut findings)?;
    let (import_info, warnings) = findings.finish();
    Ok(Imported {
        api,
        authorizers: schemes.authorizers,
        integrations,
        routes,
        import_info,
        warnings,
    })
}

/// The document as an object, if it says that it is OpenAPI 3.
fn checked_document(root: &Node) -> Result<Object<'_>, ImportError> {
    let not_openapi = |found: &str| ImportError::NotOpenApi3 { found: found.to_owned() };
    let document = Object::new(root, Place::root())
        .map_err(|_| not_openapi("The document is not an object"))?;
    match document.text("openapi")? {
        Some(version) if version.starts_with("3.") => Ok(document),
        Some(version) => Err(not_openapi(&format!("OpenAPI {version} is not supported, 3.0 is"))),
        None if document.get("swagger").is_some() => {
            Err(not_openapi("Swagger 2.0 is not supported, OpenAPI 3.0 is"))
        }
        None => Err(not_openapi("The document has no member openapi")),
    }
}
