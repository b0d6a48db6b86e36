//! Requests for `execute-api`: a signature in the header or in the query, verified in two steps.
//!
//! 1. [`SignedRequest::read`] finds the signature, so that the caller can look its key up;
//!    [`SignedRequest::verify_head`] checks all that can be checked without the body.
//! 2. [`UnverifiedBody::verify`] takes the body and gives [`Verified`], which nothing else gives.
//!
//! Who sends no signature, a stale one or one for elsewhere is refused before a body is read. Where
//! `x-amz-content-sha256` is signed, that goes for a wrong signature, too.
//!
//! Stricter than [`crate::verify`], which takes what it always took: nothing that matters may be
//! there twice, what is signed must be there, and the region is held to.

mod read_error;

use crate::authorization::Authorization;
use crate::canonical::{Reading, RequestHead};
use crate::presigned::Presigned;
use crate::signature::{PartialSignature, payload_hash};
use crate::signing_time::SigningTime;
use crate::verify::{Verification, VerifyError, checks};

pub use read_error::ReadError;

/// A request's head with its signature, of which nothing has been checked.
///
/// ```
/// # use gatewright_sigv4::{RequestHead, SignedRequest, SigningTime, Verification, Verified};
/// fn caller(
///     head: RequestHead<'_>,
///     now: SigningTime,
///     secret_of: impl Fn(&str) -> Option<String>,
///     body: impl FnOnce() -> Vec<u8>,
/// ) -> Option<Verified> {
///     let request = SignedRequest::read(head).ok()?;
///     let secret = secret_of(&request.authorization().access_key_id)?;
///     let unverified = request.verify_head(&Verification {
///         service: "execute-api",
///         region: Some("eu-west-1"),
///         secret: &secret,
///         now,
///         skew_seconds_max: 300,
///     });
///     unverified.ok()?.verify(&body()).ok()
/// }
/// ```
#[derive(Debug)]
pub struct SignedRequest<'a> {
    head: RequestHead<'a>,
    authorization: Authorization,
    form: Form,
    session_token: Option<Vec<u8>>,
}

/// Where a signature stands.
#[derive(Clone, Copy, Debug)]
enum Form {
    Header,
    Query { signed: SigningTime, seconds: u32 },
}

/// The head is as signed; the body may be any.
#[must_use = "a request is verified when its body is"]
pub struct UnverifiedBody {
    access_key_id: String,
    awaited: Awaited,
}

/// What the body's hash decides.
enum Awaited {
    /// The signature itself.
    Signature { partial: PartialSignature, presented: String },
    /// Whether the body is the one of the header `x-amz-content-sha256`, which is signed.
    Hash(String),
}

/// Proof that a whole request, head and body, was signed with an access key's secret, for here and
/// now. Only [`UnverifiedBody::verify`] makes one.
#[must_use]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    access_key_id: String,
}

impl<'a> SignedRequest<'a> {
    /// Finds a request's signature.
    ///
    /// # Errors
    ///
    /// [`ReadError`] says what is missing, unreadable or there more than once.
    pub fn read(head: RequestHead<'a>) -> Result<Self, ReadError> {
        let header = once(&head, "authorization")?;
        let presigned = Presigned::read(head.query)?;
        for name in ["host", "x-amz-date", "x-amz-content-sha256"] {
            once(&head, name)?;
        }
        let token = once(&head, "x-amz-security-token")?.map(<[u8]>::to_vec);
        match (header, presigned) {
            (None, None) => Err(ReadError::Missing),
            (Some(_), Some(_)) => Err(ReadError::HeaderAndQuery),
            (Some(header), None) => Ok(Self {
                head,
                // What is no text names no algorithm either.
                authorization: Authorization::parse(
                    std::str::from_utf8(header).unwrap_or_default(),
                )?,
                form: Form::Header,
                session_token: token,
            }),
            (None, Some(Presigned { authorization, signed, seconds, session_token })) => {
                if token.is_some() && session_token.is_some() {
                    return Err(ReadError::Doubled("X-Amz-Security-Token"));
                }
                let form = Form::Query { signed, seconds };
                Ok(Self { head, authorization, form, session_token: session_token.or(token) })
            }
        }
    }

