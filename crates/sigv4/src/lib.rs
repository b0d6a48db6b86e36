//! AWS Signature Version 4: the canonical request, signing, and verification.
//!
//! Follows "Create a signed AWS API request" of the IAM user guide and spec/management-api.md
//! section 1.8. Pure: the clock's reading and the secret come from the caller, and a refusal says
//! exactly which rule was broken.

mod authorization;
mod canonical;
mod signing_time;
mod verify;

pub use authorization::{Authorization, MalformedAuthorization};
pub use canonical::Request;
pub use signing_time::SigningTime;
pub use verify::{Verification, VerifyError, sign, verify};
