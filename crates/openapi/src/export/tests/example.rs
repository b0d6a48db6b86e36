//! An API with one of everything.

use gatewright_types::{
    Api, ApiId, AuthorizationType, Authorizer, AuthorizerId, AuthorizerType, ConnectionType, Cors,
    Integration, IntegrationId, IntegrationType, IpAddressType, JwtConfiguration, ProtocolType,
    Route, RouteId, StageName, Timestamp,
};

pub(super) struct Example {
    pub(super) api: Api,
    pub(super) routes: Vec<Route>,
    pub(super) integrations: Vec<Integration>,
    pub(super) authorizers: Vec<Authorizer>,
    pub(super) stage_name: Option<StageName>,
}

pub(super) const CREATED: Timestamp = Timestamp::from_unix_seconds(1_586_372_745);

/// The example of the specification, and an authorizer of each type.
pub(super) fn example() -> Example {
    let api = Api {
        api_endpoint: None,
        api_id: ApiId::new("a1b2c3d4"),
        api_key_selection_expression: Api::API_KEY_SELECTION_EXPRESSION.to_owned(),
        cors_configuration: Some(Cors {
            allow_methods: Some(vec!["GET".to_owned()]),
            allow_origins: Some(vec!["*".to_owned()]),
            ..Cors::default()
        }),
        created_date: CREATED,
        description: None,
        disable_execute_api_endpoint: false,
        disable_schema_validation: None,
        import_info: None,
        ip_address_type: IpAddressType::Ipv4,
        name: "my-api".to_owned(),
        protocol_type: ProtocolType::Http,
        route_selection_expression: Api::HTTP_ROUTE_SELECTION_EXPRESSION.to_owned(),
        tags: [("Owner".to_owned(), "team".to_owned())].into(),
        version: None,
        warnings: None,
    };
    let mut signed = route("PUT /pets/{id}", Some("i1"));
    signed.authorization_type = AuthorizationType::AwsIam;
    let mut scoped = route("DELETE /pets/{id}", Some("i2"));
    scoped.authorization_type = AuthorizationType::Jwt;
    scoped.authorizer_id = Some(AuthorizerId::new("a1"));
    scoped.authorization_scopes = Some(vec!["pets:write".to_owned()]);
    scoped.operation_name = Some("deletePet".to_owned());
    let mut asked = route("ANY /files/{proxy+}", None);
    asked.authorization_type = AuthorizationType::Custom;
    asked.authorizer_id = Some(AuthorizerId::new("a2"));
    Example {
        api,
        routes: vec![
            route("$default", Some("i1")),
            signed,
            route("GET /pets/{id}", Some("i1")),
            scoped,
            asked,
        ],
        integrations: vec![lambda(), upstream()],
        authorizers: vec![jwt(), request()],
        stage_name: Some(StageName::new("prod")),
    }
}

pub(super) fn route(key: &str, integration: Option<&str>) -> Route {
    Route {
        api_gateway_managed: None,
        api_key_required: false,
        authorization_scopes: None,
        authorization_type: AuthorizationType::None,
        authorizer_id: None,
        model_selection_expression: None,
        operation_name: None,
        request_models: None,
        request_parameters: None,
        route_id: RouteId::new(key),
        route_key: key.to_owned(),
        route_response_selection_expression: None,
        target: integration.map(|id| format!("integrations/{id}")),
    }
}

fn lambda() -> Integration {
    Integration {
        api_gateway_managed: None,
        connection_id: None,
        connection_type: ConnectionType::Internet,
        content_handling_strategy: None,
        credentials_arn: None,
        description: None,
        integration_id: IntegrationId::new("i1"),
        integration_method: Some("POST".to_owned()),
        integration_response_selection_expression: None,
        integration_subtype: None,
        integration_type: IntegrationType::AwsProxy,
        integration_uri: Some("arn:aws:apigateway:...".to_owned()),
        passthrough_behavior: None,
        payload_format_version: Some("2.0".to_owned()),
        request_parameters: None,
        request_templates: None,
        response_parameters: None,
        template_selection_expression: None,
        timeout_in_millis: 30_000,
        tls_config: None,
    }
}

fn upstream() -> Integration {
    let header = |name: &str| (format!("overwrite:header.{name}"), "v".to_owned());
    Integration {
        connection_id: Some("link".to_owned()),
        connection_type: ConnectionType::VpcLink,
        credentials_arn: Some("arn:role".to_owned()),
        integration_id: IntegrationId::new("i2"),
        integration_method: Some("ANY".to_owned()),
        integration_type: IntegrationType::HttpProxy,
        integration_uri: Some("arn:listener".to_owned()),
        payload_format_version: Some("1.0".to_owned()),
        request_parameters: Some([header("a")].into()),
        response_parameters: Some([("200".to_owned(), [header("b")].into())].into()),
        timeout_in_millis: 50,
        tls_config: Some(gatewright_types::TlsConfig {
            server_name_to_verify: Some("u.example.com".to_owned()),
        }),
        ..lambda()
    }
}

fn jwt() -> Authorizer {
    Authorizer {
        authorizer_credentials_arn: None,
        authorizer_id: AuthorizerId::new("a1"),
        authorizer_payload_format_version: None,
        authorizer_result_ttl_in_seconds: None,
        authorizer_type: AuthorizerType::Jwt,
        authorizer_uri: None,
        enable_simple_responses: None,
        identity_source: vec!["$request.header.Authorization".to_owned()],
        identity_validation_expression: None,
        jwt_configuration: Some(JwtConfiguration {
            audience: Some(vec!["pets".to_owned()]),
            issuer: Some("https://issuer.example.com".to_owned()),
        }),
        name: "my-jwt".to_owned(),
    }
}

fn request() -> Authorizer {
    Authorizer {
        authorizer_credentials_arn: Some("arn:role".to_owned()),
        authorizer_id: AuthorizerId::new("a2"),
        authorizer_payload_format_version: Some("2.0".to_owned()),
        authorizer_result_ttl_in_seconds: Some(300),
        authorizer_type: AuthorizerType::Request,
        authorizer_uri: Some("arn:function".to_owned()),
        enable_simple_responses: Some(true),
        identity_source: ["$request.querystring.key", "$request.header.b"]
            .map(str::to_owned)
            .into(),
        jwt_configuration: None,
        name: "my-lambda".to_owned(),
        ..jwt()
    }
}
