//! Why a signature does not hold.

use crate::signing_time::SigningTime;

/// The request is not signed by the holder of the secret, or not for here and now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VerifyError {
    /// No `x-amz-date` and no `date`, or none that can be read.
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
    /// The scope is for another region, this one.
    #[error("Credential should be scoped to a valid region, not '{0}'.")]
    ScopeRegion(String),
    /// A header that must be signed is not.
    #[error("'{0}' must be a 'SignedHeader' in the AWS Authorization.")]
    UnsignedHeader(String),
    /// A header that is signed is not there.
    #[error("'{0}' is a 'SignedHeader' in the AWS Authorization, and not in the request.")]
    AbsentHeader(String),
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
    /// A presigned query does not hold any more.
    #[error("Signature expired: {now} is now later than {latest}")]
    PresignedExpired {
        /// The last time it was accepted at.
        latest: SigningTime,
        /// The current time.
        now: SigningTime,
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
    /// The payload is said not to be signed, or to be signed in pieces.
    #[error("'x-amz-content-sha256' must be the hash of the payload.")]
    UnsignedPayload,
    /// The body is not the one whose hash the request says.
    #[error("The provided 'x-amz-content-sha256' header does not match what was computed.")]
    ContentHash,
    /// The signature is another than the secret gives.
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )]
    Mismatch,
}
