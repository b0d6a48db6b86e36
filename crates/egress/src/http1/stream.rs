//! The bytes of a connection.

use std::future::Future;
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::net::TcpStream;

/// A socket, or what is layered on one.
pub(crate) enum Stream {
    /// Plain HTTP.
    Plain(TcpStream),
    /// HTTP over TLS.
    Layered(Box<dyn Layer>),
}

/// What can stand on a socket.
pub(crate) trait Layer: AsyncRead + AsyncWrite + Unpin {}

impl<S: AsyncRead + AsyncWrite + Unpin> Layer for S {}

impl Stream {
    /// For a protocol that moves its bytes itself.
    pub(crate) fn into_layer(self) -> Box<dyn Layer> {
        match self {
            Self::Plain(stream) => Box::new(stream),
            Self::Layered(stream) => stream,
        }
    }

    /// Reads what is there, at most the buffer's spare room; nothing at the end of the stream.
    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut BytesMut,
    ) -> Poll<io::Result<usize>> {
        // Not `try_read`: a read that empties the socket is remembered only by this one, which
        // saves the next read's system call.
        match self {
            Self::Plain(stream) => pin!(stream.read_buf(buffer)).poll(cx),
            Self::Layered(stream) => pin!(stream.read_buf(buffer)).poll(cx),
        }
    }

    /// Writes some of the bytes, at least one.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = match self {
            // Sockets mostly take what they are given, and then nobody need be woken.
            Self::Plain(stream) => match stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    Pin::new(stream).poll_write(cx, bytes)
                }
                done => Poll::Ready(done),
            },
            Self::Layered(stream) => Pin::new(stream).poll_write(cx, bytes),
        };
        match written {
            Poll::Ready(Ok(0)) => Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
            written => written,
        }
    }

    /// Sends what a layer still holds.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self {
            Self::Plain(_) => Poll::Ready(Ok(())),
            Self::Layered(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    /// Whether an unused stream is neither closed nor has anything to say. Costs no system call
    /// on a socket that has seen no event since it was last emptied.
    pub(crate) fn is_silent(&mut self) -> bool {
        match self {
            Self::Plain(stream) => {
                let read = stream.try_read(&mut [0]);
                matches!(read, Err(error) if error.kind() == io::ErrorKind::WouldBlock)
            }
            // TLS has affairs of its own (session tickets), which this lets it tend to.
            Self::Layered(stream) => {
                let mut byte = [0];
                let read =
                    pin!(stream.read(&mut byte)).poll(&mut Context::from_waker(Waker::noop()));
                read.is_pending()
            }
        }
    }
}
