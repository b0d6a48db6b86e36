//! AWS Signature Version 4: the canonical request, signing, and verification.
//!
//! Follows "Create a signed AWS API request" of the IAM user guide, spec/management-api.md section
//! 1.8 and spec/http-api-runtime.md section 10.3. Pure: the clock's reading and the secret come from
//! the caller, and a refusal says exactly which rule was broken.
//!
//! Two ways in. [`verify`] is for the management API: a header's signature over a request that is
//! there as a whole. [`SignedRequest`] is for `execute-api`: header or presigned query, and the body
//! may come later.

mod authorization;
mod canonical;
mod presigned;
mod sign;
mod signature;
mod signed_request;
mod signing_time;
mod verify;

pub use authorization::{Authorization, MalformedAuthorization, SIGNED_HEADERS_MAX};
pub use canonical::{Request, RequestHead};
pub use presigned::PRESIGNED_SECONDS_MAX;
pub use sign::{Credentials, SignatureHeaders, SigningKey};
pub use signed_request::{ReadError, SignedRequest, UnverifiedBody, Verified};
pub use signing_time::SigningTime;
pub use verify::{Verification, VerifyError, verify};

#[cfg(test)]
mod aws4_testsuite;
#[cfg(test)]
mod testing;
