//! A client's socket, watched.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::protocol::FirstBytes;
use crate::sweeper::Watched;

/// Reads the first bytes again, tells the sweeper when the client takes nothing.
///
/// Borrows the stream, which outlives hyper: what comes after it needs it once more (`linger`).
#[derive(Debug)]
pub(crate) struct Socket<'s> {
    stream: &'s mut TcpStream,
    first: FirstBytes,
    watched: Rc<Watched>,
    ended: bool,
}

impl<'s> Socket<'s> {
    pub(crate) fn new(stream: &'s mut TcpStream, first: FirstBytes, watched: Rc<Watched>) -> Self {
        Self { stream, first, watched, ended: false }
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
        let written = Pin::new(&mut *self.stream).poll_write(cx, bytes);
        self.noted(written)
    }

    pub(crate) fn poll_write_vectored(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut *self.stream).poll_write_vectored(cx, bytes);
        self.noted(written)
    }

    fn noted(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match written {
            Poll::Pending => self.watched.write_waits(),
            Poll::Ready(_) => self.watched.write_moved(),
        }
        written
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_flush(cx)
    }

    pub(crate) fn poll_shutdown(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.stream).poll_shutdown(cx)
    }
}
