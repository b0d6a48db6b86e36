//! A client's socket as hyper sees it, with the scanner in front and our own refusals behind.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::head_scanner::HeadScanner;
use crate::refusal::{self, HeadFault};
use crate::socket::Socket;
use crate::sweeper::{Phase, Watched};
use crate::tcp::ClientStream;

/// What is known of a connection's requests beside hyper.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// A fault of the head that hyper parses next.
    pub(crate) fault: Cell<Option<HeadFault>>,
    /// At the end: whether the client may still be sending.
    pub(crate) is_unfinished: Cell<bool>,
}

/// The stream hyper reads from and writes to.
#[derive(Debug)]
pub(crate) struct GuardedStream<'s, T: ClientStream> {
    socket: Socket<'s, T>,
    watched: Rc<Watched>,
    scanner: HeadScanner,
    seen: Rc<Seen>,
    /// Our answer in place of one hyper made by itself, and how much of it is written.
    replacement: Option<(Vec<u8>, usize)>,
    /// What follows a refused head is not looked at.
    refused: bool,
}

impl<'s, T: ClientStream> GuardedStream<'s, T> {
    pub(crate) fn new(socket: Socket<'s, T>, watched: Rc<Watched>, seen: Rc<Seen>) -> Self {
        let scanner = HeadScanner::default();
        Self { socket, watched, scanner, seen, replacement: None, refused: false }
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
            *written += ready!(self.socket.poll_write(cx, &bytes[*written..]))?;
        }
        self.replacement = None;
        Poll::Ready(Ok(automatic))
    }
}

impl<T: ClientStream> AsyncRead for GuardedStream<'_, T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = self.socket.poll_read(cx, buffer);
        if matches!(read, Poll::Ready(Ok(()))) {
            let bytes = &buffer.filled()[before..];
            if !bytes.is_empty() {
                if self.scanner.is_at_head() && self.watched.phase() == Phase::Idle {
                    self.watched.enter(Phase::Head);
                }
                if let Some(fault) = self.scanner.feed(bytes) {
                    self.refused = true;
                    self.seen.fault.set(Some(fault));
                }
            }
        }
        read
    }
}

impl<T: ClientStream> AsyncWrite for GuardedStream<'_, T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.replacement.is_some() {
            return self.poll_replacement(cx, bytes.len());
        }
        // No service was asked and yet there is an answer: hyper refuses what it cannot parse.
        let unasked = matches!(self.watched.phase(), Phase::Head | Phase::Idle)
            && !self.watched.answer_pending.get();
        if unasked && bytes.starts_with(b"HTTP/1.") {
            self.refused = true;
            self.replacement = Some((refusal::in_place_of(bytes), 0));
            return self.poll_replacement(cx, bytes.len());
        }
        self.socket.poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = self.socket.poll_flush(cx);
        // Between requests: everything that was answered is out.
        let between = matches!(self.watched.phase(), Phase::Idle | Phase::Head);
        if flushed.is_ready() && between {
            self.watched.answer_pending.set(false);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_shutdown(cx)
    }
}

impl<T: ClientStream> Drop for GuardedStream<'_, T> {
    fn drop(&mut self) {
        let sending = self.refused || self.scanner.is_inside();
        self.seen.is_unfinished.set(sending && !self.socket.has_ended());
    }
}
