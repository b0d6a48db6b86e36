//! From text to pieces, once per stage.

use gatewright_types::{Origin, Scheme};

use super::target::{Piece, TargetTemplate};
use super::{IntegrationUri, IntegrationUriError};
use crate::encode::uri_literal;

/// Puts a stage's variables in for each `${stageVariables.name}` of a text.
///
/// # Errors
///
/// [`IntegrationUriError::MissingStageVariable`], or [`IntegrationUriError::NotHttp`] where the
/// brace is not closed.
pub fn substitute_stage_variables<'a>(
    text: &str,
    stage_variable: impl Fn(&str) -> Option<&'a str>,
) -> Result<String, IntegrationUriError> {
    const OPEN: &str = "${stageVariables.";
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(OPEN) {
        let (before, after) = (&rest[..start], &rest[start + OPEN.len()..]);
        let (name, after) = after.split_once('}').ok_or(IntegrationUriError::NotHttp)?;
        let value = stage_variable(name)
            .ok_or_else(|| IntegrationUriError::MissingStageVariable(name.to_owned()))?;
        result.push_str(before);
        result.push_str(value);
        rest = after;
    }
    result.push_str(rest);
    Ok(result)
}

pub(super) fn uri(
    text: &str,
    path_variables: &[&str],
) -> Result<IntegrationUri, IntegrationUriError> {
    let (scheme, rest) = scheme(text)?;
    let rest = rest.split_once('#').map_or(rest, |(before, _)| before);
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let origin = origin(scheme, authority)?;
    Ok(IntegrationUri {
        origin,
        authority: authority.to_ascii_lowercase(),
        target: TargetTemplate {
            path: pieces(path, path_variables)?,
            query: pieces(query, path_variables)?,
        },
    })
}

fn scheme(text: &str) -> Result<(Scheme, &str), IntegrationUriError> {
    let (scheme, rest) = text.split_once("://").ok_or(IntegrationUriError::NotHttp)?;
    if scheme.eq_ignore_ascii_case("http") {
        Ok((Scheme::Http, rest))
    } else if scheme.eq_ignore_ascii_case("https") {
        Ok((Scheme::Https, rest))
    } else {
        Err(IntegrationUriError::NotHttp)
    }
}

fn origin(scheme: Scheme, authority: &str) -> Result<Origin, IntegrationUriError> {
    if authority.contains('{') {
        return Err(IntegrationUriError::VariableInAuthority);
    }
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']').ok_or(IntegrationUriError::NotHttp)?;
            let address: std::net::Ipv6Addr =
                address.parse().map_err(|_| IntegrationUriError::NotHttp)?;
            (address.to_string(), port.strip_prefix(':').or_else(|| port.is_empty().then_some("")))
        }
        None => {
            let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
            (host.to_ascii_lowercase(), Some(port))
        }
    };
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:".contains(&byte);
    if host.is_empty() || !host.bytes().all(legal) {
        return Err(IntegrationUriError::NotHttp);
    }
    let port = match port.ok_or(IntegrationUriError::NotHttp)? {
        "" => scheme.default_port(),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().map_err(|_| IntegrationUriError::NotHttp)?
        }
        _ => return Err(IntegrationUriError::NotHttp),
    };
    Ok(Origin { scheme, host, port })
}

fn pieces(text: &str, path_variables: &[&str]) -> Result<Box<[Piece]>, IntegrationUriError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((literal, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(IntegrationUriError::NotHttp)?;
        if !literal.is_empty() {
            pieces.push(Piece::Literal(uri_literal(literal).into()));
        }
        // AWS writes a greedy variable without its plus sign here; taking both does no harm.
        let name = name.strip_suffix('+').unwrap_or(name);
        let index = path_variables
            .iter()
            .position(|variable| *variable == name)
            .ok_or_else(|| IntegrationUriError::UnknownPathVariable(name.to_owned()))?;
        pieces.push(Piece::Variable(index));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Literal(uri_literal(rest).into()));
    }
    Ok(pieces.into())
}
