//! Who answers requests.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response};

use crate::RequestBody;

/// Answers requests. Futures stay on their thread and need not be `Send`.
pub trait Service {
    /// The body of an answer. An error in it ends the connection, which tells the client that
    /// the answer is not whole.
    type Body: http_body::Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>
        + Unpin
        + 'static;

    /// Answers one request of the client at `peer`.
    fn call(
        &self,
        request: Request<RequestBody>,
        peer: SocketAddr,
    ) -> impl Future<Output = Response<Self::Body>>;
}
