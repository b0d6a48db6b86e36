//! One operation: a route, its target and who may call it.

use gatewright_types::{CreateRoute, HttpRouteKey, StageName};

use super::ImportedRoute;
use super::api::{NOT_VALIDATED, tell_unknown};
use super::error::Problem;
use super::findings::Findings;
use super::integration::{self, Integrations};
use super::object::Object;
use super::paths::Paths;
use super::place::shown;
use super::security;

pub(super) fn read<'a>(
    paths: &'a Paths<'a>,
    (method, path): (&str, &str),
    operation: &Object<'a>,
    integrations: &mut Integrations,
    findings: &mut Findings,
) -> Result<ImportedRoute, Problem> {
    tell_ignored(paths, operation, findings);
    let protection =
        security::of_operation(operation, paths.schemes, &paths.default_protection, findings)?;
    let integration = match operation.get(integration::EXTENSION) {
        Some(node) => {
            let place = operation.place().member(integration::EXTENSION);
            integrations.read(paths.references, node, &place, findings)?
        }
        None => {
            let why = "has no x-amazon-apigateway-integration: its route has no target";
            findings.ignored("no integration", why, operation.place());
            None
        }
    };
    Ok(ImportedRoute {
        route: CreateRoute {
            authorization_scopes: Some(protection.scopes).filter(|scopes| !scopes.is_empty()),
            authorization_type: Some(protection.authorization_type),
            operation_name: operation.text("operationId")?,
            route_key: Some(route_key(paths, (method, path), operation, findings)?),
            ..CreateRoute::default()
        },
        integration,
        authorizer: protection.authorizer,
    })
}

/// `$default` is what its marks say it is; every other path stands for itself.
fn route_key(
    paths: &Paths<'_>,
    (method, path): (&str, &str),
    operation: &Object<'_>,
    findings: &mut Findings,
) -> Result<String, Problem> {
    if operation.boolean("isDefaultRoute")? == Some(true) {
        if (method, path) == ("ANY", "/$default") {
            return Ok(StageName::DEFAULT.to_owned());
        }
        findings.skipped(
            &operation.place().member("isDefaultRoute"),
            "is for x-amazon-apigateway-any-method of /$default only",
        );
    }
    let base_path = &paths.base_path;
    let key = match path {
        "/" if !base_path.is_empty() => format!("{method} {base_path}"),
        _ => format!("{method} {base_path}{path}"),
    };
    match HttpRouteKey::parse(&key) {
        Ok(_) => Ok(key),
        Err(error) => {
            let key = shown(&key);
            Err(Problem::new(operation.place(), format!("makes no route key of `{key}`: {error}")))
        }
    }
}

fn tell_ignored(paths: &Paths<'_>, operation: &Object<'_>, findings: &mut Findings) {
    for (name, member) in operation.members() {
        let place = operation.place().member(name);
        match name {
            "operationId" | "security" | "isDefaultRoute" => {}
            integration::EXTENSION | security::EXTENSION => {}
            // Documentation, which a route has no place for.
            "tags" | "summary" | "description" | "externalDocs" | "deprecated" | "servers"
            | "callbacks" => {}
            "parameters" => paths.references.check(member, &place, findings),
            "requestBody" | "responses" => {
                findings.ignored(name, NOT_VALIDATED, &place);
                paths.references.check(member, &place, findings);
            }
            _ => tell_unknown(name, &place, findings),
        }
    }
}
