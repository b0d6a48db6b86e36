//! APIs drawn from a seed: every member that HTTP APIs have, with texts that a careless writer of
//! JSON or YAML would spoil.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use gatewright_types::{
    Api, ApiId, AuthorizationType, Authorizer, AuthorizerId, AuthorizerType, ConnectionType, Cors,
    Integration, IntegrationId, IntegrationType, IpAddressType, JwtConfiguration, ProtocolType,
    Route, RouteId, StageName, Timestamp, TlsConfig,
};

/// An API with all that belongs to it.
#[derive(Clone, Debug)]
pub(super) struct Resources {
    pub(super) api: Api,
    pub(super) routes: Vec<Route>,
    pub(super) integrations: Vec<Integration>,
    pub(super) authorizers: Vec<Authorizer>,
    pub(super) stage_name: Option<StageName>,
}

const TEXTS: [&str; 32] = [
    "yes",
    "No",
    "on",
    "null",
    "~",
    "true",
    "1.0",
    "0x10",
    "1e5",
    "1_000",
    "2017-04-21T04:08:08Z",
    "{x}",
    "[y]",
    "$default",
    "a: b",
    "a #b",
    "#c",
    "- d",
    "? e",
    "&f *g !h",
    "'single'",
    "\"double\"",
    "back\\slash \\u0041",
    " space around ",
    "tab\tnew\nline\r\n",
    "%percent @at `tick`",
    "é ✓ 😀",
    "\u{1}\u{7f}\u{85}\u{2028}\u{feff}",
    "<<",
    "---",
    "${stageVariables.x}",
    "plain",
];

const LITERALS: [&str; 8] = ["pets", "$metadata", "@me", "a.b", "it's", "y", "200", "~"];

pub(super) fn resources(seed: u64) -> Resources {
    let mut rng = Rng::with_seed(seed);
    let rng = &mut rng;
    let authorizers = (0..rng.usize(0..4)).map(|index| authorizer(rng, index)).collect::<Vec<_>>();
    let mut integrations = Vec::new();
    let mut keys = (0..rng.usize(0..12)).map(|_| route_key(rng)).collect::<BTreeSet<_>>();
    if rng.bool() {
        keys.insert("$default".to_owned());
        keys.remove("ANY /$default");
    }
    let mut routes = Vec::new();
    for key in keys {
        let target = maybe(rng, |rng| {
            let made = integration(rng, integrations.len());
            let target = format!("integrations/{}", made.integration_id);
            integrations.push(made);
            target
        });
        routes.push(route(rng, key, target, &authorizers));
    }
    rng.shuffle(&mut routes);
    let stages = [None, Some("$default"), Some("prod"), Some("yes")];
    let stage_name = stages[rng.usize(0..4)].map(StageName::new);
    Resources { api: api(rng), routes, integrations, authorizers, stage_name }
}

fn api(rng: &mut Rng) -> Api {
    Api {
        api_endpoint: None,
        api_id: ApiId::new("api"),
        api_key_selection_expression: Api::API_KEY_SELECTION_EXPRESSION.to_owned(),
        cors_configuration: maybe(rng, |rng| Cors {
            allow_credentials: maybe(rng, Rng::bool),
            allow_headers: maybe(rng, texts),
            allow_methods: maybe(rng, texts),
            allow_origins: maybe(rng, texts),
            expose_headers: maybe(rng, texts),
            max_age: maybe(rng, |rng| rng.i32(-1..86_401)),
        }),
        created_date: Timestamp::from_unix_seconds(rng.i64(0..4_000_000_000)),
        description: maybe(rng, text),
        disable_execute_api_endpoint: rng.bool(),
        disable_schema_validation: None,
        import_info: None,
        ip_address_type: if rng.bool() { IpAddressType::Ipv4 } else { IpAddressType::Dualstack },
        name: text(rng),
        protocol_type: ProtocolType::Http,
        route_selection_expression: Api::HTTP_ROUTE_SELECTION_EXPRESSION.to_owned(),
        tags: text_map(rng),
        version: maybe(rng, text),
        warnings: None,
    }
}

