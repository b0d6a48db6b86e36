//! JWT authorizers (`http-api-jwt-authorizer`; spec/http-api-runtime.md section 10.1).
//!
//! A token is taken apart (`token`), its signature checked with a key of its issuer (`key_set`,
//! `issuer`), then its claims (`verify`). What was verified is kept until it expires (`cache`). A
//! token's own `jwk`, `jku`, `x5c` and `x5u` are never looked at: keys come from the configured
//! issuer alone.

mod algorithm;
mod authorizer;
mod cache;
mod claims;
mod error;
mod fetch;
mod issuer;
mod key_set;
mod token;
mod verify;

pub use algorithm::Algorithm;
pub use authorizer::{JwtAuthorizer, JwtAuthorizers, JwtWorker};
pub use cache::TokenCache;
pub use claims::Claims;
pub use error::{JwtError, www_authenticate};
pub use issuer::{FetchError, Issuer, Keys};
pub use key_set::{KeySet, KeySetError};
pub use verify::{ClaimedToken, Requirements, VerifiedToken};
