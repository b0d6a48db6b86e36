//! TLS of a listener: 1.2 and 1.3 (spec/http-api-runtime.md section 14), by rustls.
//!
//! The client's first message is read before anything is decided: its server name picks the
//! certificate, and a name without one is refused with the alert that says so. Clients resume sessions
//! with tickets, which hold everything and cost us no memory; there is no early data, which could
//! be replayed, and no renegotiation.

use std::fmt::Debug;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use gatewright_observe::{HandshakeMetrics, HandshakeOutcome};
use rustls::HandshakeKind;
use rustls::server::Acceptor;
use tokio::io::AsyncWrite;
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::Certificates;
use crate::protocol::Protocol;
use crate::tcp::Tcp;

/// A fatal alert, unrecognized_name, before any key is agreed on (RFC 8446 section 5.1, RFC 6066
/// section 3).
const UNRECOGNIZED_NAME: &[u8] = b"\x15\x03\x03\0\x02\x02\x70";

/// Knows which certificate belongs to a name.
pub trait ServerNames: Debug + Send + Sync {
    /// The ARN of the certificate that a client gets who asks for this name; absent where the default
    /// one has to do.
    fn certificate_arn(&self, server_name: &str) -> Option<Arc<str>>;
}

/// What a listener needs for TLS.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificates there are.
    pub certificates: Certificates,
    /// Whose they are.
    pub names: Arc<dyn ServerNames>,
    /// Where handshakes are counted.
    pub handshakes: HandshakeMetrics,
}

/// How a handshake came to nothing, with the connection, for as long as the client may read why.
pub(crate) struct HandshakeFailure {
    pub(crate) outcome: HandshakeOutcome,
    pub(crate) error: io::Error,
    pub(crate) stream: Option<Tcp>,
}

impl Tls {
    pub(crate) fn count(&self, outcome: HandshakeOutcome) {
        self.handshakes.count(outcome);
    }

    /// A client's handshake, and which protocol it settled on: without ALPN, HTTP/1.1.
    pub(crate) async fn negotiate(
        &self,
        stream: Tcp,
    ) -> Result<(TlsStream<Tcp>, Protocol), HandshakeFailure> {
        let mut acceptor = LazyConfigAcceptor::new(Acceptor::default(), stream);
        let hello = match (&mut acceptor).await {
            Ok(hello) => hello,
            Err(error) => return Err(HandshakeFailure::new(error, acceptor.take_io())),
        };
        let name = hello.client_hello().server_name().map(str::to_owned);
        let arn = name.as_deref().and_then(|name| self.names.certificate_arn(name));
        let Some(config) = self.certificates.config(arn.as_deref()) else {
            let mut stream = hello.io;
            let alert =
                std::future::poll_fn(|cx| Pin::new(&mut stream).poll_write(cx, UNRECOGNIZED_NAME));
            // Who takes no seven bytes needs no reason either.
            drop(alert.await);
            let (outcome, stream) = (HandshakeOutcome::NoCertificate, Some(stream));
            let error = io::Error::other(format!("no certificate for {name:?}"));
            return Err(HandshakeFailure { outcome, error, stream });
        };
        let stream = hello.into_stream(config).into_fallible().await;
        let stream =
            stream.map_err(|(error, stream)| HandshakeFailure::new(error, Some(stream)))?;
        let session = stream.get_ref().1;
        self.count(match session.handshake_kind() {
            Some(HandshakeKind::Resumed) => HandshakeOutcome::Resumed,
            _ => HandshakeOutcome::Full,
        });
        let protocol = match session.alpn_protocol() {
            Some(b"h2") => Protocol::Http2,
            _ => Protocol::Http1,
        };
        Ok((stream, protocol))
    }
}

impl HandshakeFailure {
    fn new(error: io::Error, stream: Option<Tcp>) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData => Self { outcome: HandshakeOutcome::Failed, error, stream },
            // The client went away, and reads no more.
            _ => Self { outcome: HandshakeOutcome::Closed, error, stream: None },
        }
    }
}
