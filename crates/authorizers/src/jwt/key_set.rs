//! An issuer's keys: a JSON Web Key Set (RFC 7517).

use aws_lc_rs::signature::{ECDSA_P521_SHA512_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::DecodingKey;
use jsonwebtoken::crypto;
use serde::Deserialize;

use super::{Algorithm, JwtError};

/// Keys by their id. A key without an id can sign nothing that is taken.
#[derive(Debug)]
pub struct KeySet {
    keys: Vec<(String, Key)>,
    /// What it was made from, to tell whether another is the same.
    text: String,
}

/// Not a key set.
#[derive(Debug, thiserror::Error)]
#[error("not a JSON Web Key Set")]
pub struct KeySetError(#[from] serde_json::Error);

/// A public key, and what it may verify.
struct Key {
    material: Material,
    /// `alg`, where the key names one: nothing else, even if it could.
    algorithm: Option<String>,
}

enum Material {
    Rsa(DecodingKey),
    P256(DecodingKey),
    P384(DecodingKey),
    /// What jsonwebtoken does not know: an uncompressed point.
    P521(UnparsedPublicKey<Vec<u8>>),
    Ed25519(DecodingKey),
    /// An RSA key whose numbers cannot be read.
    BrokenRsa,
}

#[derive(Deserialize)]
struct Jwks {
    keys: Vec<serde_json::Value>,
}

/// The members of a key that are looked at.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    public_key_use: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

impl KeySet {
    /// Reads a set. Keys of other kinds, for encryption, or without an id are passed over, as
    /// RFC 7517 section 5 asks for.
    ///
    /// # Errors
    ///
    /// When the text is not a key set at all.
    pub fn parse(text: &str) -> Result<Self, KeySetError> {
        let set = serde_json::from_str::<Jwks>(text)?;
        let keys = set.keys.into_iter().filter_map(|key| {
            let jwk = serde_json::from_value::<Jwk>(key).ok()?;
            if jwk.public_key_use.as_deref().is_some_and(|purpose| purpose != "sig") {
                return None;
            }
            let material = Material::of(&jwk)?;
            Some((jwk.kid?, Key { material, algorithm: jwk.alg }))
        });
        Ok(Self { keys: keys.collect(), text: text.to_owned() })
    }

    /// Whether another set was made from the same text.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.text == other.text
    }

    /// Whether a key has this id.
    #[must_use]
    pub fn contains(&self, kid: &str) -> bool {
        self.keys.iter().any(|(id, _)| id == kid)
    }

    /// Checks a signature with the keys of an id; more than one may have it, of different kinds.
    pub(super) fn verify(
        &self,
        kid: &str,
        algorithm: Algorithm,
        signed: &str,
        signature: &str,
    ) -> Result<(), JwtError> {
        let mut keys = self.keys.iter().filter(|(id, _)| id == kid).map(|(_, key)| key);
        let key = keys.find(|key| key.may_verify(algorithm)).ok_or(JwtError::UnknownKey)?;
        key.material.verify(algorithm, signed, signature)
    }
}

impl Key {
    fn may_verify(&self, algorithm: Algorithm) -> bool {
        use Algorithm as A;
        let kind = match &self.material {
            Material::Rsa(_) | Material::BrokenRsa => {
                matches!(algorithm, A::Rs256 | A::Rs384 | A::Rs512 | A::Ps256)
            }
            Material::P256(_) => algorithm == A::Es256,
            Material::P384(_) => algorithm == A::Es384,
            Material::P521(_) => algorithm == A::Es512,
            Material::Ed25519(_) => algorithm == A::EdDsa,
        };
        kind && self.algorithm.as_deref().is_none_or(|name| name == algorithm.as_str())
    }
}

impl Material {
    fn of(jwk: &Jwk) -> Option<Self> {
        let (x, y) = (jwk.x.as_deref(), jwk.y.as_deref());
        match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => {
                let (n, e) = (jwk.n.as_deref()?, jwk.e.as_deref()?);
                Some(DecodingKey::from_rsa_components(n, e).map_or(Self::BrokenRsa, Self::Rsa))
            }
            ("EC", Some("P-256")) => DecodingKey::from_ec_components(x?, y?).ok().map(Self::P256),
            ("EC", Some("P-384")) => DecodingKey::from_ec_components(x?, y?).ok().map(Self::P384),
            ("EC", Some("P-521")) => p521(x?, y?).map(Self::P521),
            ("OKP", Some("Ed25519")) => DecodingKey::from_ed_components(x?).ok().map(Self::Ed25519),
            _ => None,
        }
    }

    fn verify(&self, algorithm: Algorithm, signed: &str, signature: &str) -> Result<(), JwtError> {
        use jsonwebtoken::Algorithm as J;
        let key = match self {
            Self::BrokenRsa => return Err(JwtError::BrokenKey),
            Self::P521(key) => {
                let signature = URL_SAFE_NO_PAD.decode(signature);
                let signature = signature.map_err(|_| JwtError::Signature)?;
                let verified = key.verify(signed.as_bytes(), &signature);
                return verified.map_err(|_| JwtError::Signature);
            }
            Self::Rsa(key) | Self::P256(key) | Self::P384(key) | Self::Ed25519(key) => key,
        };
        let algorithm = match algorithm {
            Algorithm::Rs256 => J::RS256,
            Algorithm::Rs384 => J::RS384,
            Algorithm::Rs512 => J::RS512,
            Algorithm::Ps256 => J::PS256,
            Algorithm::Es256 => J::ES256,
            Algorithm::Es384 => J::ES384,
            Algorithm::EdDsa => J::EdDSA,
            Algorithm::Es512 => return Err(JwtError::UnknownKey),
        };
        match crypto::verify(signature, signed.as_bytes(), key, algorithm) {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(JwtError::Signature),
        }
    }
}

/// Bytes of a coordinate on P-521.
const P521_BYTES: usize = 66;

fn p521(x: &str, y: &str) -> Option<UnparsedPublicKey<Vec<u8>>> {
    let mut point = vec![4];
    for coordinate in [x, y] {
        let bytes = URL_SAFE_NO_PAD.decode(coordinate).ok()?;
        point.resize(point.len() + P521_BYTES.checked_sub(bytes.len())?, 0);
        point.extend_from_slice(&bytes);
    }
    Some(UnparsedPublicKey::new(&ECDSA_P521_SHA512_FIXED, point))
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}