    /// What the signature says of itself: above all, which access key's secret is to be fetched.
    #[must_use]
    pub fn authorization(&self) -> &Authorization {
        &self.authorization
    }

    /// The token of temporary credentials. Whether it belongs to the access key is the caller's
    /// to decide: a signature only proves that it was not changed.
    #[must_use]
    pub fn session_token(&self) -> Option<&[u8]> {
        self.session_token.as_deref()
    }

    /// Checks all that does not need the body.
    ///
    /// # Errors
    ///
    /// [`VerifyError`] names the rule that was broken.
    pub fn verify_head(self, against: &Verification<'_>) -> Result<UnverifiedBody, VerifyError> {
        let Self { head, authorization, form, session_token: _ } = self;
        checks::scope(&authorization, against)?;
        let (signed, reading) = match form {
            Form::Header => (checks::signing_time(&head)?, Reading::Form),
            Form::Query { signed, .. } => (signed, Reading::Presigned),
        };
        checks::scope_date(&authorization, signed)?;
        checks::required_headers(&head, &authorization)?;
        if let Some(name) = authorization
            .signed_headers
            .iter()
            .find(|name| head.values(name.as_str()).next().is_none())
        {
            return Err(VerifyError::AbsentHeader(name.clone()));
        }
        match form {
            Form::Header => checks::clock(signed, against)?,
            Form::Query { seconds, .. } => checks::presigned_clock(signed, seconds, against)?,
        }
        let claimed = content_hash(&head)?;
        let partial = PartialSignature::new(&head, reading, &authorization, against.secret, signed);
        let Authorization { access_key_id, signature: presented, .. } = authorization;
        let awaited = match claimed {
            None => Awaited::Signature { partial, presented },
            Some(hash) if partial.with_payload(&hash).is(&presented) => Awaited::Hash(hash),
            Some(_) => return Err(VerifyError::Mismatch),
        };
        Ok(UnverifiedBody { access_key_id, awaited })
    }
}

impl UnverifiedBody {
    /// Checks the body, which must be the whole one, in the `content-encoding` it came in.
    ///
    /// # Errors
    ///
    /// [`VerifyError::Mismatch`], or [`VerifyError::ContentHash`] where the body is not the one
    /// whose hash was signed.
    pub fn verify(self, body: &[u8]) -> Result<Verified, VerifyError> {
        let Self { access_key_id, awaited } = self;
        let hash = payload_hash(body);
        match awaited {
            Awaited::Signature { partial, presented } => {
                if !partial.with_payload(&hash).is(&presented) {
                    return Err(VerifyError::Mismatch);
                }
            }
            Awaited::Hash(claimed) => {
                if claimed != hash {
                    return Err(VerifyError::ContentHash);
                }
            }
        }
        Ok(Verified { access_key_id })
    }
}

impl std::fmt::Debug for UnverifiedBody {
    /// Without the signing key, and without the signature that would do.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnverifiedBody")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

impl Verified {
    /// Whose secret signed.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }
}

/// A header's value, of which there must not be two.
fn once<'a>(head: &RequestHead<'a>, name: &'static str) -> Result<Option<&'a [u8]>, ReadError> {
    let mut values = head.values(name);
    let value = values.next();
    if values.next().is_some() { Err(ReadError::Doubled(name)) } else { Ok(value) }
}

/// The payload's hash as the head has it: `required_headers` has seen that it is signed.
///
/// A service has to opt in to payloads that are not signed (Smithy's `aws.auth#unsignedPayload`): of
/// botocore's models, those of ebs, lex, mediastore-data, omics and s3 do, and API Gateway's do not.
fn content_hash(head: &RequestHead<'_>) -> Result<Option<String>, VerifyError> {
    let Some(value) = head.values("x-amz-content-sha256").next() else { return Ok(None) };
    let value = value.trim_ascii();
    if value == b"UNSIGNED-PAYLOAD" || value.starts_with(b"STREAMING-") {
        return Err(VerifyError::UnsignedPayload);
    }
    let digits = value.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if value.len() != 64 || !digits {
        return Err(VerifyError::ContentHash);
    }
    Ok(Some(String::from_utf8_lossy(value).into_owned()))
}

#[cfg(test)]
mod tests;
