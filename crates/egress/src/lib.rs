//! The only place that dials: name resolution, the address guard, TLS, connection pools,
//! deadlines.
//!
//! Pools belong to one thread and one upstream, last in first out (shared-nothing: no request
//! takes a lock that another thread takes). [`Client::send`] is the narrow door behind which
//! hyper's client stands and can be replaced.

mod address_guard;
mod client;
mod connector;
mod egress;
mod error;
mod options;
mod outgoing_body;
mod pool;
mod resolver;
mod response_body;
mod tls;

pub use address_guard::Loopback;
pub use client::Client;
pub use egress::{Egress, Upstream};
pub use error::{EgressError, SendError};
pub use options::{KEYS, Options};
pub use response_body::{ResponseBody, ResponseBodyError};
