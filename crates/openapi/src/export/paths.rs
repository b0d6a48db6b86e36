//! `paths`: routes by path, their operations in OpenAPI's order of methods.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use gatewright_types::{
    AuthorizationType, Authorizer, HttpRouteKey, Integration, PathSegment, Route, StageName,
};

use super::output::{Object, Value};
use super::{Export, integration};

/// The operations of a path item, in order.
const METHODS: [&str; 8] = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "ANY"];

/// The path of the route `$default`.
const DEFAULT_PATH: &str = "/$default";

/// What routes refer to, by what they call it.
struct Referred<'a> {
    integrations: HashMap<String, &'a Integration>,
    authorizers: HashMap<&'a str, &'a Authorizer>,
}

impl Export<'_> {
    pub(super) fn paths(&self) -> Object {
        let referred = Referred {
            integrations: self
                .exported
                .integrations
                .iter()
                .map(|made| (format!("integrations/{}", made.integration_id), made))
                .collect(),
            authorizers: self
                .exported
                .authorizers
                .iter()
                .map(|made| (made.authorizer_id.as_str(), made))
                .collect(),
        };
        let mut paths = Object::default();
        for ((is_default, path), routes) in self.routes_by_path() {
            let any_only = routes.keys().all(|place| METHODS[*place] == "ANY");
            if is_default && any_only && !self.extensions {
                // Nothing is left of it.
                continue;
            }
            paths.set(path, self.path_item(&routes, &referred));
        }
        paths
    }

    /// `/$default` stands last. Of two routes with the same operation, `$default` itself wins.
    fn routes_by_path(&self) -> BTreeMap<(bool, &str), BTreeMap<usize, &Route>> {
        let mut paths = BTreeMap::<_, BTreeMap<usize, &Route>>::new();
        for route in self.exported.routes {
            let is_default = route.route_key == StageName::DEFAULT;
            let (method, path) = match route.route_key.split_once(' ') {
                _ if is_default => ("ANY", DEFAULT_PATH),
                Some(key) => key,
                None => continue,
            };
            let Some(place) = METHODS.iter().position(|known| *known == method) else { continue };
            let operations = paths.entry((path == DEFAULT_PATH, path)).or_default();
            if is_default || !operations.contains_key(&place) {
                operations.insert(place, route);
            }
        }
        paths
    }

    fn path_item(&self, routes: &BTreeMap<usize, &Route>, referred: &Referred<'_>) -> Object {
        let mut item = Object::default();
        for (place, route) in routes {
            match METHODS[*place] {
                "ANY" => self.extension(&mut item, "x-amazon-apigateway-any-method", || {
                    self.operation(route, referred).into()
                }),
                method => item.set(method.to_ascii_lowercase(), self.operation(route, referred)),
            }
        }
        let parameters = routes.values().next().map(|route| path_parameters(&route.route_key));
        item.set_some("parameters", parameters.filter(|parameters| !parameters.is_empty()));
        item
    }

    fn operation(&self, route: &Route, referred: &Referred<'_>) -> Object {
        let mut operation = Object::default();
        if route.route_key == StageName::DEFAULT {
            operation.set("isDefaultRoute", true);
        }
        operation.set_some("operationId", route.operation_name.as_deref());
        operation.set("responses", responses(&route.route_key));
        match route.authorization_type {
            AuthorizationType::None => {}
            AuthorizationType::AwsIam => {
                self.extension(&mut operation, "x-amazon-apigateway-auth", || {
                    let mut auth = Object::default();
                    auth.set("type", "AWS_IAM");
                    auth.into()
                });
            }
            AuthorizationType::Custom | AuthorizationType::Jwt => {
                operation.set("security", vec![requirement(route, referred).into()]);
            }
        }
        let target = route.target.as_deref().and_then(|target| referred.integrations.get(target));
        if let Some(made) = target {
            self.extension(&mut operation, "x-amazon-apigateway-integration", || {
                integration::object(made).into()
            });
        }
        operation
    }
}

fn responses(route_key: &str) -> Object {
    let mut response = Object::default();
    response.set("description", format!("Default response for {route_key}"));
    let mut responses = Object::default();
    responses.set("default", response);
    responses
}

/// An authorizer that is not there leaves its id, which no import takes for an open route.
fn requirement(route: &Route, referred: &Referred<'_>) -> Object {
    let id = route.authorizer_id.as_ref().map_or("", |id| id.as_str());
    let name = referred.authorizers.get(id).map_or(id, |authorizer| &authorizer.name);
    let mut requirement = Object::default();
    requirement.set(name, route.authorization_scopes.as_deref().unwrap_or_default());
    requirement
}

/// A greedy variable keeps its `+`, as on AWS.
fn path_parameters(route_key: &str) -> Vec<Value> {
    let Ok(HttpRouteKey::Path { segments, .. }) = HttpRouteKey::parse(route_key) else {
        return Vec::new();
    };
    let mut told = BTreeSet::new();
    let mut parameters = Vec::new();
    for segment in segments {
        let name = match segment {
            PathSegment::Literal(_) => continue,
            PathSegment::Variable(name) => name,
            PathSegment::Greedy(name) => format!("{name}+"),
        };
        if !told.insert(name.clone()) {
            continue;
        }
        let mut schema = Object::default();
        schema.set("type", "string");
        let mut parameter = Object::default();
        parameter.set("name", name.as_str());
        parameter.set("in", "path");
        parameter.set("description", format!("Generated path parameter for {name}"));
        parameter.set("required", true);
        parameter.set("schema", schema);
        parameters.push(parameter.into());
    }
    parameters
}
