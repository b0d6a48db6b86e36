//! Lambda authorizers (`http-api-lambda-authorizer`; spec/http-api-runtime.md section 10.2).
//!
//! A function sees a request and answers by yes or no (`grant`), which holds for everybody with the
//! same identity for as long as the authorizer says (`authorizer`).

mod authorizer;
mod error;
mod grant;

pub use authorizer::{LambdaAuthorizer, LambdaAuthorizers};
pub use error::{LambdaAuthorizerError, MalformedAnswer};
pub use grant::Grant;

/// What an authorizer is asked with.
pub use gatewright_lambda::{AuthorizerCall, EventSource, authorizer_event};