fn route(
    rng: &mut Rng,
    route_key: String,
    target: Option<String>,
    authorizers: &[Authorizer],
) -> Route {
    let mut route = Route {
        api_gateway_managed: None,
        api_key_required: false,
        authorization_scopes: None,
        authorization_type: AuthorizationType::None,
        authorizer_id: None,
        model_selection_expression: None,
        operation_name: maybe(rng, text),
        request_models: None,
        request_parameters: None,
        route_id: RouteId::new(route_key.clone()),
        route_key,
        route_response_selection_expression: None,
        target,
    };
    if let Some(authorizer) = rng.choice(authorizers).filter(|_| rng.bool()) {
        route.authorizer_id = Some(authorizer.authorizer_id.clone());
        route.authorization_type = match authorizer.authorizer_type {
            AuthorizerType::Request => AuthorizationType::Custom,
            AuthorizerType::Jwt => {
                route.authorization_scopes = maybe(rng, texts).filter(|scopes| !scopes.is_empty());
                AuthorizationType::Jwt
            }
        };
    } else if rng.bool() {
        route.authorization_type = AuthorizationType::AwsIam;
    }
    route
}

fn route_key(rng: &mut Rng) -> String {
    let methods = ["ANY", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"];
    let mut key = format!("{} ", methods[rng.usize(0..8)]);
    let segments = rng.usize(0..4);
    if segments == 0 {
        key.push('/');
    }
    for index in 0..segments {
        match rng.usize(0..4) {
            0 => key.push_str(&format!("/{{v{index}}}")),
            1 if index + 1 == segments => key.push_str("/{proxy+}"),
            2 if segments == 1 => key.push_str("/$default"),
            _ => key.push_str(&format!("/{}", LITERALS[rng.usize(0..LITERALS.len())])),
        }
    }
    key
}

fn integration(rng: &mut Rng, index: usize) -> Integration {
    let private = rng.bool();
    Integration {
        api_gateway_managed: None,
        connection_id: private.then(|| text(rng)),
        connection_type: if private { ConnectionType::VpcLink } else { ConnectionType::Internet },
        content_handling_strategy: None,
        credentials_arn: maybe(rng, text),
        description: Some("AutoCreate from OpenAPI Import".to_owned()),
        integration_id: IntegrationId::new(format!("i{index}")),
        integration_method: maybe(rng, |rng| ["ANY", "POST"][rng.usize(0..2)].to_owned()),
        integration_response_selection_expression: None,
        integration_subtype: maybe(rng, text),
        integration_type: if rng.bool() {
            IntegrationType::AwsProxy
        } else {
            IntegrationType::HttpProxy
        },
        integration_uri: maybe(rng, text),
        passthrough_behavior: None,
        payload_format_version: Some(["1.0", "2.0"][rng.usize(0..2)].to_owned()),
        request_parameters: maybe(rng, text_map).filter(|map| !map.is_empty()),
        request_templates: None,
        response_parameters: maybe(rng, |rng| {
            ["200", "404"].map(|status| (status.to_owned(), text_map(rng))).into()
        }),
        template_selection_expression: None,
        timeout_in_millis: if rng.bool() { 30_000 } else { rng.u32(50..30_000) },
        tls_config: private.then(|| TlsConfig { server_name_to_verify: maybe(rng, text) }),
    }
}

fn authorizer(rng: &mut Rng, index: usize) -> Authorizer {
    let jwt = rng.bool();
    let sources = ["$request.header.Authorization", "$request.querystring.key", "$context.path"];
    Authorizer {
        authorizer_credentials_arn: maybe(rng, text).filter(|_| !jwt),
        authorizer_id: AuthorizerId::new(format!("a{index}")),
        authorizer_payload_format_version: (!jwt).then(|| "2.0".to_owned()),
        authorizer_result_ttl_in_seconds: maybe(rng, |rng| rng.u32(0..3601)).filter(|_| !jwt),
        authorizer_type: if jwt { AuthorizerType::Jwt } else { AuthorizerType::Request },
        authorizer_uri: (!jwt).then(|| text(rng)),
        enable_simple_responses: maybe(rng, Rng::bool).filter(|_| !jwt),
        identity_source: sources[..rng.usize(0..4)].iter().map(|&text| text.to_owned()).collect(),
        identity_validation_expression: maybe(rng, text),
        jwt_configuration: jwt
            .then(|| JwtConfiguration { audience: maybe(rng, texts), issuer: maybe(rng, text) }),
        name: format!("{}{index}", text(rng)),
    }
}

fn maybe<T>(rng: &mut Rng, make: impl FnOnce(&mut Rng) -> T) -> Option<T> {
    rng.bool().then(|| make(rng))
}

fn text(rng: &mut Rng) -> String {
    TEXTS[rng.usize(0..TEXTS.len())].to_owned()
}

fn texts(rng: &mut Rng) -> Vec<String> {
    (0..rng.usize(0..4)).map(|_| text(rng)).collect()
}

fn text_map(rng: &mut Rng) -> BTreeMap<String, String> {
    (0..rng.usize(0..4)).map(|_| (text(rng), text(rng))).collect()
}
