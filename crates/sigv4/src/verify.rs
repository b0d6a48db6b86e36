//! Signing, and checking a signature.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::authorization::{ALGORITHM, Authorization};
use crate::canonical::{Request, hex};
use crate::signing_time::SigningTime;

/// What a signature is held against.
#[derive(Clone, Copy, Debug)]
pub struct Verification<'a> {
    /// The service the scope must name.
    pub service: &'a str,
    /// The secret of the access key that the request names.
    pub secret: &'a str,
    /// The current time.
    pub now: SigningTime,
    /// Seconds a client's clock may be off.
    pub skew_seconds_max: i64,
}

/// The request is not signed by the holder of the secret, or not for here and now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// No `x-amz-date`, or none that can be read.
    #[error("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")]
    NoDate,
    /// The scope is of another day than the request.
    #[error(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP"
    )]
    ScopeDate,
    /// The scope is for another service.
    #[error("Credential should be scoped to correct service: '{0}'.")]
    ScopeService(String),
    /// A header that must be signed is not.
    #[error("'{0}' must be a 'SignedHeader' in the AWS Authorization.")]
    UnsignedHeader(String),
    /// Signed too long ago.
    #[error("Signature expired: {signed} is now earlier than {earliest} ({now} - {minutes} min.)")]
    Expired {
        /// When the request says it was signed.
        signed: SigningTime,
        /// The earliest time that is accepted.
        earliest: SigningTime,
        /// The current time.
        now: SigningTime,
        /// Minutes a clock may be off.
        minutes: i64,
    },
    /// Signed in the future.
    #[error(
        "Signature not yet current: {signed} is still later than {latest} ({now} + {minutes} min.)"
    )]
    NotYetCurrent {
        /// When the request says it was signed.
        signed: SigningTime,
        /// The latest time that is accepted.
        latest: SigningTime,
        /// The current time.
        now: SigningTime,
        /// Minutes a clock may be off.
        minutes: i64,
    },
    /// The signature is another than the secret gives.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )]
    Mismatch,
}

/// Checks a request's signature.
///
/// # Errors
///
/// [`VerifyError`] names the rule that was broken.
pub fn verify(
    request: &Request<'_>,
    authorization: &Authorization,
    against: &Verification<'_>,
) -> Result<(), VerifyError> {
    if authorization.service != against.service {
        return Err(VerifyError::ScopeService(against.service.to_owned()));
    }
    let date = request.header("x-amz-date").and_then(|date| std::str::from_utf8(date).ok());
    let date = date.ok_or(VerifyError::NoDate)?;
    let signed = SigningTime::parse(date).ok_or(VerifyError::NoDate)?;
    if !date.starts_with(authorization.date.as_str()) || authorization.date.len() != 8 {
        return Err(VerifyError::ScopeDate);
    }
    for (name, _) in request.headers {
        let required = *name == "host" || name.starts_with("x-amz-");
        if required && !authorization.signed_headers.iter().any(|signed| signed == name) {
            return Err(VerifyError::UnsignedHeader((*name).to_owned()));
        }
    }
    if !authorization.signed_headers.iter().any(|name| name == "host") {
        return Err(VerifyError::UnsignedHeader("host".to_owned()));
    }
    check_clock(signed, against)?;
    let expected = signature(request, authorization, against.secret, date);
    if bool::from(expected.as_bytes().ct_eq(authorization.signature.as_bytes())) {
        Ok(())
    } else {
        Err(VerifyError::Mismatch)
    }
}

/// The `Authorization` header of a request that carries `host` and `x-amz-date` (this `now`);
/// every header given is signed.
#[must_use]
pub fn sign(
    request: &Request<'_>,
    (access_key_id, secret): (&str, &str),
    (region, service): (&str, &str),
    now: SigningTime,
) -> String {
    let date = now.to_string();
    let mut signed_headers =
        request.headers.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
    signed_headers.sort();
    signed_headers.dedup();
    let mut authorization = Authorization {
        access_key_id: access_key_id.to_owned(),
        date: date[..8].to_owned(),
        region: region.to_owned(),
        service: service.to_owned(),
        signed_headers,
        signature: String::new(),
    };
    authorization.signature = signature(request, &authorization, secret, &date);
    format!(
        "{ALGORITHM} Credential={access_key_id}/{}, SignedHeaders={}, Signature={}",
        authorization.scope(),
        authorization.signed_headers.join(";"),
        authorization.signature
    )
}

fn check_clock(signed: SigningTime, against: &Verification<'_>) -> Result<(), VerifyError> {
    let now = against.now;
    let minutes = against.skew_seconds_max / 60;
    let earliest = SigningTime::from_unix_seconds(now.unix_seconds() - against.skew_seconds_max);
    let latest = SigningTime::from_unix_seconds(now.unix_seconds() + against.skew_seconds_max);
    if signed < earliest {
        return Err(VerifyError::Expired { signed, earliest, now, minutes });
    }
    if signed > latest {
        return Err(VerifyError::NotYetCurrent { signed, latest, now, minutes });
    }
    Ok(())
}

fn signature(
    request: &Request<'_>,
    authorization: &Authorization,
    secret: &str,
    date: &str,
) -> String {
    let canonical = request.canonical(&authorization.signed_headers);
    let string_to_sign = format!(
        "{ALGORITHM}\n{date}\n{}\n{}",
        authorization.scope(),
        hex(&Sha256::digest(canonical.as_bytes()))
    );
    let mut key = hmac(format!("AWS4{secret}").as_bytes(), &authorization.date);
    for part in [&authorization.region, &authorization.service, "aws4_request"] {
        key = hmac(&key, part);
    }
    hex(&hmac(&key, &string_to_sign))
}

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests;
