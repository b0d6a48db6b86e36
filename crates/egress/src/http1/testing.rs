//! What tests of this module share: bodies by script, and streams in memory.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use gatewright_observe::Metrics;
use http::{HeaderMap, Request};
use http_body::{Body, Frame, SizeHint};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, DuplexStream};
use tokio_rustls::TlsAcceptor;

use super::upload::BodyLengthError;
use super::{Connection, Stream, Upload};
use crate::connector::Counted;

/// A request on its way out, in a buffer of its own.
pub(crate) fn upload_of<B>(request: Request<B>) -> Result<Upload<B>, BodyLengthError>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let (mut parts, body) = request.into_parts();
    Upload::new(&mut parts, body, Vec::new())
}

/// A body that comes as written down.
#[derive(Debug, Default)]
pub(crate) struct Script {
    steps: VecDeque<Step>,
    length: Option<u64>,
}

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Data(Bytes),
    Trailers,
    /// Nothing this time; asked again at once.
    Later,
    /// Nothing ever again.
    Never,
    Fails,
}

impl Script {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self { steps: steps.into_iter().collect(), length: None }
    }

    /// The same, with a length that it tells.
    pub(crate) fn of_length(self, length: u64) -> Self {
        Self { length: Some(length), ..self }
    }
}

impl Step {
    pub(crate) fn data(data: impl Into<Vec<u8>>) -> Self {
        Self::Data(Bytes::from(data.into()))
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        Poll::Ready(match self.steps.pop_front() {
            None => None,
            Some(Step::Data(data)) => Some(Ok(Frame::data(data))),
            Some(Step::Trailers) => Some(Ok(Frame::trailers(HeaderMap::new()))),
            Some(Step::Fails) => Some(Err(io::Error::other("the client is gone"))),
            Some(Step::Later) => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Step::Never) => {
                self.steps.push_front(Step::Never);
                return Poll::Pending;
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// A connection, and the upstream's end of it, which holds this many bytes.
pub(crate) fn connection(bytes: usize) -> (Connection, DuplexStream) {
    let (ours, theirs) = tokio::io::duplex(bytes);
    let counted = Counted::new(Metrics::new().upstream());
    (Connection::new((Stream::Layered(Box::new(ours)), counted)), theirs)
}

/// Reads as many bytes as these, and fails when they are others.
pub(crate) async fn expect(stream: &mut DuplexStream, expected: &[u8]) {
    let mut read = vec![0; expected.len()];
    stream.read_exact(&mut read).await.expect("bytes");
    assert_eq!(String::from_utf8_lossy(&read), String::from_utf8_lossy(expected));
}

/// The TLS side of an upstream at 127.0.0.1 that offers these protocols.
pub(crate) fn acceptor(protocols: &[&[u8]]) -> TlsAcceptor {
    let certificate = include_bytes!("../client/tests/certificate.pem");
    let certificate = CertificateDer::from_pem_slice(certificate).expect("a certificate");
    let key = include_bytes!("../client/tests/key.pem");
    let key = PrivateKeyDer::from_pem_slice(key).expect("a key");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a server's configuration");
    config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
    TlsAcceptor::from(Arc::new(config))
}

/// Connections opened so far, and of these the ones still open.
pub(crate) fn connections(metrics: &Metrics) -> (u64, u64) {
    let text = metrics.encode();
    let value = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(&format!("{name} ")));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).expect("a metric")
    };
    (value("gatewright_upstream_connects_total"), value("gatewright_upstream_connections"))
}
