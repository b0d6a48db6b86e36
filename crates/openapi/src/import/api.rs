//! The API's own members: `info`, `tags`, CORS, and what else stands at the top of a document.

use std::collections::BTreeMap;

use super::error::Problem;
use super::findings::Findings;
use super::object::Object;
use super::{ImportedApi, cors};

pub(super) fn read(document: &Object<'_>, findings: &mut Findings) -> Result<ImportedApi, Problem> {
    let info = document.object("info")?.ok_or_else(|| document.missing("info"))?;
    let api = ImportedApi {
        name: info.required_text("title")?,
        description: info.text("description")?,
        version: info.text("version")?,
        cors_configuration: cors::read(document, findings)?,
        tags: tags(document, findings)?,
        ..ImportedApi::default()
    };
    if let Some(version) = document.text("openapi")?.filter(|version| !version.starts_with("3.0")) {
        findings.skipped(
            &document.place().member("openapi"),
            format!("is {version}; the document is read as OpenAPI 3.0"),
        );
    }
    if let Some(version) = document.text("x-amazon-apigateway-importexport-version")?
        && version != "1.0"
    {
        let place = document.place().member("x-amazon-apigateway-importexport-version");
        findings.skipped(&place, format!("is {version}; the document is read as version 1.0"));
    }
    tell_ignored(document, findings)?;
    Ok(api)
}

/// `tags` with a value are the API's; the others group operations in documentation.
fn tags(
    document: &Object<'_>,
    findings: &mut Findings,
) -> Result<BTreeMap<String, String>, Problem> {
    let mut tags = BTreeMap::new();
    let place = document.place().member("tags");
    for (index, node) in document.list("tags")?.unwrap_or_default().iter().enumerate() {
        let tag = Object::new(node, place.index(index))?;
        let name = tag.required_text("name")?;
        match tag.text("x-amazon-apigateway-tag-value")? {
            Some(value) => {
                tags.insert(name, value);
            }
            None => findings.ignored(
                "tags",
                "is ignored: it has no x-amazon-apigateway-tag-value",
                tag.place(),
            ),
        }
    }
    Ok(tags)
}

fn tell_ignored(document: &Object<'_>, findings: &mut Findings) -> Result<(), Problem> {
    for (name, _) in document.members() {
        let place = document.place().member(name);
        match name {
            "openapi" | "info" | "servers" | "paths" | "components" | "security" | "tags"
            | "externalDocs" => {}
            "x-amazon-apigateway-cors"
            | "x-amazon-apigateway-endpoint-configuration"
            | "x-amazon-apigateway-importexport-version" => {}
            _ => tell_unknown(name, &place, findings),
        }
    }
    if let Some(components) = document.object("components")?
        && components.object("schemas")?.is_some()
    {
        let place = components.place().member("schemas");
        findings.ignored("schemas", NOT_VALIDATED, &place);
    }
    Ok(())
}

/// Why schemas, bodies and responses are ignored.
pub(super) const NOT_VALIDATED: &str = "is ignored: HTTP APIs do not validate bodies";

/// A member that means nothing here: another API type's, somebody else's extension, or a slip.
pub(super) fn tell_unknown(name: &str, place: &super::Place<'_>, findings: &mut Findings) {
    if name.starts_with("x-amazon-apigateway-") {
        findings.ignored(name, "is ignored: HTTP APIs do not have it", place);
    } else if !name.starts_with("x-") {
        findings.skipped(place, "is unexpected");
    }
}
