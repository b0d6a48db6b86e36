//! Ends connections that send frames and ask for nothing.
//!
//! PING, SETTINGS, PRIORITY, RST_STREAM, unknown frames and empty DATA are read, answered and
//! forgotten: each costs little, and there is no end to them (CVE-2019-9512, -9515, -9518). What a
//! client may send of these is measured by what it sends and takes beside them, as nginx does.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::socket::Socket;
use crate::sweeper::Watched;
use crate::tcp::ClientStream;

/// Bytes beside content that any connection may send.
const FREE_BYTES: u64 = 1024 * 1024;
/// And for each tick that it lasts: a kilobyte a second.
const FREE_BYTES_PER_TICK: u64 = 256;
/// One byte more for so many that we have sent: WINDOW_UPDATE belongs to answers.
const SENT_BYTES_PER_FREE_BYTE: u64 = 16;

/// The stream hyper reads from and writes to.
pub(crate) struct FloodGuard<'s, T> {
    socket: Socket<'s, T>,
    watched: Rc<Watched>,
    frames: Frames,
    sent: u64,
    began: u64,
}

impl<'s, T: ClientStream> FloodGuard<'s, T> {
    pub(crate) fn new(socket: Socket<'s, T>, watched: Rc<Watched>) -> Self {
        let began = watched.sweeper().tick();
        Self { socket, watched, frames: Frames::default(), sent: 0, began }
    }

    fn is_flooded(&self) -> bool {
        let ticks = self.watched.sweeper().tick() - self.began;
        let free = FREE_BYTES + ticks * FREE_BYTES_PER_TICK + self.sent / SENT_BYTES_PER_FREE_BYTE;
        self.frames.overhead > free + self.frames.content
    }

    fn noted(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(count)) = written {
            self.sent += count as u64;
        }
        written
    }
}

/// Follows frames through the bytes of a connection (RFC 9113 section 4.1).
#[derive(Debug)]
struct Frames {
    header: [u8; 9],
    filled: usize,
    /// Bytes of a payload still to come.
    left: usize,
    is_content: bool,
    content: u64,
    overhead: u64,
}

impl Default for Frames {
    fn default() -> Self {
        // The preface comes first.
        Self { header: [0; 9], filled: 0, left: 24, is_content: true, content: 0, overhead: 0 }
    }
}

impl Frames {
    fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.left > 0 {
                let count = self.left.min(bytes.len());
                let counter = if self.is_content { &mut self.content } else { &mut self.overhead };
                *counter += count as u64;
                self.left -= count;
                bytes = &bytes[count..];
                continue;
            }
            let count = (self.header.len() - self.filled).min(bytes.len());
            self.header[self.filled..self.filled + count].copy_from_slice(&bytes[..count]);
            self.filled += count;
            bytes = &bytes[count..];
            if self.filled == self.header.len() {
                let [a, b, c, kind, ..] = self.header;
                self.left = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
                // DATA, HEADERS, CONTINUATION.
                self.is_content = matches!(kind, 0x0 | 0x1 | 0x9);
                self.overhead += self.header.len() as u64;
                self.filled = 0;
            }
        }
    }
}

impl<T: ClientStream> AsyncRead for FloodGuard<'_, T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = self.socket.poll_read(cx, buffer);
        if matches!(read, Poll::Ready(Ok(()))) {
            self.frames.feed(&buffer.filled()[before..]);
            if self.is_flooded() {
                self.watched.note_abuse();
            }
        }
        read
    }
}

impl<T: ClientStream> AsyncWrite for FloodGuard<'_, T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.socket.poll_write(cx, bytes);
        self.noted(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.socket.poll_write_vectored(cx, bytes);
        self.noted(written)
    }

    /// A frame's header and its payload go out together.
    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.socket.poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_the_rest_are_told_apart() {
        let preface = [b'x'; 24];
        let data = b"\0\0\x03\0\0\0\0\0\x01abc";
        let ping = b"\0\0\x08\x06\0\0\0\0\0abcdefgh";
        let empty = b"\0\0\0\0\0\0\0\0\x01";
        let bytes = [&preface[..], data, ping, empty].concat();
        for step in [1, 5, 9, bytes.len()] {
            let mut frames = Frames::default();
            bytes.chunks(step).for_each(|part| frames.feed(part));
            assert_eq!((frames.content, frames.overhead), (24 + 3, 9 + 9 + 8 + 9), "by {step}");
        }
    }
}
