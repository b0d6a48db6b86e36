//! The only place that dials: name resolution, the address guard, TLS, connection pools,
//! deadlines.
//!
//! Pools belong to one thread and one upstream, last in first out (shared-nothing: no request
//! takes a lock that another thread takes). [`Client::send`] is the narrow door; behind it stand an
//! HTTP/1.1 client of our own (`http1`, docs/adr/0003), and hyper's HTTP/2 client for the upstreams
//! that the operator names.

mod address_guard;
mod client;
mod connector;
mod egress;
mod error;
pub mod hop_by_hop;
mod http1;
mod http2;
mod options;
mod origin;
mod pool;
mod resolver;
mod response_body;
mod tls;

pub use address_guard::Loopback;
pub use client::{Client, Prepared, Timeouts};
pub use egress::{Egress, Upstream};
pub use error::{AnswerError, EgressError, SendError};
pub use http1::Malformed;
pub use options::{KEYS, Options};
pub use origin::origin_of;
pub use response_body::{ResponseBody, ResponseBodyError};
pub use tls::{OwnTls, PemFile};

/// Whether a request may be sent again when nobody knows what became of it (RFC 9110 section
/// 9.2.2).
fn is_idempotent(method: &http::Method) -> bool {
    use http::Method as M;
    matches!(*method, M::GET | M::HEAD | M::OPTIONS | M::PUT | M::DELETE)
}
