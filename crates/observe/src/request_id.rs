//! `apigw-requestid`: 11 random bytes in URL-safe base64, as AWS's look
//! (spec/http-api-runtime.md section 3.1).

use http::HeaderValue;

/// The id of one request at the data plane. Unique, not secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId([u8; 16]);

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl RequestId {
    /// A new id.
    #[must_use]
    pub fn generate() -> Self {
        // 88 bits fill fourteen characters, and the fifteenth by its upper four.
        let mut bits = u128::from(fastrand::u64(..)) << 64 | u128::from(fastrand::u64(..));
        let mut text = [b'='; 16];
        for character in &mut text[..14] {
            *character = ALPHABET[usize::from(bits as u8 & 63)];
            bits >>= 6;
        }
        text[14] = ALPHABET[usize::from((bits as u8 & 15) << 2)];
        Self(text)
    }

    /// The id as a header's value.
    #[must_use]
    pub fn header_value(&self) -> HeaderValue {
        HeaderValue::from_bytes(&self.0).unwrap_or_else(|_| HeaderValue::from_static("-"))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("-")
    }
}

impl std::fmt::Display for RequestId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_look_like_those_of_aws() {
        let id = RequestId::generate();
        let text = id.to_string();
        assert_eq!(text.len(), 16);
        assert!(text.ends_with('=') && !text[..15].contains('='), "{text}");
        assert!(b"AEIMQUYcgkosw048".contains(&text.as_bytes()[14]), "{text}");
        assert_eq!(id.header_value(), text.as_str());
        assert_ne!(RequestId::generate(), id);
    }
}
