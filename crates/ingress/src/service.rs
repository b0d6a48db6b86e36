//! Who answers requests.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{Request, Response};

use crate::RequestBody;

/// Who asks, and how they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer {
    /// Whence.
    pub address: SocketAddr,
    /// Through what.
    pub transport: Transport,
}

/// What carries a client's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP as it is.
    Plain,
    /// TLS, which ends here.
    Tls,
}

impl Transport {
    /// The scheme of the URIs that clients see.
    #[must_use]
    pub fn scheme(self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::Tls => "https",
        }
    }
}

/// Answers requests. Futures stay on their thread and need not be `Send`.
pub trait Service {
    /// The body of an answer. An error in it ends the connection, which tells the client that
    /// the answer is not whole.
    type Body: http_body::Body<Data = Bytes, Error: Into<Box<dyn std::error::Error + Send + Sync>>>
        + Unpin
        + 'static;

    /// Answers one request of a client.
    fn call(
        &self,
        request: Request<RequestBody>,
        peer: Peer,
    ) -> impl Future<Output = Response<Self::Body>>;
}
