//! Signing, and checking a signature of a request that is there as a whole.

pub(crate) mod checks;
mod error;

use crate::authorization::{ALGORITHM, Authorization};
use crate::canonical::{Reading, Request};
use crate::signature::{PartialSignature, Signature, payload_hash};
use crate::signing_time::SigningTime;

pub use error::VerifyError;

/// What a signature is held against.
#[derive(Clone, Copy, Debug)]
pub struct Verification<'a> {
    /// The service the scope must name.
    pub service: &'a str,
    /// The region the scope must name; none where any will do.
    pub region: Option<&'a str>,
    /// The secret of the access key that the request names.
    pub secret: &'a str,
    /// The current time.
    pub now: SigningTime,
    /// Seconds a client's clock may be off.
    pub skew_seconds_max: i64,
}

/// Checks a request's signature.
///
/// The payload's hash is the body's own. A signed `x-amz-content-sha256` that says anything else is
/// a mismatch: what it says is not looked at.
///
/// # Errors
///
/// [`VerifyError`] names the rule that was broken.
pub fn verify(
    request: &Request<'_>,
    authorization: &Authorization,
    against: &Verification<'_>,
) -> Result<(), VerifyError> {
    let head = request.head();
    checks::scope(authorization, against)?;
    let signed = checks::signing_time(&head)?;
    checks::scope_date(authorization, signed)?;
    checks::required_headers(&head, authorization)?;
    checks::clock(signed, against)?;
    let expected = signature(request, authorization, against.secret, signed);
    if expected.is(&authorization.signature) { Ok(()) } else { Err(VerifyError::Mismatch) }
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
    let mut signed_headers =
        request.headers.iter().map(|(name, _)| (*name).to_owned()).collect::<Vec<_>>();
    signed_headers.sort();
    signed_headers.dedup();
    let mut authorization = Authorization {
        access_key_id: access_key_id.to_owned(),
        date: now.day(),
        region: region.to_owned(),
        service: service.to_owned(),
        signed_headers,
        signature: String::new(),
    };
    authorization.signature = signature(request, &authorization, secret, now).into_string();
    format!(
        "{ALGORITHM} Credential={access_key_id}/{}, SignedHeaders={}, Signature={}",
        authorization.scope(),
        authorization.signed_headers.join(";"),
        authorization.signature
    )
}

fn signature(
    request: &Request<'_>,
    authorization: &Authorization,
    secret: &str,
    time: SigningTime,
) -> Signature {
    let head = request.head();
    PartialSignature::new(&head, Reading::Plain, authorization, secret, time)
        .with_payload(&payload_hash(request.body))
}

#[cfg(test)]
mod tests;
