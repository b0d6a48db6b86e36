//! Why an answer is refused.

/// What came from an upstream is no answer that all would read alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not an HTTP/1.x status line, or a header that is none.
    #[error("the head is not HTTP/1.1")]
    Head(#[source] httparse::Error),
    /// A status below 100, or no status line at the very beginning.
    #[error("the status line is not HTTP/1.1")]
    StatusLine,
    /// A line that ends with LF alone.
    #[error("a line ends without CR")]
    BareLineFeed,
    /// More bytes than a head may have.
    #[error("the head is too large")]
    HeadTooLarge,
    /// More 1xx answers than are taken.
    #[error("too many 1xx answers")]
    TooManyInterimAnswers,
    /// 101, or 2xx to CONNECT, which nobody asked for.
    #[error("the upstream changes the protocol")]
    ProtocolChange,
    /// A `Content-Length` that is not one number, or more than one.
    #[error("content-length is not one number")]
    ContentLength,
    /// A `Transfer-Encoding` other than `chunked`, or one of HTTP/1.0.
    #[error("transfer-encoding is not chunked")]
    TransferEncoding,
    /// Both of them.
    #[error("both content-length and transfer-encoding")]
    AmbiguousFraming,
    /// The line before a chunk.
    #[error("a chunk's size cannot be read")]
    ChunkSize,
    /// The line end behind a chunk.
    #[error("a chunk does not end where it should")]
    ChunkEnd,
    /// More bytes of chunk extensions than are taken.
    #[error("too many bytes of chunk extensions")]
    ChunkExtensions,
    /// Trailers that are no headers, or too many.
    #[error("the trailers cannot be read")]
    Trailers,
}
