//! `x-amazon-apigateway-cors` (`api-gateway-swagger-extensions-cors-configuration`).

use gatewright_types::Cors;

use super::error::Problem;
use super::findings::Findings;
use super::object::Object;

pub(super) fn read(
    document: &Object<'_>,
    findings: &mut Findings,
) -> Result<Option<Cors>, Problem> {
    let Some(cors) = document.object("x-amazon-apigateway-cors")? else { return Ok(None) };
    for (name, _) in cors.members() {
        // AWS knows camel case only, and makes `{}` of an object in snake case.
        if !MEMBERS.contains(&name) {
            let place = cors.place().member(name);
            findings.ignored("cors", "is ignored: it is no member of a CORS configuration", &place);
        }
    }
    let max_age = cors
        .integer("maxAge")?
        .map(|seconds| {
            i32::try_from(seconds).map_err(|_| {
                cors.unknown("maxAge", &seconds.to_string(), "a number of seconds up to 86400")
            })
        })
        .transpose()?;
    Ok(Some(Cors {
        allow_credentials: cors.boolean("allowCredentials")?,
        allow_headers: cors.texts("allowHeaders")?,
        allow_methods: cors.texts("allowMethods")?,
        allow_origins: cors.texts("allowOrigins")?,
        expose_headers: cors.texts("exposeHeaders")?,
        max_age,
    }))
}

const MEMBERS: [&str; 6] =
    ["allowCredentials", "allowHeaders", "allowMethods", "allowOrigins", "exposeHeaders", "maxAge"];
