//! `corsConfiguration` (`http-api-cors`; spec/http-api-runtime.md section 9).

use gatewright_types::Cors;
use http::HeaderValue;

use super::CompileError;
use crate::{AllowedOrigins, CorsList, CorsPlan};

pub(super) fn compile(cors: &Cors) -> Result<CorsPlan, CompileError> {
    Ok(CorsPlan {
        allowed_origins: allowed_origins(cors.allow_origins.as_deref().unwrap_or_default()),
        allow_credentials: cors.allow_credentials == Some(true),
        allow_methods: list("allowMethods", cors.allow_methods.as_deref())?,
        allow_headers: list("allowHeaders", cors.allow_headers.as_deref())?,
        expose_headers: list("exposeHeaders", cors.expose_headers.as_deref())?,
        max_age: cors.max_age.map(HeaderValue::from),
    })
}

fn allowed_origins(origins: &[String]) -> AllowedOrigins {
    if origins.iter().any(|origin| origin == "*") {
        return AllowedOrigins::Any;
    }
    let (schemes, exact) =
        origins.iter().cloned().partition::<Vec<_>, _>(|origin| origin.ends_with("://*"));
    let starts = schemes.iter().map(|origin| origin.trim_end_matches('*').to_owned()).collect();
    AllowedOrigins::Listed { exact, starts }
}

fn list(
    member: &'static str,
    entries: Option<&[String]>,
) -> Result<Option<CorsList>, CompileError> {
    let Some(entries) = entries else {
        return Ok(None);
    };
    let value = HeaderValue::try_from(entries.join(","))
        .map_err(|_| CompileError::Cors { member: member.to_owned() })?;
    Ok(Some(CorsList { is_any: entries == ["*"], value }))
}
