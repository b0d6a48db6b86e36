//! `components.securitySchemes`: authorizers, IAM, and what is documentation only
//! (`api-gateway-swagger-extensions-authorizer`, `-authtype`).

use std::collections::BTreeMap;

use gatewright_types::{AuthorizerType, CreateAuthorizer, JwtConfiguration, limits};

use super::error::Problem;
use super::findings::Findings;
use super::object::{Object, texts};
use super::references::References;
use crate::document::Node;

#[derive(Default)]
pub(super) struct SecuritySchemes {
    pub(super) authorizers: Vec<CreateAuthorizer>,
    by_name: BTreeMap<String, SecurityScheme>,
}

/// What a scheme means for a route that requires it.
#[derive(Clone, Copy)]
pub(super) enum SecurityScheme {
    /// The authorizer at this place in the list.
    Authorizer(usize, AuthorizerType),
    /// Signed requests.
    Iam,
    /// Nothing: the upstream may look after it.
    Documentation,
}

const EXTENSION: &str = "x-amazon-apigateway-authorizer";
const AUTHTYPE: &str = "x-amazon-apigateway-authtype";

impl SecuritySchemes {
    pub(super) fn read(
        document: &Object<'_>,
        references: &References<'_>,
        findings: &mut Findings,
    ) -> Result<Self, Problem> {
        let mut schemes = Self::default();
        let Some(components) = document.object("components")? else { return Ok(schemes) };
        let Some(named) = components.object("securitySchemes")? else { return Ok(schemes) };
        for (name, node) in named.members() {
            if schemes.by_name.len() == limits::IMPORT_SECURITY_SCHEMES_MAX {
                let problem = format!("has more than {} schemes", schemes.by_name.len());
                return Err(Problem::new(named.place(), problem));
            }
            let place = named.place().member(name);
            match references.follow(node, &place) {
                Ok(followed) => {
                    schemes.add(name, &Object::new(followed.node, place)?, references, findings)?;
                }
                // Whoever requires the scheme is refused.
                Err(missing) => findings.warn(missing.to_string()),
            }
        }
        Ok(schemes)
    }

    /// The scheme of a name; absent also if it was skipped.
    pub(super) fn get(&self, name: &str) -> Option<SecurityScheme> {
        self.by_name.get(name).copied()
    }

    fn add(
        &mut self,
        name: &str,
        scheme: &Object<'_>,
        references: &References<'_>,
        findings: &mut Findings,
    ) -> Result<(), Problem> {
        let kind_of_scheme = scheme.text("type")?;
        let authtype = scheme.text(AUTHTYPE)?;
        let meaning = if let Some(node) = scheme.get(EXTENSION) {
            let place = scheme.place().member(EXTENSION);
            let followed = references.follow(node, &place)?;
            let extension = Object::new(followed.node, place)?;
            let Some(kind) = authorizer_type(&extension, findings)? else { return Ok(()) };
            let mut authorizer = authorizer(name, kind, &extension)?;
            if kind_of_scheme.as_deref() == Some("openIdConnect") {
                discover(&mut authorizer, scheme)?;
            }
            self.authorizers.push(authorizer);
            SecurityScheme::Authorizer(self.authorizers.len() - 1, kind)
        } else if authtype.is_some_and(|authtype| authtype.eq_ignore_ascii_case("awsSigv4")) {
            SecurityScheme::Iam
        } else {
            SecurityScheme::Documentation
        };
        self.by_name.insert(name.to_owned(), meaning);
        Ok(())
    }
}

/// REST APIs' kinds are skipped, and an operation that requires one is refused.
fn authorizer_type(
    extension: &Object<'_>,
    findings: &mut Findings,
) -> Result<Option<AuthorizerType>, Problem> {
    let text = extension.required_text("type")?;
    match text.to_ascii_lowercase().as_str() {
        "jwt" => Ok(Some(AuthorizerType::Jwt)),
        "request" => Ok(Some(AuthorizerType::Request)),
        "token" | "cognito_user_pools" => {
            findings.skipped(
                &extension.place().member("type"),
                format!("is {text}, and the authorizer is skipped: HTTP APIs have jwt and request"),
            );
            Ok(None)
        }
        _ => Err(extension.unknown("type", &text, "jwt or request")),
    }
}

fn authorizer(
    name: &str,
    kind: AuthorizerType,
    extension: &Object<'_>,
) -> Result<CreateAuthorizer, Problem> {
    let mut authorizer = CreateAuthorizer {
        authorizer_type: Some(kind),
        identity_source: identity_source(extension)?,
        identity_validation_expression: extension.text("identityValidationExpression")?,
        name: Some(name.to_owned()),
        ..CreateAuthorizer::default()
    };
    match kind {
        AuthorizerType::Jwt => {
            authorizer.jwt_configuration = Some(jwt_configuration(extension)?);
        }
        AuthorizerType::Request => {
            authorizer.authorizer_credentials_arn = extension.text("authorizerCredentials")?;
            authorizer.authorizer_payload_format_version =
                extension.text("authorizerPayloadFormatVersion")?;
            authorizer.authorizer_result_ttl_in_seconds =
                extension.integer("authorizerResultTtlInSeconds")?;
            authorizer.authorizer_uri = extension.text("authorizerUri")?;
            authorizer.enable_simple_responses = extension.boolean("enableSimpleResponses")?;
        }
    }
    Ok(authorizer)
}

/// A text with commas on AWS; a list says the same.
fn identity_source(extension: &Object<'_>) -> Result<Option<Vec<String>>, Problem> {
    if let Some(Node::List(items)) = extension.get("identitySource") {
        return texts(items, &extension.place().member("identitySource")).map(Some);
    }
    let text = extension.text("identitySource")?;
    Ok(text.map(|text| {
        let sources = text.split(',').map(str::trim).filter(|source| !source.is_empty());
        sources.map(str::to_owned).collect()
    }))
}

fn jwt_configuration(extension: &Object<'_>) -> Result<JwtConfiguration, Problem> {
    let Some(configuration) = extension.object("jwtConfiguration")? else {
        return Ok(JwtConfiguration::default());
    };
    Ok(JwtConfiguration {
        audience: configuration.texts("audience")?,
        issuer: configuration.text("issuer")?,
    })
}

/// The issuer may also come from OpenID Connect's discovery URL.
fn discover(authorizer: &mut CreateAuthorizer, scheme: &Object<'_>) -> Result<(), Problem> {
    let url = scheme.text("openIdConnectUrl")?;
    let issuer = url.as_deref().and_then(|url| url.strip_suffix(DISCOVERY_PATH));
    if let Some(jwt) = &mut authorizer.jwt_configuration
        && jwt.issuer.is_none()
    {
        jwt.issuer = issuer.map(str::to_owned);
    }
    Ok(())
}

const DISCOVERY_PATH: &str = "/.well-known/openid-configuration";

/// Where a scheme stands, for a message about its users.
pub(super) fn place_of(name: &str) -> String {
    format!("components.securitySchemes.{}", super::place::shown(name))
}
