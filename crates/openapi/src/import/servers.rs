//! `servers`: the base path and the default endpoint's settings, both of the first server.

use gatewright_types::IpAddressType;

use super::BasePath;
use super::error::Problem;
use super::findings::Findings;
use super::object::Object;

#[derive(Default)]
pub(super) struct Server {
    /// Segments of the base path.
    base_path: Vec<String>,
    pub(super) disable_execute_api_endpoint: Option<bool>,
    pub(super) ip_address_type: Option<IpAddressType>,
}

impl Server {
    /// What goes before every path: empty, or `/` and segments.
    pub(super) fn prefix(&self, base_path: BasePath) -> String {
        let left_out = match base_path {
            BasePath::Ignore => self.base_path.len(),
            BasePath::Prepend => 0,
            BasePath::Split => 1,
        };
        self.base_path.iter().skip(left_out).map(|segment| format!("/{segment}")).collect()
    }
}

pub(super) fn read(document: &Object<'_>, findings: &mut Findings) -> Result<Server, Problem> {
    let mut server = Server::default();
    configure(document, &mut server, findings)?;
    let Some(first) = document.list("servers")?.and_then(|servers| servers.first()) else {
        return Ok(server);
    };
    let place = document.place().member("servers");
    let first = Object::new(first, place.index(0))?;
    server.base_path = base_path(&first)?;
    configure(&first, &mut server, findings)?;
    Ok(server)
}

/// `variables.basePath.default`, or the URL's path.
fn base_path(server: &Object<'_>) -> Result<Vec<String>, Problem> {
    let url = server.text("url")?.unwrap_or_default();
    let mut path = path_of(&url).to_owned();
    if let Some(variables) = server.object("variables")? {
        for (name, node) in variables.members() {
            let variable = Object::new(node, variables.place().member(name))?;
            let default = variable.required_text("default")?;
            if name == "basePath" {
                path = default;
                break;
            }
            path = path.replace(&format!("{{{name}}}"), &default);
        }
    }
    Ok(path.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect())
}

fn path_of(url: &str) -> &str {
    let after_scheme = url.split_once("://").map(|(_, rest)| rest);
    let path = match after_scheme {
        Some(rest) => rest.find('/').map_or("", |slash| &rest[slash..]),
        None => url,
    };
    path.split(['?', '#']).next().unwrap_or_default()
}

/// `x-amazon-apigateway-endpoint-configuration`, which AWS takes at the top, too.
fn configure(
    object: &Object<'_>,
    server: &mut Server,
    findings: &mut Findings,
) -> Result<(), Problem> {
    let Some(configuration) = object.object("x-amazon-apigateway-endpoint-configuration")? else {
        return Ok(());
    };
    if let Some(disable) = configuration.boolean("disableExecuteApiEndpoint")? {
        server.disable_execute_api_endpoint = Some(disable);
    }
    if let Some(text) = configuration.text("ipAddressType")? {
        server.ip_address_type = Some(match text.as_str() {
            "ipv4" => IpAddressType::Ipv4,
            "dualstack" => IpAddressType::Dualstack,
            other => {
                return Err(configuration.unknown("ipAddressType", other, "ipv4 or dualstack"));
            }
        });
    }
    for (name, _) in configuration.members() {
        if !matches!(name, "disableExecuteApiEndpoint" | "ipAddressType") {
            let place = configuration.place().member(name);
            findings.ignored(name, "is ignored: HTTP APIs do not have it", &place);
        }
    }
    Ok(())
}
