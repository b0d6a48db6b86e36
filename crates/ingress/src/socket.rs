//! A client's connection as the protocols read and write it.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::ReadBuf;

use crate::protocol::FirstBytes;
use crate::tcp::ClientStream;

/// Reads the first bytes again, and knows when the client has closed.
///
/// Borrows the stream, which outlives hyper: what comes after it needs it once more (`linger`).
#[derive(Debug)]
pub(crate) struct Socket<'s, T> {
    stream: &'s mut T,
    first: FirstBytes,
    ended: bool,
}

impl<'s, T: ClientStream> Socket<'s, T> {
    pub(crate) fn new(stream: &'s mut T, first: FirstBytes) -> Self {
        Self { stream, first, ended: false }
    }

    /// Whether the client has closed its side.
    pub(crate) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(crate) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.first.take_into(buffer) {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut *self.stream).poll_read(cx, buffer);
        match &read {
            Poll::Ready(Ok(())) => self.ended = buffer.filled().len() == before,
            Poll::Ready(Err(_)) => self.ended = true,
            Poll::Pending => {}
        }
        read
    }

    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write(cx, bytes)
    }

    pub(crate) fn poll_write_vectored(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.stream).poll_write_vectored(cx, bytes)
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(cx)
    }

    pub(crate) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(cx)
    }
}
