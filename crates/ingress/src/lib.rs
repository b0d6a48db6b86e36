//! The only place that accepts connections: listeners, HTTP/1.1 hardening, size and time limits,
//! drain.
//!
//! Every byte is hostile. hyper parses; around it stand a scanner that refuses what proxies and
//! servers have disagreed on (`head_scanner`), and a sweeper that ends connections that do not
//! move (`connection`). One timer per thread and none per request. Runs on single-threaded
//! runtimes: futures need not be `Send`.

mod connection;
mod guarded_stream;
mod head_scanner;
mod listener;
mod options;
mod refusal;
mod request_body;
mod response_body;
mod serve;
mod service;

pub use listener::Listener;
pub use options::{KEYS, Options};
pub use refusal::refusal_body;
pub use request_body::{RequestBody, RequestBodyError};
pub use serve::{Drained, serve};
pub use service::Service;
