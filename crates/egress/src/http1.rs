//! HTTP/1.1 towards upstreams (RFC 9112), in the task of the request itself.
//!
//! What an answer's end is decides where the next answer on the connection begins, so whatever two
//! readers could see differently is refused (`malformed`), and a connection is used again only
//! when both directions have ended cleanly, with no byte left over (`connection`).
//!
//! A request's head and the beginning of its body are gathered in one buffer and sent at once
//! (`upload`). Answers are read into one buffer per connection; header values and bodies are slices
//! of it (`answer_head`, `body_decoder`).

mod answer_head;
mod body_decoder;
mod chunked;
mod connection;
mod exchange;
mod fields;
mod framing;
mod malformed;
mod request_head;
mod stream;
mod upload;

#[cfg(test)]
mod differential;
#[cfg(test)]
pub(crate) mod testing;

pub(crate) use body_decoder::{BodyDecoder, Decoded};
pub(crate) use connection::Connection;
pub(crate) use exchange::{Answer, Exchange, ExchangeError};
pub use malformed::Malformed;
pub(crate) use stream::Stream;
pub(crate) use upload::{Upload, UploadError};
