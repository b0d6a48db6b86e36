//! A token taken apart (RFC 7515 section 7.1), nothing of it believed yet.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::{Claims, JwtError};

/// The three parts of a token.
#[derive(Debug)]
pub(super) struct Token<'t> {
    /// What is signed: header, dot and claims as they came.
    pub(super) signed: &'t str,
    pub(super) signature: &'t str,
    pub(super) header: Header,
    claims: &'t str,
}

/// The members of a header that are looked at.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Header {
    pub(super) alg: String,
    #[serde(default)]
    pub(super) kid: Option<String>,
    /// Extensions that must be understood, and none is (RFC 7515 section 4.1.11).
    #[serde(default)]
    crit: Option<serde_json::Value>,
}

impl<'t> Token<'t> {
    pub(super) fn parse(text: &'t str) -> Result<Self, JwtError> {
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(JwtError::Segments);
        };
        // A member that comes twice is refused by the deserializer.
        let header = serde_json::from_slice::<Header>(&decode(header)?);
        let header = header.map_err(|_| JwtError::Malformed)?;
        if header.crit.is_some() {
            return Err(JwtError::Malformed);
        }
        let signed = &text[..text.len() - signature.len() - 1];
        Ok(Self { signed, signature, header, claims })
    }

    /// The claims, for when the signature is found to be good.
    pub(super) fn claims(&self) -> Result<Claims, JwtError> {
        serde_json::from_slice(&decode(self.claims)?).map_err(|_| JwtError::Malformed)
    }
}

fn decode(part: &str) -> Result<Vec<u8>, JwtError> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| JwtError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(header: &str) -> Result<Header, JwtError> {
        let text = format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(header));
        Token::parse(&text).map(|token| token.header)
    }

    #[test]
    fn tokens_have_three_parts() {
        for text in ["", "a", "a.b", "a.b.c.d", "..."] {
            assert_eq!(Token::parse(text).err(), Some(JwtError::Segments), "{text}");
        }
        let token = format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256"}"#));
        let parsed = Token::parse(&token).expect("a token");
        assert_eq!(parsed.signed, token.trim_end_matches(".c2ln"));
        assert_eq!(parsed.signature, "c2ln");
        assert!(parsed.claims().is_ok());
    }

    #[test]
    fn headers_are_read_strictly() {
        assert_eq!(
            parse(r#"{"alg":"RS256","kid":"k","typ":"JWT"}"#).expect("good").kid.as_deref(),
            Some("k")
        );
        for header in [
            "",
            "[]",
            "{}",
            r#"{"alg":5}"#,
            r#"{"alg":"RS256","alg":"none"}"#,
            r#"{"alg":"RS256","kid":"a","kid":"b"}"#,
            r#"{"alg":"RS256","kid":5}"#,
            r#"{"alg":"RS256","crit":["exp"]}"#,
            r#"{"alg":"RS256","crit":[]}"#,
            r#"{"alg":"RS256"} x"#,
        ] {
            assert_eq!(parse(header), Err(JwtError::Malformed), "{header}");
        }
        assert_eq!(Token::parse("a=.e30.c2ln").err(), Some(JwtError::Malformed), "padding");
        assert_eq!(
            Token::parse("a+b/.e30.c2ln").err(),
            Some(JwtError::Malformed),
            "another alphabet"
        );
    }
}
