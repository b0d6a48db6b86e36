//! Why an upstream was not reached, or did not answer.

use std::io;
use std::path::PathBuf;

use crate::Malformed;

/// Egress cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// A file cannot be read, or is not PEM.
    #[error("{key}: cannot read {}", path.display())]
    File {
        /// The key that names it.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// The certificates in a file are of no use.
    #[error("{key}: {} cannot be used", path.display())]
    Unusable {
        /// The key that names it.
        key: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rustls::Error,
    },
    /// TLS cannot be set up.
    #[error("TLS towards upstreams")]
    Tls(#[from] rustls::Error),
}

/// A request got no answer.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The upstream's name has no address.
    #[error("the upstream's name cannot be resolved")]
    Resolve(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Every address of the upstream is one that must not be dialled.
    #[error("the upstream's address may not be called (egress.deny)")]
    Denied,
    /// No connection.
    #[error("the upstream cannot be connected")]
    Connect(#[source] io::Error),
    /// No connection in time.
    #[error("the upstream was not connected in time")]
    ConnectTimedOut,
    /// The upstream's certificate or TLS version is not acceptable.
    #[error("TLS with the upstream")]
    Tls(#[source] io::Error),
    /// The upstream is to be called by HTTP/2 (`egress.http2_origins`), and does not offer it.
    #[error("the upstream does not offer HTTP/2 (egress.http2_origins)")]
    NotHttp2,
    /// `Host` cannot stand in the request.
    #[error("the request's Host is not valid")]
    Host(#[source] http::Error),
    /// The head of the answer did not come in time.
    #[error("the upstream did not answer in time")]
    TimedOut,
    /// The request's own body failed; the upstream is not to blame.
    #[error("the request's body failed")]
    RequestBody(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The connection broke, or what came is not HTTP.
    #[error("the upstream's answer is not whole")]
    Broken(#[source] AnswerError),
}

/// An answer did not arrive whole.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The upstream closed the connection before the answer's end.
    #[error("the upstream closed the connection")]
    Closed,
    /// The connection broke.
    #[error("the connection to the upstream broke")]
    Connection(#[source] io::Error),
    /// The upstream reset the HTTP/2 stream, or its connection failed.
    #[error("the upstream's HTTP/2 stream failed")]
    Http2(#[source] hyper::Error),
    /// What came cannot be an answer.
    #[error("the upstream's answer is malformed")]
    Malformed(#[from] Malformed),
}

impl AnswerError {
    /// Whether the connection is gone: by its end, or by a reset, which is what an upstream that
    /// had already closed it answers a request with.
    pub(crate) fn is_closed(&self) -> bool {
        match self {
            Self::Closed => true,
            Self::Connection(error) => matches!(
                error.kind(),
                io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
                    | io::ErrorKind::UnexpectedEof
            ),
            Self::Malformed(_) | Self::Http2(_) => false,
        }
    }
}
