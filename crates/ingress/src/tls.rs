//! TLS of a listener: 1.2 and 1.3 (spec/http-api-runtime.md section 14), by rustls.
//!
//! The client's first message is read before anything is decided: its server name picks the
//! certificate, and whether the client has to show one; a name that cannot be served so is refused with
//! the alert that says it. Clients resume sessions with tickets, which hold everything and cost us no
//! memory, except where they have to show a certificate. There is no early data, which could be
//! replayed, and no renegotiation.

use std::fmt::Debug;
use std::io;
use std::pin::Pin;
use std::sync::Arc;

use gatewright_observe::{HandshakeMetrics, HandshakeOutcome};
use rustls::server::Acceptor;
use rustls::{HandshakeKind, ServerConfig, ServerConnection};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio_rustls::LazyConfigAcceptor;
use tokio_rustls::server::TlsStream;

use crate::challenges::ACME_TLS;
use crate::client_certificate::describe;
use crate::protocol::Protocol;
use crate::tcp::Tcp;
use crate::{Certificates, Challenges, Truststores, VerifiedClient};

/// A fatal alert, unrecognized_name, before any key is agreed on (RFC 8446 section 5.1, RFC 6066
/// section 3).
const UNRECOGNIZED_NAME: &[u8] = b"\x15\x03\x03\0\x02\x02\x70";

/// Knows how names are served.
pub trait ServerNames: Debug + Send + Sync {
    /// What a client gets, and has to show, who asks for this name.
    fn find(&self, server_name: &str) -> ServerName;
}

/// How a name is served.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerName {
    /// The ARN of its certificate; absent where the default one has to do.
    pub certificate_arn: Option<Arc<str>>,
    /// The truststore that its clients' certificates are held against; absent where they need none.
    pub truststore: Option<Arc<str>>,
}

/// What a listener needs for TLS.
#[derive(Clone, Debug)]
pub struct Tls {
    /// The certificates there are.
    pub certificates: Certificates,
    /// The truststores there are.
    pub truststores: Truststores,
    /// Whose they are.
    pub names: Arc<dyn ServerNames>,
    /// Where handshakes are counted.
    pub handshakes: HandshakeMetrics,
    /// What certificate authorities ask for; absent where no certificate is got by that.
    pub challenges: Option<Challenges>,
}

/// What came of a handshake.
pub(crate) struct Handshaken {
    pub(crate) stream: TlsStream<Tcp>,
    pub(crate) protocol: Protocol,
    pub(crate) client: Option<VerifiedClient>,
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

    /// A client's handshake, and which protocol it settled on: without ALPN, HTTP/1.1. None when it was
    /// a certificate authority's, which wants nothing but the handshake.
    pub(crate) async fn negotiate(
        &self,
        stream: Tcp,
    ) -> Result<Option<Handshaken>, HandshakeFailure> {
        let mut acceptor = LazyConfigAcceptor::new(Acceptor::default(), stream);
        let hello = match (&mut acceptor).await {
            Ok(hello) => hello,
            Err(error) => return Err(HandshakeFailure::new(error, acceptor.take_io())),
        };
        let challenges = self.challenges.as_ref();
        let challenge = challenges.and_then(|challenges| challenges.config(&hello.client_hello()));
        let asked = hello.client_hello().server_name().map(str::to_owned);
        let name = asked.as_deref().map(|name| self.names.find(name)).unwrap_or_default();
        let config = match challenge.map_or_else(|| self.config(&name), Ok) {
            Ok(config) => config,
            Err(outcome) => {
                let error = io::Error::other(format!("{asked:?} cannot be served: {name:?}"));
                return Err(HandshakeFailure::of_name(outcome, error, hello.io).await);
            }
        };
        let stream = hello.into_stream(config).into_fallible().await;
        let mut stream =
            stream.map_err(|(error, stream)| HandshakeFailure::new(error, Some(stream)))?;
        let session = stream.get_ref().1;
        if session.alpn_protocol() == Some(ACME_TLS) {
            self.count(HandshakeOutcome::Challenge);
            // It has seen what it came for.
            drop(stream.shutdown().await);
            return Ok(None);
        }
        let client = match name.truststore {
            None => None,
            Some(truststore) => Some(client(session, truststore)?),
        };
        self.count(match session.handshake_kind() {
            Some(HandshakeKind::Resumed) => HandshakeOutcome::Resumed,
            _ => HandshakeOutcome::Full,
        });
        let protocol = match session.alpn_protocol() {
            Some(b"h2") => Protocol::Http2,
            _ => Protocol::Http1,
        };
        Ok(Some(Handshaken { stream, protocol, client }))
    }

    /// How a name is served, or what is missing for it.
    fn config(&self, name: &ServerName) -> Result<Arc<ServerConfig>, HandshakeOutcome> {
        let arn = name.certificate_arn.as_deref();
        let config = match &name.truststore {
            None => self.certificates.config(arn),
            Some(truststore) => {
                let verifier = self.truststores.verifier(truststore);
                let verifier = verifier.ok_or(HandshakeOutcome::NoTruststore)?;
                self.certificates.mutual_config(arn, verifier)
            }
        };
        config.ok_or(HandshakeOutcome::NoCertificate)
    }
}

/// Who showed a certificate, which the truststore was asked about. Without one there is no handshake
/// to come here after, and one that cannot be read was refused: whoever is here all the same gets no
/// further.
fn client(
    session: &ServerConnection,
    truststore: Arc<str>,
) -> Result<VerifiedClient, HandshakeFailure> {
    let shown = session.peer_certificates().and_then(<[_]>::first);
    let certificate = shown.and_then(|certificate| describe(certificate).ok());
    let client = certificate.map(|certificate| VerifiedClient { truststore, certificate });
    client.ok_or_else(|| HandshakeFailure {
        outcome: HandshakeOutcome::Failed,
        error: io::Error::other("no client certificate after a handshake that asks for one"),
        stream: None,
    })
}

impl HandshakeFailure {
    fn new(error: io::Error, stream: Option<Tcp>) -> Self {
        match error.kind() {
            io::ErrorKind::InvalidData => Self { outcome: HandshakeOutcome::Failed, error, stream },
            // The client went away, and reads no more.
            _ => Self { outcome: HandshakeOutcome::Closed, error, stream: None },
        }
    }

    /// Of a name that is not served, with the alert that says so.
    async fn of_name(outcome: HandshakeOutcome, error: io::Error, mut stream: Tcp) -> Self {
        let alert =
            std::future::poll_fn(|cx| Pin::new(&mut stream).poll_write(cx, UNRECOGNIZED_NAME));
        // Who takes no seven bytes needs no reason either.
        drop(alert.await);
        Self { outcome, error, stream: Some(stream) }
    }
}
