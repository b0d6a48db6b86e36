//! `components.securitySchemes`: one of each authorizer, by name
//! (`api-gateway-swagger-extensions-authorizer`).

use gatewright_types::{Authorizer, AuthorizerType, JwtConfiguration};

use super::Export;
use super::output::Object;

impl Export<'_> {
    pub(super) fn security_schemes(&self) -> Object {
        let mut authorizers = self.exported.authorizers.iter().collect::<Vec<_>>();
        authorizers.sort_by(|one, other| one.name.cmp(&other.name));
        let mut schemes = Object::default();
        for authorizer in authorizers {
            schemes.set(authorizer.name.as_str(), self.security_scheme(authorizer));
        }
        schemes
    }

    fn security_scheme(&self, authorizer: &Authorizer) -> Object {
        let mut scheme = match authorizer.authorizer_type {
            AuthorizerType::Jwt => {
                let mut scheme = Object::default();
                scheme.set("type", "oauth2");
                scheme
            }
            AuthorizerType::Request => api_key(&authorizer.identity_source),
        };
        self.extension(&mut scheme, "x-amazon-apigateway-authorizer", || {
            extension(authorizer).into()
        });
        scheme
    }
}

/// What a Lambda authorizer is in OpenAPI's words: a key that stands where the first identity
/// source says.
fn api_key(identity_source: &[String]) -> Object {
    let first = identity_source.first().map_or("", String::as_str);
    let (place, name) = if let Some(name) = first.strip_prefix("$request.header.") {
        ("header", name)
    } else if let Some(name) = first.strip_prefix("$request.querystring.") {
        ("query", name)
    } else {
        ("header", "Authorization")
    };
    let mut scheme = Object::default();
    scheme.set("type", "apiKey");
    scheme.set("name", name);
    scheme.set("in", place);
    scheme
}

fn extension(authorizer: &Authorizer) -> Object {
    let mut extension = Object::default();
    let kind = match authorizer.authorizer_type {
        AuthorizerType::Jwt => "jwt",
        AuthorizerType::Request => "request",
    };
    extension.set("type", kind);
    if !authorizer.identity_source.is_empty() {
        extension.set("identitySource", authorizer.identity_source.join(", "));
    }
    let validation = authorizer.identity_validation_expression.as_deref();
    extension.set_some("identityValidationExpression", validation);
    extension.set_some("jwtConfiguration", authorizer.jwt_configuration.as_ref().map(jwt));
    extension.set_some("authorizerUri", authorizer.authorizer_uri.as_deref());
    let credentials = authorizer.authorizer_credentials_arn.as_deref();
    extension.set_some("authorizerCredentials", credentials);
    let version = authorizer.authorizer_payload_format_version.as_deref();
    extension.set_some("authorizerPayloadFormatVersion", version);
    let seconds = authorizer.authorizer_result_ttl_in_seconds.map(i64::from);
    extension.set_some("authorizerResultTtlInSeconds", seconds);
    extension.set_some("enableSimpleResponses", authorizer.enable_simple_responses);
    extension
}

fn jwt(configuration: &JwtConfiguration) -> Object {
    let mut jwt = Object::default();
    jwt.set_some("audience", configuration.audience.as_deref());
    jwt.set_some("issuer", configuration.issuer.as_deref());
    jwt
}
