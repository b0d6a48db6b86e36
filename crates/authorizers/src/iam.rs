//! `AWS_IAM`: requests that are signed with an access key whose policy allows them
//! (`http-api-access-control-iam`; spec/http-api-runtime.md section 10.3).

mod access_key;
mod authorize;

pub use access_key::{AccessKey, AccessKeyError};
pub use authorize::{IamError, UnverifiedRequest, verify_head};

/// What a signature is over.
pub use gatewright_sigv4::RequestHead;
