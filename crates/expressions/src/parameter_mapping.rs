//! Parameter mapping of HTTP APIs: `requestParameters` and `responseParameters`
//! (`http-api-parameter-mapping`; spec/http-api-runtime.md section 8).
//!
//! A mapping is compiled when a stage is; stage variables are put in then, and what cannot be
//! understood is refused by its key. A request goes through in two steps: `evaluate` computes every
//! value from the message as it came, and the changes it returns are applied where the gateway has
//! made its own (`remove`, `overwrite`, `append`, in that order). So the documented way to rename a
//! header works, and what the gateway adds is not taken for the client's.
//!
//! What the documentation leaves open, decided for safety:
//!
//! * A value that may not stand in a header (line ends, NUL, other control characters) or is longer
//!   than [`MAPPED_VALUE_BYTES_MAX`] is refused, never cleaned: an `append` does nothing, and an
//!   `overwrite` takes away what was there, since a client that spoils a value must not thereby get
//!   its own through.
//! * A lone expression that finds nothing skips its key (section 8.3), with one exception: an
//!   `overwrite` of a request's header or query parameter from `$context` or `$stageVariables`, which
//!   are the gateway's to say, takes away the client's. Else a token without a `role` would let a
//!   client choose the header that `$context.authorizer.claims.role` was to overwrite.
//!
//! First-class integrations (section 7) have the same values and parameters of their own instead of
//! these keys (`service`).
//!
//! [`MAPPED_VALUE_BYTES_MAX`]: gatewright_types::limits::MAPPED_VALUE_BYTES_MAX

mod destination;
mod error;
mod expression;
mod headers;
mod message;
mod needs;
mod operation;
mod query;
mod request;
mod response;
mod service;
mod value;

pub use destination::{is_request_destination, is_reserved_header, is_response_destination};
pub use error::{MappingError, MappingProblem};
pub use headers::HeaderChanges;
pub use request::{RequestChanges, RequestMapping, RequestSource};
pub use response::{ResponseActions, ResponseChanges, ResponseMapping, ResponseSource};
pub use service::{
    ArgumentError, ArgumentProblem, Attribute, KnownParameter, ServiceArguments, ServiceParameters,
};

#[cfg(test)]
mod tests;
