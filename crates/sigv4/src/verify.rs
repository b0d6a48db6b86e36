//! Signing, and checking a signature of a request that is there as a whole.

pub(crate) mod checks;
mod error;

use crate::authorization::Authorization;
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

pub(crate) fn signature(
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
