//! What is exported comes back the same (`http-api-export`: "to create an identical API").

use gatewright_types::{
    Authorizer, AuthorizerId, CreateIntegration, Integration, IntegrationId, Route, RouteId,
};

use super::generator::{Resources, resources};
use super::imported;
use crate::{ExportOptions, ExportedApi, Imported, OutputType, export};

const SEEDS: std::ops::Range<u64> = 0..200;

#[test]
fn an_export_imports_as_the_same_api() {
    for (seed, resources, output_type) in corpus() {
        let text = exported(&resources, output_type);
        let imported = imported(&text).unwrap_or_else(|error| panic!("{seed}: {error}\n{text}"));
        assert_eq!(imported.warnings, [""; 0], "{seed}\n{text}");
        let again = created(imported, &resources);
        let (before, after) = (&resources.api, &again.api);
        assert_eq!(before.name, after.name, "{seed}\n{text}");
        assert_eq!(before.description, after.description, "{seed}\n{text}");
        assert_eq!(before.cors_configuration, after.cors_configuration, "{seed}\n{text}");
        assert_eq!(before.tags, after.tags, "{seed}\n{text}");
        assert_eq!(before.ip_address_type, after.ip_address_type, "{seed}\n{text}");
        assert_eq!(before.disable_execute_api_endpoint, after.disable_execute_api_endpoint);
        assert!(before.version.is_none() || before.version == after.version, "{seed}\n{text}");
        assert_eq!(authorizers(&resources), authorizers(&again), "{seed}\n{text}");
        assert_eq!(routes(&resources), routes(&again), "{seed}\n{text}");
    }
}

#[test]
fn a_second_export_is_the_first_byte_for_byte() {
    for (seed, resources, output_type) in corpus() {
        let first = exported(&resources, output_type);
        let imported = imported(&first).unwrap_or_else(|error| panic!("{seed}: {error}\n{first}"));
        let second = exported(&created(imported, &resources), output_type);
        assert_eq!(first, second, "{seed}");
    }
}

#[test]
fn json_and_yaml_say_the_same() {
    for seed in SEEDS {
        let resources = resources(seed);
        let [json, yaml] = [OutputType::Json, OutputType::Yaml]
            .map(|output_type| imported(&exported(&resources, output_type)).expect("imports"));
        assert_eq!(json, yaml, "{seed}");
    }
}

#[test]
fn without_extensions_a_document_imports_without_targets() {
    for seed in SEEDS {
        let mut resources = resources(seed);
        // A scheme without the extension is no authorizer, whose scopes mean nothing then.
        resources.api.tags.clear();
        let text = document(&resources, OutputType::Yaml, false);
        assert!(!text.contains("x-amazon-"), "{seed}\n{text}");
        let imported = imported(&text).unwrap_or_else(|error| panic!("{seed}: {error}\n{text}"));
        assert!(imported.integrations.is_empty() && imported.authorizers.is_empty());
        let keys = resources
            .routes
            .iter()
            .filter(|route| !route.route_key.starts_with("ANY ") && route.route_key != "$default");
        assert_eq!(imported.routes.len(), keys.count(), "{seed}\n{text}");
    }
}

fn corpus() -> impl Iterator<Item = (u64, Resources, OutputType)> {
    SEEDS.flat_map(|seed| {
        [OutputType::Json, OutputType::Yaml].map(|format| (seed, resources(seed), format))
    })
}

fn exported(resources: &Resources, output_type: OutputType) -> String {
    document(resources, output_type, true)
}

fn document(resources: &Resources, output_type: OutputType, include_extensions: bool) -> String {
    let exported = ExportedApi {
        api: &resources.api,
        routes: &resources.routes,
        integrations: &resources.integrations,
        authorizers: &resources.authorizers,
        stage_name: resources.stage_name.as_ref(),
        api_endpoint: "https://api.execute-api.us-east-1.amazonaws.com",
        created_date: resources.api.created_date,
    };
    export(&exported, &ExportOptions { output_type, include_extensions })
}

