//! A new connection: resolve, check the address, connect, TLS, HTTP/1.1.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gatewright_types::{Origin, Scheme};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::egress::Shared;
use crate::outgoing_body::OutgoingBody;
use crate::pool::Sender;
use crate::resolver::Resolver;
use crate::{SendError, Upstream};

/// Connects, within the connect timeout.
pub(crate) async fn connect<B>(
    shared: &Arc<Shared>,
    resolver: &Resolver,
    upstream: &Upstream,
) -> Result<Sender<B>, SendError>
where
    B: http_body::Body<Data = Bytes> + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let timeout = Duration::from_millis(shared.options.connect_timeout_ms);
    let connected = tokio::time::timeout(timeout, connect_now(shared, resolver, &upstream.origin));
    let connected = connected.await.unwrap_or(Err(SendError::ConnectTimedOut));
    if connected.is_err() {
        shared.metrics.connect_failed();
    }
    connected
}

async fn connect_now<B>(
    shared: &Arc<Shared>,
    resolver: &Resolver,
    origin: &Origin,
) -> Result<Sender<B>, SendError>
where
    B: http_body::Body<Data = Bytes> + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let stream = dial(shared, resolver, origin).await?;
    match origin.scheme {
        Scheme::Http => handshake(shared, stream).await,
        Scheme::Https => {
            let name = ServerName::try_from(origin.host.clone()).map_err(|error| {
                SendError::Tls(io::Error::new(io::ErrorKind::InvalidInput, error))
            })?;
            let connector = TlsConnector::from(shared.tls.clone());
            let stream = connector.connect(name, stream).await.map_err(SendError::Tls)?;
            handshake(shared, stream).await
        }
    }
}

/// Tries the addresses in turn; each passes the guard at the moment it is dialled.
async fn dial(
    shared: &Shared,
    resolver: &Resolver,
    origin: &Origin,
) -> Result<TcpStream, SendError> {
    let mut failure = SendError::Denied;
    for address in resolver.addresses(&origin.host).await? {
        if !shared.guard.permits(address) {
            continue;
        }
        match TcpStream::connect(SocketAddr::new(address, origin.port)).await {
            Ok(stream) => {
                stream.set_nodelay(true).map_err(SendError::Connect)?;
                return Ok(stream);
            }
            Err(error) => failure = SendError::Connect(error),
        }
    }
    Err(failure)
}

async fn handshake<B, S>(shared: &Arc<Shared>, stream: S) -> Result<Sender<B>, SendError>
where
    B: http_body::Body<Data = Bytes> + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let (sender, connection) = http1::Builder::new()
        .writev(false)
        .handshake::<_, OutgoingBody<B>>(TokioIo::new(stream))
        .await
        .map_err(SendError::Broken)?;
    shared.metrics.connection_opened();
    let metrics = shared.metrics.clone();
    // Owned by its sender: it ends when that is dropped, or the upstream closes.
    tokio::task::spawn_local(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "upstream connection ended");
        }
        metrics.connection_closed();
    });
    Ok(sender)
}
