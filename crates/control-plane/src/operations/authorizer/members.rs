//! From the members of a call to an authorizer, and the rules between them.

use gatewright_expressions::IdentitySource;
use gatewright_types::{
    Authorizer, AuthorizerId, AuthorizerType, CreateAuthorizer, JwtConfiguration, ProtocolType,
    UpdateAuthorizer, limits,
};

use crate::call::Call;
use crate::error::OperationError;
use crate::validation::{
    created_text, entries_at_most, invalid, missing_member, required_name, text_at_most,
    updated_text,
};

/// An authorizer out of the members of a create call.
pub(crate) fn checked_new(
    call: &Call<'_>,
    protocol: ProtocolType,
    request: CreateAuthorizer,
) -> Result<Authorizer, OperationError> {
    let authorizer_type =
        request.authorizer_type.ok_or_else(|| missing_member("authorizerType"))?;
    let authorizer = Authorizer {
        authorizer_credentials_arn: created_text(request.authorizer_credentials_arn),
        authorizer_id: AuthorizerId::generate(&*call.plane.ids),
        authorizer_payload_format_version: created_text(request.authorizer_payload_format_version),
        authorizer_result_ttl_in_seconds: ttl(request.authorizer_result_ttl_in_seconds)?,
        authorizer_type,
        authorizer_uri: created_text(request.authorizer_uri),
        enable_simple_responses: request.enable_simple_responses,
        identity_source: request.identity_source.ok_or_else(|| missing_member("identitySource"))?,
        identity_validation_expression: created_text(request.identity_validation_expression),
        jwt_configuration: request.jwt_configuration,
        name: required_name("name", request.name)?,
    };
    if authorizer_type == AuthorizerType::Request
        && protocol == ProtocolType::Http
        && authorizer.authorizer_payload_format_version.is_none()
    {
        return Err(OperationError::bad_request(
            "AuthorizerPayloadFormatVersion is a required parameter for REQUEST authorizer",
        ));
    }
    check(call, protocol, &authorizer)?;
    Ok(authorizer)
}

/// An authorizer with the members of an update call laid over it.
pub(super) fn updated(
    call: &Call<'_>,
    protocol: ProtocolType,
    mut authorizer: Authorizer,
    request: UpdateAuthorizer,
) -> Result<Authorizer, OperationError> {
    let texts = [
        (&mut authorizer.authorizer_credentials_arn, request.authorizer_credentials_arn),
        (
            &mut authorizer.authorizer_payload_format_version,
            request.authorizer_payload_format_version,
        ),
        (&mut authorizer.authorizer_uri, request.authorizer_uri),
        (&mut authorizer.identity_validation_expression, request.identity_validation_expression),
    ];
    for (current, new) in texts {
        *current = updated_text(current.take(), new);
    }
    if let Some(seconds) = ttl(request.authorizer_result_ttl_in_seconds)? {
        authorizer.authorizer_result_ttl_in_seconds = Some(seconds);
    }
    if let Some(authorizer_type) = request.authorizer_type {
        authorizer.authorizer_type = authorizer_type;
    }
    if let Some(simple) = request.enable_simple_responses {
        authorizer.enable_simple_responses = Some(simple);
    }
    if let Some(sources) = request.identity_source {
        authorizer.identity_source = sources;
    }
    if let Some(jwt_configuration) = request.jwt_configuration {
        authorizer.jwt_configuration = Some(jwt_configuration);
    }
    if request.name.is_some() {
        authorizer.name = required_name("name", request.name)?;
    }
    check(call, protocol, &authorizer)?;
    Ok(authorizer)
}

fn check(
    call: &Call<'_>,
    protocol: ProtocolType,
    authorizer: &Authorizer,
) -> Result<(), OperationError> {
    entries_at_most("identitySource", authorizer.identity_source.len())?;
    text_at_most(
        "identityValidationExpression",
        authorizer.identity_validation_expression.as_deref(),
        limits::DESCRIPTION_CHARS_MAX,
    )?;
    for source in &authorizer.identity_source {
        text_at_most("identitySource", Some(source), limits::PARAMETER_CHARS_MAX)?;
        check_source(protocol, source)?;
    }
    match (authorizer.authorizer_type, protocol) {
        (AuthorizerType::Request, _) => check_request(protocol, authorizer),
        (AuthorizerType::Jwt, ProtocolType::Http) => {
            check_jwt(&call.plane.settings.insecure_issuers, authorizer)
        }
        (AuthorizerType::Jwt, ProtocolType::Websocket) => Err(OperationError::bad_request(
            "Invalid authorizer type. Only REQUEST authorizer type is supported on WEBSOCKET protocol Apis.",
        )),
    }
}

fn check_source(protocol: ProtocolType, source: &str) -> Result<(), OperationError> {
    let starts: &[&str] = match protocol {
        ProtocolType::Http => {
            &["$request.header.", "$request.querystring.", "$context.", "$stageVariables."]
        }
        ProtocolType::Websocket => {
            &["route.request.header.", "route.request.querystring.", "context.", "stageVariables."]
        }
    };
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let name = starts.iter().find_map(|start| source.strip_prefix(start));
    if name.is_some_and(|name| !name.is_empty() && name.bytes().all(legal)) {
        return Ok(());
    }
    Err(OperationError::bad_request(match protocol {
        ProtocolType::Http => format!(
            "Invalid identity source expression: {source}. The source must be a request header, request querystring, stage variable or context parameter"
        ),
        ProtocolType::Websocket => format!(
            "Invalid request identity source expression: {source}. The sources must be separated by comma, and each source must be either a request parameter, matching 'route.request.querystring|header.[a-zA-Z0-9._-]+', or a stage variable, matching 'stageVariables.[a-zA-Z0-9._-]+', or a context variable, matching 'context.[a-zA-Z0-9._-]+'"
        ),
    }))
}

