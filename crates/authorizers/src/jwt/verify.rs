//! From a token's text to claims that can be believed, in AWS's order (spec/http-api-runtime.md
//! section 10.1).

use std::collections::BTreeMap;

use serde_json::Value;

use super::token::Token;
use super::{Algorithm, Claims, JwtError, KeySet};

/// What a token must have to be taken by an authorizer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirements {
    /// `iss`, letter for letter.
    pub issuer: String,
    /// Of which `aud` or, in its absence, `client_id` must be one.
    pub audience: Vec<String>,
    /// What tokens may be signed by.
    pub algorithms: Vec<Algorithm>,
}

/// A token that was found to be good.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedToken {
    /// Its claims as backends get them.
    pub claims: BTreeMap<String, String>,
    /// Its scopes, all of them.
    pub scopes: Vec<String>,
    /// Seconds since the Unix epoch at which it is good no more.
    pub expires: f64,
}

impl VerifiedToken {
    /// Whether it has one of a route's scopes, or the route asks for none.
    #[must_use]
    pub fn has_scope(&self, route_scopes: &[String]) -> bool {
        route_scopes.is_empty() || route_scopes.iter().any(|scope| self.scopes.contains(scope))
    }
}

/// A token that some key of its issuer could make good: its header can be read, names a key, and an
/// algorithm that is allowed. Nothing else of it is believed.
#[derive(Debug)]
pub struct ClaimedToken<'t> {
    token: Token<'t>,
    algorithm: Algorithm,
    kid: String,
}

impl<'t> ClaimedToken<'t> {
    /// Takes a token apart.
    ///
    /// # Errors
    ///
    /// [`JwtError`], for a token that no key could make good.
    pub fn parse(text: &'t str, allowed: &[Algorithm]) -> Result<Self, JwtError> {
        let mut token = Token::parse(text)?;
        let name = &token.header.alg;
        let algorithm = Algorithm::parse(name).filter(|algorithm| allowed.contains(algorithm));
        let algorithm = algorithm.ok_or_else(|| {
            // The name is the client's, and shown in a header.
            let shown = name.chars().filter(char::is_ascii_alphanumeric).take(16).collect();
            JwtError::SigningMethod(shown)
        })?;
        let kid = token.header.kid.take().ok_or(JwtError::UnknownKey)?;
        Ok(Self { token, algorithm, kid })
    }

    /// The key it names.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// Checks it, with its issuer's keys.
    ///
    /// # Errors
    ///
    /// [`JwtError`], the first reason in AWS's order.
    pub fn verify(
        &self,
        keys: &KeySet,
        requirements: &Requirements,
        unix_seconds: i64,
    ) -> Result<VerifiedToken, JwtError> {
        keys.verify(&self.kid, self.algorithm, self.token.signed, self.token.signature)?;
        let claims = self.token.claims()?;
        if claims.get("iss").and_then(Value::as_str) != Some(&requirements.issuer) {
            return Err(JwtError::Issuer);
        }
        if !has_audience(&claims, &requirements.audience) {
            return Err(JwtError::Audience);
        }
        let now = unix_seconds as f64;
        let expires = claims.get("exp").and_then(Value::as_f64).filter(|expires| *expires > now);
        let expires = expires.ok_or(JwtError::Expired)?;
        if !has_begun(claims.get("nbf"), now) {
            return Err(JwtError::NotYet);
        }
        if !has_begun(claims.get("iat"), now) {
            return Err(JwtError::Issued);
        }
        Ok(VerifiedToken { scopes: claims.scopes(), claims: claims.rendered(), expires })
    }
}

/// `client_id` counts only where there is no `aud`.
fn has_audience(claims: &Claims, audience: &[String]) -> bool {
    let wanted =
        |value: &Value| value.as_str().is_some_and(|text| audience.iter().any(|a| a == text));
    match claims.get("aud") {
        Some(Value::Array(entries)) => entries.iter().any(wanted),
        Some(value) => wanted(value),
        None => claims.get("client_id").is_some_and(wanted),
    }
}

/// Of a time that may be absent; what is no number is no time.
fn has_begun(time: Option<&Value>, now: f64) -> bool {
    time.is_none_or(|time| time.as_f64().is_some_and(|time| time <= now))
}

#[cfg(test)]
mod signer;
#[cfg(test)]
mod tests;
