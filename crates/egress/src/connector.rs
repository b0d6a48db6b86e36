//! A new connection: resolve, check the address, connect, TLS.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use gatewright_observe::UpstreamMetrics;
use gatewright_types::{Origin, Scheme};
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::egress::Protocol;
use crate::egress::Shared;
use crate::http1::Stream;
use crate::resolver::Resolver;
use crate::{SendError, Upstream, tls};

/// Counts a connection among the open ones for as long as it lives.
pub(crate) struct Counted(UpstreamMetrics);

impl Counted {
    pub(crate) fn new(metrics: UpstreamMetrics) -> Self {
        metrics.connection_opened();
        Self(metrics)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.connection_closed();
    }
}

/// Connects, within the connect timeout.
pub(crate) async fn connect(
    shared: &Shared,
    resolver: &Resolver,
    upstream: &Upstream,
) -> Result<(Stream, Counted), SendError> {
    let timeout = Duration::from_millis(shared.options.connect_timeout_ms);
    let connected = tokio::time::timeout(timeout, connect_now(shared, resolver, upstream));
    let connected = connected.await.unwrap_or(Err(SendError::ConnectTimedOut));
    match connected {
        Ok(stream) => Ok((stream, Counted::new(shared.metrics.clone()))),
        Err(error) => {
            shared.metrics.connect_failed();
            Err(error)
        }
    }
}

async fn connect_now(
    shared: &Shared,
    resolver: &Resolver,
    upstream: &Upstream,
) -> Result<Stream, SendError> {
    let stream = dial(shared, resolver, &upstream.origin).await?;
    match upstream.origin.scheme {
        Scheme::Http => Ok(Stream::Plain(stream)),
        Scheme::Https => {
            let name = ServerName::try_from(upstream.server_name.clone()).map_err(|error| {
                SendError::Tls(io::Error::new(io::ErrorKind::InvalidInput, error))
            })?;
            let config = match upstream.protocol {
                Protocol::Http1 => &shared.tls.http1,
                Protocol::Http2 => &shared.tls.http2,
            };
            let connector = TlsConnector::from(config.clone());
            let stream = connector.connect(name, stream).await.map_err(SendError::Tls)?;
            if upstream.protocol == Protocol::Http2
                && stream.get_ref().1.alpn_protocol() != Some(tls::ALPN_HTTP2)
            {
                return Err(SendError::NotHttp2);
            }
            Ok(Stream::Layered(Box::new(stream)))
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
