//! `ExportApi`: an HTTP API as an OpenAPI 3.0 document (`http-api-export`).
//!
//! The form and the order of members are those of published exports (spec/management-api.md section
//! 4.4). Integrations stand in line in every operation that uses them, so one that several routes
//! share comes back as several. Not expressible, and left out: an integration that no route uses,
//! and a route `ANY /$default` beside the route `$default`.

mod authorizers;
mod integration;
mod paths;

mod output;
mod yaml;

#[cfg(test)]
mod tests;

use gatewright_types::{
    Api, Authorizer, Cors, Integration, IpAddressType, Route, StageName, Timestamp,
};

use output::{Object, Value};

/// What to export: an API's current configuration, or what a stage's deployment froze of it.
#[derive(Clone, Copy, Debug)]
pub struct ExportedApi<'a> {
    /// The API.
    pub api: &'a Api,
    /// Its routes, in any order.
    pub routes: &'a [Route],
    /// Its integrations.
    pub integrations: &'a [Integration],
    /// Its authorizers.
    pub authorizers: &'a [Authorizer],
    /// The stage, if one is exported.
    pub stage_name: Option<&'a StageName>,
    /// The API's URL, without a stage and without a trailing slash.
    pub api_endpoint: &'a str,
    /// When the API, or the stage's deployment, was created; the version of an API without one.
    pub created_date: Timestamp,
}

/// How to export.
#[derive(Clone, Copy, Debug)]
pub struct ExportOptions {
    /// The call's `outputType`.
    pub output_type: OutputType,
    /// The call's `includeExtensions`: whether there are members `x-amazon-*`.
    pub include_extensions: bool,
}

/// A document's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputType {
    /// JSON, indented.
    Json,
    /// YAML, in block style.
    Yaml,
}

/// Writes a document. The same API gives the same text, whatever the order of its resources.
pub fn export(exported: &ExportedApi<'_>, options: &ExportOptions) -> String {
    let document = Export { exported, extensions: options.include_extensions }.document();
    match options.output_type {
        OutputType::Json => output::json(&document),
        OutputType::Yaml => yaml::write(&document),
    }
}

struct Export<'a> {
    exported: &'a ExportedApi<'a>,
    extensions: bool,
}

impl Export<'_> {
    fn document(&self) -> Object {
        let api = self.exported.api;
        let mut document = Object::default();
        document.set("openapi", "3.0.1");
        document.set("info", self.info());
        document.set("servers", vec![self.server().into()]);
        if !api.tags.is_empty() {
            document.set("tags", self.tags());
        }
        document.set("paths", self.paths());
        if !self.exported.authorizers.is_empty() {
            let mut components = Object::default();
            components.set("securitySchemes", self.security_schemes());
            document.set("components", components);
        }
        if let Some(configuration) = &api.cors_configuration {
            self.extension(&mut document, "x-amazon-apigateway-cors", || {
                cors(configuration).into()
            });
        }
        self.extension(&mut document, "x-amazon-apigateway-importexport-version", || "1.0".into());
        document
    }

    /// Sets a member that is AWS's own, if such are wanted.
    fn extension(&self, object: &mut Object, name: &str, value: impl FnOnce() -> Value) {
        if self.extensions {
            object.set(name, value());
        }
    }

    fn info(&self) -> Object {
        let api = self.exported.api;
        let mut info = Object::default();
        info.set("title", api.name.as_str());
        info.set_some("description", api.description.as_deref());
        info.set("version", api.version.clone().unwrap_or_else(|| self.time_as_version()));
        info
    }

    /// `2020-04-08 19:05:45UTC`.
    fn time_as_version(&self) -> String {
        self.exported.created_date.to_string().replace('T', " ").replace('Z', "UTC")
    }

    fn server(&self) -> Object {
        let api = self.exported.api;
        let stage = self.exported.stage_name.filter(|stage| !stage.is_default());
        let mut base_path = Object::default();
        base_path.set("default", stage.map_or("", StageName::as_str));
        let mut variables = Object::default();
        variables.set("basePath", base_path);
        let mut server = Object::default();
        server.set("url", format!("{}/{{basePath}}", self.exported.api_endpoint));
        server.set("variables", variables);
        let mut configuration = Object::default();
        if api.disable_execute_api_endpoint {
            configuration.set("disableExecuteApiEndpoint", true);
        }
        if api.ip_address_type == IpAddressType::Dualstack {
            configuration.set("ipAddressType", "dualstack");
        }
        if !configuration.is_empty() {
            self.extension(&mut server, "x-amazon-apigateway-endpoint-configuration", || {
                configuration.into()
            });
        }
        server
    }

    fn tags(&self) -> Vec<Value> {
        let tags = self.exported.api.tags.iter().map(|(name, value)| {
            let mut tag = Object::default();
            tag.set("name", name.as_str());
            self.extension(&mut tag, "x-amazon-apigateway-tag-value", || value.as_str().into());
            tag.into()
        });
        tags.collect()
    }
}

fn cors(configuration: &Cors) -> Object {
    let mut cors = Object::default();
    cors.set_some("allowMethods", configuration.allow_methods.as_deref());
    cors.set_some("allowHeaders", configuration.allow_headers.as_deref());
    cors.set_some("exposeHeaders", configuration.expose_headers.as_deref());
    cors.set_some("maxAge", configuration.max_age.map(i64::from));
    cors.set_some("allowCredentials", configuration.allow_credentials);
    cors.set_some("allowOrigins", configuration.allow_origins.as_deref());
    cors
}
