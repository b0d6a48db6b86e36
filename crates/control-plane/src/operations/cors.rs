//! `corsConfiguration` of an API (spec/management-api.md section 2.1).

use gatewright_types::{Cors, limits};

use crate::call::{Answer, Call};
use crate::error::OperationError;
use crate::publish::Change;
use crate::validation::{entries_at_most, invalid, text_at_most};

/// `DeleteCorsConfiguration`.
pub(crate) async fn delete_cors_configuration(call: &Call<'_>) -> Result<Answer, OperationError> {
    let mut change = Change::begin(call).await?;
    change.api.cors_configuration = None;
    change.write.api_update(&change.api).await?;
    change.publish(call).await?;
    Ok(None)
}

/// Checks a configuration and brings it into the form that is answered: header names in lower
/// case, empty lists gone.
pub(crate) fn checked(mut cors: Cors) -> Result<Cors, OperationError> {
    let lists = [
        ("allowHeaders", &mut cors.allow_headers, true),
        ("allowMethods", &mut cors.allow_methods, false),
        ("allowOrigins", &mut cors.allow_origins, false),
        ("exposeHeaders", &mut cors.expose_headers, true),
    ];
    for (member, list, lower_case) in lists {
        let Some(entries) = list else { continue };
        entries_at_most(&format!("corsConfiguration.{member}"), entries.len())?;
        for entry in &*entries {
            text_at_most(
                &format!("corsConfiguration.{member}"),
                Some(entry),
                limits::PARAMETER_CHARS_MAX,
            )?;
            // Each becomes part of a header's value.
            if entry.is_empty()
                || !entry.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',')
            {
                let why = format!("{entry:?} is not a header, method or origin");
                return Err(invalid(&format!("corsConfiguration.{member}"), why));
            }
        }
        if lower_case {
            entries.iter_mut().for_each(|entry| entry.make_ascii_lowercase());
        }
        if entries.is_empty() {
            *list = None;
        }
    }
    let origins = cors.allow_origins.as_deref().unwrap_or_default();
    for origin in origins {
        let lower = origin.to_ascii_lowercase();
        if origin != "*" && !lower.starts_with("http://") && !lower.starts_with("https://") {
            let why = format!("'{origin}' must be '*' or begin with http:// or https://");
            return Err(invalid("corsConfiguration.allowOrigins", why));
        }
    }
    if cors.allow_credentials == Some(true) && origins.iter().any(|origin| origin == "*") {
        return Err(OperationError::bad_request(
            "allow-credentials is not supported if 'allow-origin' is *",
        ));
    }
    if cors.max_age.is_some_and(|seconds| !(-1..=86_400).contains(&seconds)) {
        return Err(invalid("corsConfiguration.maxAge", "must be between -1 and 86400"));
    }
    Ok(cors)
}
