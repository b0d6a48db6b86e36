//! A client's socket, watched.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::connection::{Connection, Phase};
use crate::head_scanner::{HeadFault, HeadScanner};
use crate::refusal;

/// The stream hyper reads from and writes to.
#[derive(Debug)]
pub(crate) struct GuardedStream {
    stream: TcpStream,
    connection: Rc<Connection>,
    scanner: HeadScanner,
    fault: Rc<Cell<Option<HeadFault>>>,
    /// Our answer in place of one hyper made by itself, and how much of it is written.
    replacement: Option<(Vec<u8>, usize)>,
}

impl GuardedStream {
    /// Watches a stream; faults of heads appear in `fault`.
    pub(crate) fn new(
        stream: TcpStream,
        connection: Rc<Connection>,
        fault: Rc<Cell<Option<HeadFault>>>,
    ) -> Self {
        Self { stream, connection, scanner: HeadScanner::default(), fault, replacement: None }
    }

    /// Writes our answer; hyper is told that all of its own went out.
    fn poll_replacement(
        &mut self,
        cx: &mut Context<'_>,
        automatic: usize,
    ) -> Poll<io::Result<usize>> {
        let Some((bytes, written)) = &mut self.replacement else {
            return Poll::Ready(Ok(automatic));
        };
        while *written < bytes.len() {
            match Pin::new(&mut self.stream).poll_write(cx, &bytes[*written..]) {
                Poll::Ready(Ok(count)) => *written += count,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    self.connection.write_waits();
                    return Poll::Pending;
                }
            }
        }
        self.replacement = None;
        Poll::Ready(Ok(automatic))
    }
}

impl AsyncRead for GuardedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, buffer);
        if matches!(read, Poll::Ready(Ok(()))) {
            let bytes = &buffer.filled()[before..];
            if !bytes.is_empty() {
                if self.scanner.is_at_head() && self.connection.phase() == Phase::Idle {
                    self.connection.enter(Phase::Head);
                }
                if let Some(fault) = self.scanner.feed(bytes) {
                    self.fault.set(Some(fault));
                }
            }
        }
        read
    }
}

impl AsyncWrite for GuardedStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.replacement.is_some() {
            return self.poll_replacement(cx, bytes.len());
        }
        // No service was asked and yet there is an answer: hyper refuses what it cannot parse.
        let unasked = matches!(self.connection.phase(), Phase::Head | Phase::Idle)
            && !self.connection.answer_pending.get();
        if unasked && bytes.starts_with(b"HTTP/1.") {
            self.replacement = Some((refusal::in_place_of(bytes), 0));
            return self.poll_replacement(cx, bytes.len());
        }
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        match written {
            Poll::Pending => self.connection.write_waits(),
            Poll::Ready(_) => self.connection.write_moved(),
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        // Between requests: everything that was answered is out.
        let between = matches!(self.connection.phase(), Phase::Idle | Phase::Head);
        if flushed.is_ready() && between {
            self.connection.answer_pending.set(false);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
