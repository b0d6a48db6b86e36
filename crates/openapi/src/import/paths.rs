//! `paths`: a route for each operation.

use std::collections::BTreeMap;

use gatewright_types::{CreateIntegration, limits};

use super::api::tell_unknown;
use super::error::Problem;
use super::findings::Findings;
use super::integration::Integrations;
use super::object::Object;
use super::place::Place;
use super::references::References;
use super::security::Protection;
use super::security_schemes::SecuritySchemes;
use super::{ImportedRoute, operation};
use crate::document::Node;

/// What operations need to know of the rest of the document.
pub(super) struct Paths<'a> {
    /// Empty, or `/` and segments.
    pub(super) base_path: String,
    pub(super) references: &'a References<'a>,
    pub(super) schemes: &'a SecuritySchemes,
    /// Of the top-level `security`.
    pub(super) default_protection: Protection,
}

/// Members of a path item that are operations, and their routes' methods.
const METHODS: [(&str, &str); 8] = [
    ("get", "GET"),
    ("put", "PUT"),
    ("post", "POST"),
    ("delete", "DELETE"),
    ("options", "OPTIONS"),
    ("head", "HEAD"),
    ("patch", "PATCH"),
    ("x-amazon-apigateway-any-method", "ANY"),
];

impl Paths<'_> {
    pub(super) fn read(
        &self,
        document: &Object<'_>,
        findings: &mut Findings,
    ) -> Result<(Vec<ImportedRoute>, Vec<CreateIntegration>), Problem> {
        let paths = document.object("paths")?.ok_or_else(|| document.missing("paths"))?;
        let mut routes = Vec::new();
        let mut integrations = Integrations::default();
        for (path, node) in paths.members() {
            if !path.starts_with('/') {
                if !path.starts_with("x-") {
                    let path = super::place::shown(path);
                    findings.warn(format!(
                        "Parse issue: attribute paths. Resource {path} should start with /"
                    ));
                }
                continue;
            }
            let place = paths.place().path(path);
            for (name, member) in self.path_item(node, &place, findings)? {
                let Some((_, method)) = METHODS.iter().find(|(known, _)| *known == name) else {
                    self.other_member(name, member, &place, findings);
                    continue;
                };
                let operation = Object::new(member, place.operation(name))?;
                routes.push(operation::read(
                    self,
                    (method, path),
                    &operation,
                    &mut integrations,
                    findings,
                )?);
                if routes.len() > limits::ROUTES_PER_API_MAX {
                    let problem = format!("has more than {} routes", limits::ROUTES_PER_API_MAX);
                    return Err(Problem::new(paths.place(), problem));
                }
            }
        }
        Ok((routes, integrations.made))
    }

    /// Members of a path item. Its own have precedence over those of the one it refers to.
    fn path_item<'n>(
        &'n self,
        node: &'n Node,
        place: &'n Place<'n>,
        findings: &mut Findings,
    ) -> Result<BTreeMap<&'n str, &'n Node>, Problem> {
        let mut members = BTreeMap::new();
        match self.references.follow(node, place) {
            Ok(followed) => members.extend(Object::new(followed.node, *place)?.members()),
            Err(missing) => findings.warn(missing.to_string()),
        }
        members.extend(Object::new(node, *place)?.members());
        Ok(members)
    }

    fn other_member(&self, name: &str, member: &Node, place: &Place<'_>, findings: &mut Findings) {
        match name {
            "$ref" | "summary" | "description" | "servers" => {}
            "parameters" => self.references.check(member, &place.member(name), findings),
            "trace" => findings.skipped(
                &place.operation(name),
                "is skipped: a route of an HTTP API cannot have the method TRACE",
            ),
            _ => tell_unknown(name, &place.member(name), findings),
        }
    }
}
