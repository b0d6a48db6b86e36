//! Why a token is refused, in AWS's words where they are known, and the header that says so
//! (spec/http-api-runtime.md section 10.1).

use std::fmt::Write;

use http::HeaderValue;

/// A token that does not open its route. The text is what clients read in `error_description`, and
/// `$context.authorizer.error` behind `invalid_token: `.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// There is none.
    #[error("token not provided")]
    Missing,
    /// Not three parts.
    #[error("token contains an invalid number of segments")]
    Segments,
    /// A part that is no base64, no JSON object, or has a member twice.
    #[error("token is malformed")]
    Malformed,
    /// An algorithm that is not allowed; the name where it is fit to be shown.
    #[error("signing method {0} is invalid")]
    SigningMethod(String),
    /// No key of the issuer has the token's `kid`, or the key is not for its algorithm.
    #[error("unable to find a signing key that matches the token")]
    UnknownKey,
    /// The issuer's key cannot be read.
    #[error("unable to decode \"n\" from RSA public key")]
    BrokenKey,
    /// The signature is not the key's.
    #[error("crypto/rsa: verification error")]
    Signature,
    /// `iss` is another.
    #[error("issuer does not match")]
    Issuer,
    /// Neither `aud` nor, in its absence, `client_id` is one that is wanted.
    #[error("the token does not have a valid audience")]
    Audience,
    /// `exp` is past, or absent.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is to come.
    #[error("token is not valid yet")]
    NotYet,
    /// `iat` is to come.
    #[error("token used before issued")]
    Issued,
    /// The issuer's configuration cannot be had.
    #[error("OIDC discovery endpoint communication error")]
    Discovery,
    /// The issuer's keys cannot be had.
    #[error("JWKS communication error")]
    Jwks,
    /// A good token without any of the route's scopes: 403, all others are 401.
    #[error("the token does not have a valid scope")]
    Scope,
}

/// The value of `www-authenticate` for a route with these scopes.
#[must_use]
pub fn www_authenticate(error: &JwtError, route_scopes: &[String]) -> HeaderValue {
    let code = match error {
        JwtError::Missing => return HeaderValue::from_static("Bearer"),
        JwtError::Scope => "insufficient_scope",
        _ => "invalid_token",
    };
    let mut text = String::from("Bearer scope=\"");
    for (index, scope) in route_scopes.iter().enumerate() {
        if index > 0 {
            text.push(' ');
        }
        push_quoted(&mut text, scope);
    }
    let _ = write!(text, "\" error=\"{code}\" error_description=\"");
    push_quoted(&mut text, &error.to_string());
    text.push('"');
    // Scopes are the configuration's, and may hold what no header can.
    HeaderValue::try_from(text).unwrap_or_else(|_| HeaderValue::from_static("Bearer"))
}

/// The inside of a quoted string (RFC 9110 section 5.6.4); AWS leaves the quotes of a broken key's
/// name as they are, which no parser could read.
fn push_quoted(text: &mut String, part: &str) {
    for character in part.chars() {
        if matches!(character, '"' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_those_of_aws() {
        let scopes = |scopes: &[&str]| scopes.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
        let rows = [
            (JwtError::Missing, scopes(&["a"]), "Bearer"),
            (
                JwtError::Audience,
                scopes(&[]),
                r#"Bearer scope="" error="invalid_token" error_description="the token does not have a valid audience""#,
            ),
            (
                JwtError::Expired,
                scopes(&["a/b", "c"]),
                r#"Bearer scope="a/b c" error="invalid_token" error_description="the token has expired""#,
            ),
            (
                JwtError::Scope,
                scopes(&["a"]),
                r#"Bearer scope="a" error="insufficient_scope" error_description="the token does not have a valid scope""#,
            ),
            (
                JwtError::SigningMethod("ES256".to_owned()),
                scopes(&["q\"uote"]),
                r#"Bearer scope="q\"uote" error="invalid_token" error_description="signing method ES256 is invalid""#,
            ),
        ];
        for (error, scopes, expected) in rows {
            assert_eq!(www_authenticate(&error, &scopes), expected);
        }
    }
}
