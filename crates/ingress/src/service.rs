//! Who answers requests.

use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use gatewright_types::{AddressText, ClientCertificate};
use http::{Request, Response};

use crate::RequestBody;

/// Who asks, and how they came. One for all requests of a connection, unless a proxy passes them on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    /// The connection's other end; where a trusted proxy announced another by PROXY protocol, that
    /// one. An IPv4 address is never mapped into an IPv6 one.
    pub address: SocketAddr,
    /// The same without its port.
    pub host: AddressText,
    /// Who asks: the same, or, where that is a trusted proxy, for whom it asks.
    pub client: AddressText,
    /// Through what the client came.
    pub transport: Transport,
    /// Whether a trusted proxy passed the request on, so that the connection is the proxy's.
    pub is_proxied: bool,
    /// Who they showed themselves to be, where the handshake asked for it.
    pub verified: Option<Rc<VerifiedClient>>,
}

/// A client that has shown a certificate. One for all requests of its connection.
#[derive(Debug, PartialEq, Eq)]
pub struct VerifiedClient {
    /// By which truststore it was found good.
    pub truststore: Arc<str>,
    /// The certificate.
    pub certificate: ClientCertificate,
}

impl Peer {
    /// Somebody who asks for themselves.
    pub(crate) fn direct(address: SocketAddr, transport: Transport) -> Self {
        let address = SocketAddr::new(address.ip().to_canonical(), address.port());
        let host = AddressText::new(address.ip());
        Self { address, host, client: host, transport, is_proxied: false, verified: None }
    }
}

/// What carries a client's requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// TCP as it is.
    Plain,
    /// TLS, which ends here or at a trusted proxy.
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

    /// Of a scheme, as proxies write it: of WebSocket too.
    pub(crate) fn of_scheme(scheme: &[u8]) -> Option<Self> {
        let is = |name: &str| scheme.eq_ignore_ascii_case(name.as_bytes());
        if is("https") || is("wss") {
            Some(Self::Tls)
        } else if is("http") || is("ws") {
            Some(Self::Plain)
        } else {
            None
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
        peer: Rc<Peer>,
    ) -> impl Future<Output = Response<Self::Body>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As clients of a listener on `[::]` have them.
    #[test]
    fn mapped_addresses_are_those_of_ipv4() {
        for (seen, expected) in [
            ("[::ffff:192.0.2.7]:80", "192.0.2.7:80"),
            ("192.0.2.7:80", "192.0.2.7:80"),
            ("[2001:db8::7]:80", "[2001:db8::7]:80"),
        ] {
            let peer = Peer::direct(seen.parse().expect("one"), Transport::Plain);
            assert_eq!(peer.address.to_string(), expected);
            assert_eq!(peer.client.address(), peer.address.ip());
        }
    }
}