/// Makes resources as the control plane does.
fn created(imported: Imported, before: &Resources) -> Resources {
    let mut api = before.api.clone();
    api.name = imported.api.name;
    api.description = imported.api.description;
    api.version = imported.api.version;
    api.cors_configuration = imported.api.cors_configuration;
    api.tags = imported.api.tags;
    api.disable_execute_api_endpoint =
        imported.api.disable_execute_api_endpoint.unwrap_or_default();
    api.ip_address_type = imported.api.ip_address_type.unwrap_or_default();
    let authorizers = imported.authorizers.into_iter().enumerate();
    let integrations = imported.integrations.into_iter().enumerate();
    let routes = imported.routes.into_iter().map(|made| Route {
        api_gateway_managed: None,
        api_key_required: made.route.api_key_required.unwrap_or_default(),
        authorization_scopes: made.route.authorization_scopes,
        authorization_type: made.route.authorization_type.unwrap_or_default(),
        authorizer_id: made.authorizer.map(|index| AuthorizerId::new(format!("new-a{index}"))),
        model_selection_expression: made.route.model_selection_expression,
        operation_name: made.route.operation_name,
        request_models: made.route.request_models,
        request_parameters: made.route.request_parameters,
        route_id: RouteId::new("new"),
        route_key: made.route.route_key.expect("set"),
        route_response_selection_expression: made.route.route_response_selection_expression,
        target: made.integration.map(|index| format!("integrations/new-i{index}")),
    });
    Resources {
        api,
        routes: routes.collect(),
        integrations: integrations.map(|(index, made)| integration(index, made)).collect(),
        authorizers: authorizers
            .map(|(index, made)| Authorizer {
                authorizer_credentials_arn: made.authorizer_credentials_arn,
                authorizer_id: AuthorizerId::new(format!("new-a{index}")),
                authorizer_payload_format_version: made.authorizer_payload_format_version,
                authorizer_result_ttl_in_seconds: made
                    .authorizer_result_ttl_in_seconds
                    .map(|seconds| u32::try_from(seconds).expect("seconds")),
                authorizer_type: made.authorizer_type.expect("set"),
                authorizer_uri: made.authorizer_uri,
                enable_simple_responses: made.enable_simple_responses,
                identity_source: made.identity_source.unwrap_or_default(),
                identity_validation_expression: made.identity_validation_expression,
                jwt_configuration: made.jwt_configuration,
                name: made.name.expect("set"),
            })
            .collect(),
        stage_name: before.stage_name.clone(),
    }
}

fn integration(index: usize, made: CreateIntegration) -> Integration {
    Integration {
        api_gateway_managed: None,
        connection_id: made.connection_id,
        connection_type: made.connection_type.unwrap_or_default(),
        content_handling_strategy: made.content_handling_strategy,
        credentials_arn: made.credentials_arn,
        description: made.description,
        integration_id: IntegrationId::new(format!("new-i{index}")),
        integration_method: made.integration_method,
        integration_response_selection_expression: None,
        integration_subtype: made.integration_subtype,
        integration_type: made.integration_type.expect("set"),
        integration_uri: made.integration_uri,
        passthrough_behavior: made.passthrough_behavior,
        payload_format_version: made.payload_format_version,
        request_parameters: made.request_parameters,
        request_templates: made.request_templates,
        response_parameters: made.response_parameters,
        template_selection_expression: made.template_selection_expression,
        timeout_in_millis: made
            .timeout_in_millis
            .map_or(30_000, |timeout| u32::try_from(timeout).expect("milliseconds")),
        tls_config: made.tls_config,
    }
}

/// Authorizers in the order of their names, without ids.
fn authorizers(resources: &Resources) -> Vec<Authorizer> {
    let mut authorizers = resources.authorizers.clone();
    authorizers.sort_by(|one, other| one.name.cmp(&other.name));
    for authorizer in &mut authorizers {
        authorizer.authorizer_id = AuthorizerId::new("any");
    }
    authorizers
}

/// Routes in the order of their keys, with what they refer to in place of its id.
fn routes(resources: &Resources) -> Vec<(Route, Option<Integration>)> {
    let mut routes = resources.routes.clone();
    routes.sort_by(|one, other| one.route_key.cmp(&other.route_key));
    let complete = routes.into_iter().map(|mut route| {
        route.route_id = RouteId::new("any");
        if let Some(id) = &route.authorizer_id {
            let authorizer = resources.authorizers.iter().find(|made| made.authorizer_id == *id);
            route.authorizer_id = Some(AuthorizerId::new(&authorizer.expect("found").name));
        }
        let integration = route.target.take().map(|target| {
            let id = IntegrationId::new(target.strip_prefix("integrations/").expect("a target"));
            let found = resources.integrations.iter().find(|made| made.integration_id == id);
            let mut integration = found.expect("found").clone();
            integration.integration_id = IntegrationId::new("any");
            integration
        });
        (route, integration)
    });
    complete.collect()
}