fn check_request(protocol: ProtocolType, authorizer: &Authorizer) -> Result<(), OperationError> {
    let bad = |text: &str| Err(OperationError::bad_request(text));
    let Some(uri) = authorizer.authorizer_uri.as_deref() else {
        return bad("AuthorizerUri is a required field in an Authorizer");
    };
    text_at_most("authorizerUri", Some(uri), limits::URI_CHARS_MAX)?;
    if !uri.starts_with("arn:") || !uri.contains(":lambda:") {
        return Err(invalid("authorizerUri", "must name a Lambda function by its invocation ARN"));
    }
    if authorizer.jwt_configuration.is_some() {
        return Err(invalid("jwtConfiguration", "needs authorizerType JWT"));
    }
    let credentials = authorizer.authorizer_credentials_arn.as_deref();
    text_at_most("authorizerCredentialsArn", credentials, limits::ARN_CHARS_MAX)?;
    if let Some(arn) = credentials.filter(|arn| !arn.starts_with("arn:") || !arn.contains(":iam::"))
    {
        return Err(invalid(
            "authorizerCredentialsArn",
            format!("'{arn}' is not the ARN of a role"),
        ));
    }
    let cached = authorizer.authorizer_result_ttl_in_seconds.unwrap_or(0) > 0;
    if cached && authorizer.identity_source.is_empty() {
        return bad(
            "Identity source must be set if authorizer caching is enabled (TTL is greater than 0)",
        );
    }
    let version = authorizer.authorizer_payload_format_version.as_deref();
    if protocol == ProtocolType::Websocket {
        return match version {
            None if authorizer.enable_simple_responses != Some(true) => Ok(()),
            None => Err(invalid("enableSimpleResponses", "is only supported for HTTP APIs")),
            Some(_) => {
                Err(invalid("authorizerPayloadFormatVersion", "is only supported for HTTP APIs"))
            }
        };
    }
    match version {
        // An update may empty it; such an authorizer is one of version 1.0.
        None | Some("1.0") if authorizer.enable_simple_responses == Some(true) => {
            bad("EnableSimpleResponses can only be set for AuthorizerPayloadFormatVersion \"2.0\".")
        }
        None | Some("1.0" | "2.0") => Ok(()),
        Some(other) => Err(invalid(
            "authorizerPayloadFormatVersion",
            format!("'{other}' is neither 1.0 nor 2.0"),
        )),
    }
}

fn check_jwt(insecure_issuers: &[String], authorizer: &Authorizer) -> Result<(), OperationError> {
    let bad = |text: &str| Err(OperationError::bad_request(text));
    let Some(JwtConfiguration { audience, issuer }) = &authorizer.jwt_configuration else {
        return bad("JwtConfiguration must not be null for JWT Authorizer");
    };
    let audience = audience.as_deref().unwrap_or_default();
    if audience.is_empty() {
        return bad("Audience list must have at least 1 item for JWT Authorizer");
    }
    if audience.len() > limits::AUDIENCES_MAX {
        let why = format!("at most {} audiences", limits::AUDIENCES_MAX);
        return Err(invalid("jwtConfiguration.audience", why));
    }
    for entry in audience {
        text_at_most("jwtConfiguration.audience", Some(entry), limits::PARAMETER_CHARS_MAX)?;
    }
    let issuer = issuer.as_deref().unwrap_or_default();
    text_at_most("jwtConfiguration.issuer", Some(issuer), limits::URI_CHARS_MAX)?;
    if !is_issuer(issuer) && !insecure_issuers.iter().any(|allowed| allowed == issuer) {
        return bad("Invalid issuer: Issuer is not a valid URL for JWT Authorizer");
    }
    match &*authorizer.identity_source {
        [source] if IdentitySource::parse(source).is_some() => {}
        [_] => return Err(invalid("identitySource", "a token is a header or a query parameter")),
        _ => return Err(invalid("identitySource", "a JWT authorizer has exactly one")),
    }
    let request_only = [
        ("authorizerUri", authorizer.authorizer_uri.is_some()),
        ("authorizerCredentialsArn", authorizer.authorizer_credentials_arn.is_some()),
        ("authorizerPayloadFormatVersion", authorizer.authorizer_payload_format_version.is_some()),
        ("enableSimpleResponses", authorizer.enable_simple_responses.is_some()),
        (
            "authorizerResultTtlInSeconds",
            authorizer.authorizer_result_ttl_in_seconds.unwrap_or(0) > 0,
        ),
    ];
    match request_only.iter().find(|(_, given)| *given) {
        Some((member, _)) => Err(invalid(member, "needs authorizerType REQUEST")),
        None => Ok(()),
    }
}

/// An `https` URL with a host. `http` ones are for configuration to allow (`jwt.insecure_issuers`).
fn is_issuer(issuer: &str) -> bool {
    issuer.parse::<http::Uri>().is_ok_and(|uri| {
        uri.scheme_str() == Some("https") && uri.host().is_some_and(|host| !host.is_empty())
    })
}

fn ttl(seconds: Option<i64>) -> Result<Option<u32>, OperationError> {
    let Some(seconds) = seconds else {
        return Ok(None);
    };
    if !(0..=limits::AUTHORIZER_RESULT_TTL_SECONDS_MAX).contains(&seconds) {
        return Err(OperationError::bad_request(
            "Authorizer result TTL outside allowable range. TTL must be between 0 and 3600 seconds.",
        ));
    }
    Ok(u32::try_from(seconds).ok())
}
