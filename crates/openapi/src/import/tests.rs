//! The rows of spec/management-api.md sections 4.2 and 4.3.

mod api;
mod integrations;
mod paths;
mod security;

use gatewright_types::Account;

use super::{BasePath, ImportError, ImportOptions, Imported, import};

fn try_import(text: &str, base_path: BasePath) -> Result<Imported, ImportError> {
    let account = Account { id: "123456789012".to_owned(), region: "eu-west-1".to_owned() };
    import(text, &ImportOptions { base_path, account: &account })
}

/// Imports `info` and what else is given.
fn imported(rest: &str) -> Imported {
    let text = format!("openapi: 3.0.1\ninfo: {{title: t, version: v}}\n{rest}");
    try_import(&text, BasePath::Ignore).expect(rest)
}

/// What is set of a value, line by line.
fn shown(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:#?}\n");
    let set = text.lines().filter(|line| !line.ends_with(": None,"));
    set.map(|line| format!("{line}\n")).collect()
}

fn routes(imported: &Imported) -> Vec<String> {
    let shown = imported.routes.iter().map(|made| {
        let route = &made.route;
        let key = route.route_key.as_deref().unwrap();
        let mut text = format!("{key}: {:?}", route.authorization_type.unwrap());
        for (name, value) in [("integration", made.integration), ("authorizer", made.authorizer)] {
            if let Some(value) = value {
                text.push_str(&format!(", {name} {value}"));
            }
        }
        if let Some(scopes) = &route.authorization_scopes {
            text.push_str(&format!(", scopes {}", scopes.join(" ")));
        }
        if let Some(name) = &route.operation_name {
            text.push_str(&format!(", called {name}"));
        }
        text
    });
    shown.collect()
}

fn route_keys(imported: &Imported) -> Vec<&str> {
    imported.routes.iter().map(|made| made.route.route_key.as_deref().unwrap()).collect()
}

/// Asserts the refusal of `info` and what else is given.
#[track_caller]
fn refused(rest: &str, expected: &str) {
    let text = format!("openapi: 3.0.1\ninfo: {{title: t}}\n{rest}");
    let error = try_import(&text, BasePath::Ignore).expect_err(rest);
    let message = error.to_string();
    let place = message.strip_prefix("Errors found during import:\n\tParse issue: attribute ");
    assert_eq!(place, Some(expected), "{rest}");
}

#[track_caller]
fn warned(rest: &str, expected: &[&str]) {
    assert_eq!(imported(rest).warnings, expected, "{rest}");
}

const HTTP_PROXY: &str =
    "x-amazon-apigateway-integration: {type: http_proxy, httpMethod: GET, uri: 'http://u'}";
