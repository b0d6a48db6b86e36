//! `security` and `x-amazon-apigateway-auth`: who may call a route.
//!
//! Nothing here is skipped in silence, since a requirement that is lost leaves a route open.

use gatewright_types::{AuthorizationType, AuthorizerType};

use super::error::Problem;
use super::findings::Findings;
use super::object::{Object, not_of_type, texts};
use super::place::{Place, shown};
use super::security_schemes::{SecurityScheme, SecuritySchemes, place_of};
use crate::document::Node;

/// The operation's member for authorization without a scheme
/// (`api-gateway-swagger-extensions-auth`).
pub(super) const EXTENSION: &str = "x-amazon-apigateway-auth";

/// A route's authorization; by default everybody may call.
#[derive(Clone, Default)]
pub(super) struct Protection {
    pub(super) authorization_type: AuthorizationType,
    pub(super) authorizer: Option<usize>,
    pub(super) scopes: Vec<String>,
}

/// An operation's: its own, else the document's.
pub(super) fn of_operation(
    operation: &Object<'_>,
    schemes: &SecuritySchemes,
    default: &Protection,
    findings: &mut Findings,
) -> Result<Protection, Problem> {
    let required = read(operation, schemes, findings)?;
    let Some(extension) = operation.object(EXTENSION)? else {
        return Ok(required.unwrap_or_else(|| default.clone()));
    };
    let text = extension.required_text("type")?;
    let authorization_type = match text.to_ascii_uppercase().as_str() {
        "NONE" => AuthorizationType::None,
        "AWS_IAM" => AuthorizationType::AwsIam,
        _ => return Err(extension.unknown("type", &text, "NONE or AWS_IAM")),
    };
    let both = required.is_some_and(|required| {
        required.authorization_type != AuthorizationType::None
            && required.authorization_type != authorization_type
    });
    if both {
        return Err(Problem::new(extension.place(), "stands beside another security requirement"));
    }
    Ok(Protection { authorization_type, ..Protection::default() })
}

/// The `security` of an operation or the document; `None` if there is none, which is not `[]`.
pub(super) fn read(
    object: &Object<'_>,
    schemes: &SecuritySchemes,
    findings: &mut Findings,
) -> Result<Option<Protection>, Problem> {
    let Some(requirements) = object.list("security")? else { return Ok(None) };
    let place = object.place().member("security");
    let several =
        || Problem::new(&place, "has several security requirements, of which a route can have one");
    let requirement = match requirements {
        [] => return Ok(Some(Protection::default())),
        [requirement] => Object::new(requirement, place.index(0))?,
        _ => return Err(several()),
    };
    let mut named = requirement.members();
    let protection = match (named.next(), named.next()) {
        (None, _) => Protection::default(),
        (Some((name, scopes)), None) => {
            protection(name, scopes, &requirement.place().member(name), schemes, findings)?
        }
        (Some(_), Some(_)) => return Err(several()),
    };
    Ok(Some(protection))
}

fn protection(
    name: &str,
    scopes: &Node,
    place: &Place<'_>,
    schemes: &SecuritySchemes,
    findings: &mut Findings,
) -> Result<Protection, Problem> {
    let Node::List(scopes) = scopes else { return Err(not_of_type(place, "array")) };
    let scopes = texts(scopes, place)?;
    let scheme = schemes.get(name).ok_or_else(|| {
        let name = shown(name);
        Problem::new(place, format!("requires `{name}`, which components.securitySchemes lacks"))
    })?;
    let (authorization_type, authorizer) = match scheme {
        SecurityScheme::Authorizer(index, AuthorizerType::Jwt) => {
            (AuthorizationType::Jwt, Some(index))
        }
        SecurityScheme::Authorizer(index, AuthorizerType::Request) => {
            (AuthorizationType::Custom, Some(index))
        }
        SecurityScheme::Iam => (AuthorizationType::AwsIam, None),
        SecurityScheme::Documentation => {
            findings.warn(format!(
                "Parse issue: attribute {} has no x-amazon-apigateway-authorizer: routes that require it are open",
                place_of(name)
            ));
            return Ok(Protection::default());
        }
    };
    if !scopes.is_empty() && authorization_type != AuthorizationType::Jwt {
        return Err(Problem::new(
            place,
            "has scopes: Authorization Scopes are only valid for COGNITO_USER_POOLS and JWT authorization types",
        ));
    }
    Ok(Protection { authorization_type, authorizer, scopes })
}
