//! The signature: the string to sign, and the key it is signed with.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::authorization::{ALGORITHM, Authorization};
use crate::canonical::{Reading, RequestHead, hex};
use crate::signing_time::SigningTime;

/// All that goes into a signature but the payload's hash, the last line of a canonical request.
/// Small, whatever the request's size, so that it can wait for a body.
pub(crate) struct PartialSignature {
    canonical: Sha256,
    time: SigningTime,
    scope: String,
    key: [u8; 32],
}

impl PartialSignature {
    pub(crate) fn new(
        head: &RequestHead<'_>,
        reading: Reading,
        authorization: &Authorization,
        secret: &str,
        time: SigningTime,
    ) -> Self {
        let canonical = head.canonical(&authorization.signed_headers, reading);
        Self {
            canonical: Sha256::new_with_prefix(canonical),
            time,
            scope: authorization.scope(),
            key: signing_key(
                secret,
                [&authorization.date, &authorization.region, &authorization.service],
            ),
        }
    }

    /// The signature of the request whose payload has this hash.
    pub(crate) fn with_payload(self, payload_hash: &str) -> Signature {
        let Self { canonical, time, scope, key } = self;
        let canonical = canonical.chain_update(payload_hash).finalize();
        Signature(hex(&hmac(&key, &string_to_sign(time, &scope, &canonical))))
    }
}

/// A signature as it should be, in hexadecimal.
pub(crate) struct Signature(String);

impl Signature {
    /// In constant time for a text of the right length.
    pub(crate) fn is(&self, presented: &str) -> bool {
        self.0.as_bytes().ct_eq(presented.as_bytes()).into()
    }

    #[cfg(test)]
    pub(crate) fn into_string(self) -> String {
        self.0
    }
}

/// A payload's hash as a canonical request has it.
pub(crate) fn payload_hash(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}

pub(crate) fn string_to_sign(time: SigningTime, scope: &str, canonical_hash: &[u8]) -> String {
    format!("{ALGORITHM}\n{time}\n{scope}\n{}", hex(canonical_hash))
}

/// The key of a scope: its day, region and service.
pub(crate) fn signing_key(secret: &str, [day, region, service]: [&str; 3]) -> [u8; 32] {
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), day);
    for part in [region, service, "aws4_request"] {
        key = hmac(&key, part);
    }
    key
}

pub(crate) fn hmac(key: &[u8], message: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().into()
}
