//! Signing what the gateway itself sends ("Create a signed AWS API request" of the IAM user guide).
//!
//! A key is derived for one access key, region, service and day, and signs any number of requests:
//! whoever keeps it saves four of the six HMACs that a signature costs.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::authorization::ALGORITHM;
use crate::canonical::{Reading, Request, hex};
use crate::signature::{hmac, payload_hash, signing_key, string_to_sign};
use crate::signing_time::SigningTime;

/// Who signs.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The access key's id, which is no secret.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// What temporary credentials have beside it.
    pub session_token: Option<String>,
}

/// What signs for some credentials in one region, for one service and on one day.
#[derive(Clone)]
pub struct SigningKey {
    access_key_id: String,
    session_token: Option<String>,
    /// `20260102/eu-west-1/sqs/aws4_request`.
    scope: String,
    key: [u8; 32],
}

/// The headers that make a request a signed one. There must be no others of these names.
#[derive(Clone, PartialEq, Eq)]
pub struct SignatureHeaders {
    /// `authorization`.
    pub authorization: String,
    /// `x-amz-date`.
    pub date: String,
    /// `x-amz-security-token`, of temporary credentials.
    pub security_token: Option<String>,
}

impl SigningKey {
    /// Derives the key of the day that `now` is on.
    #[must_use]
    pub fn derive(
        credentials: &Credentials,
        region: &str,
        service: &str,
        now: SigningTime,
    ) -> Self {
        let date = now.to_string();
        let day = &date[..8];
        let key = signing_key(&credentials.secret_access_key, [day, region, service]);
        Self {
            access_key_id: credentials.access_key_id.clone(),
            session_token: credentials.session_token.clone(),
            scope: format!("{day}/{region}/{service}/aws4_request"),
            key,
        }
    }

    /// Whether it signs at this time: a key is good for the day it was derived for.
    #[must_use]
    pub fn is_of_the_day(&self, now: SigningTime) -> bool {
        self.scope.as_bytes()[..8] == now.to_string().as_bytes()[..8]
    }

    /// Signs a request that carries `host` and none of [`SignatureHeaders`]: these, and every header
    /// that is given, are signed. `now` is a time of the key's day.
    #[must_use]
    pub fn sign(&self, request: &Request<'_>, now: SigningTime) -> SignatureHeaders {
        debug_assert!(self.is_of_the_day(now), "the key is of another day");
        let date = now.to_string();
        let mut headers = request.headers.to_vec();
        headers.push(("x-amz-date", date.as_bytes()));
        if let Some(token) = &self.session_token {
            headers.push(("x-amz-security-token", token.as_bytes()));
        }
        let mut signed_headers =
            headers.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
        signed_headers.sort();
        signed_headers.dedup();
        let head = Request { headers: &headers, ..*request }.head();
        let canonical = Sha256::new_with_prefix(head.canonical(&signed_headers, Reading::Plain));
        let canonical = canonical.chain_update(payload_hash(request.body)).finalize();
        let string_to_sign = string_to_sign(now, &self.scope, &canonical);
        let authorization = format!(
            "{ALGORITHM} Credential={}/{}, SignedHeaders={}, Signature={}",
            self.access_key_id,
            self.scope,
            signed_headers.join(";"),
            hex(&hmac(&self.key, &string_to_sign))
        );
        let security_token = self.session_token.clone();
        SignatureHeaders { authorization, date, security_token }
    }
}

/// Without the secret and the token.
impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("Credentials");
        shown.field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

/// Without the key and the token.
impl fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("SigningKey");
        shown.field("access_key_id", &self.access_key_id).field("scope", &self.scope);
        shown.finish_non_exhaustive()
    }
}

/// Without the token.
impl fmt::Debug for SignatureHeaders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("SignatureHeaders");
        shown.field("authorization", &self.authorization).field("date", &self.date);
        shown.finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
