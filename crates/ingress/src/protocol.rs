//! Which protocol a connection speaks.
//!
//! HTTP/2 without TLS begins with 24 bytes that no HTTP/1.1 request begins with (RFC 9113 section
//! 3.4). What is read to find out is what hyper would have read first, and goes to it: a connection
//! costs no system call more. Where TLS has negotiated a protocol, nothing has to be found out.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;

use tokio::io::{AsyncRead, ReadBuf};

use crate::tcp::{ClientStream, Tcp};

/// What a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Http1,
    Http2,
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// As much as hyper reads first.
const FIRST_BYTES_MAX: usize = 8 * 1024;

impl Protocol {
    /// Reads as much as it takes to know; none when the client goes away before.
    pub(crate) async fn detect(stream: &mut Tcp) -> io::Result<Option<(Self, FirstBytes)>> {
        let mut bytes = Vec::new();
        loop {
            let before = bytes.len();
            poll_fn(|cx| poll_fill(stream, cx, &mut bytes)).await?;
            if bytes.len() == before {
                return Ok(None);
            }
            if let Some(protocol) = Self::of(&bytes) {
                return Ok(Some((protocol, FirstBytes { bytes, taken: 0 })));
            }
        }
    }

    /// None while it may be either.
    fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(PREFACE) {
            return Some(Self::Http2);
        }
        (!PREFACE.starts_with(bytes)).then_some(Self::Http1)
    }
}

/// Reads once. The room is made when there is something to read: a connection that sends nothing
/// holds none.
fn poll_fill(
    stream: &mut Tcp,
    cx: &mut std::task::Context<'_>,
    bytes: &mut Vec<u8>,
) -> std::task::Poll<io::Result<()>> {
    std::task::ready!(stream.socket().poll_read_ready(cx))?;
    let before = bytes.len();
    bytes.resize(before + FIRST_BYTES_MAX, 0);
    let mut buffer = ReadBuf::new(&mut bytes[before..]);
    let read = Pin::new(stream).poll_read(cx, &mut buffer);
    let filled = buffer.filled().len();
    bytes.truncate(before + filled);
    read
}

/// What was read to know the protocol.
#[derive(Debug, Default)]
pub(crate) struct FirstBytes {
    bytes: Vec<u8>,
    taken: usize,
}

impl FirstBytes {
    /// Moves what there is into a buffer; whether there was something.
    pub(crate) fn take_into(&mut self, buffer: &mut ReadBuf<'_>) -> bool {
        if self.bytes.is_empty() {
            return false;
        }
        let rest = &self.bytes[self.taken..];
        let count = rest.len().min(buffer.remaining());
        buffer.put_slice(&rest[..count]);
        self.taken += count;
        if self.taken == self.bytes.len() {
            self.bytes = Vec::new();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preface_decides() {
        for end in 1..PREFACE.len() {
            assert_eq!(Protocol::of(&PREFACE[..end]), None);
            let mut other = PREFACE[..end].to_vec();
            other[end - 1] ^= 1;
            assert_eq!(Protocol::of(&other), Some(Protocol::Http1));
        }
        assert_eq!(Protocol::of(PREFACE), Some(Protocol::Http2));
        assert_eq!(Protocol::of(&[PREFACE, b"x"].concat()), Some(Protocol::Http2));
        assert_eq!(Protocol::of(b"POST / HTTP/1.1\r\n"), Some(Protocol::Http1));
    }

    #[test]
    fn first_bytes_are_read_once_and_whole() {
        let mut first = FirstBytes { bytes: b"abcde".to_vec(), taken: 0 };
        let mut seen = Vec::new();
        loop {
            let mut room = [0; 2];
            let mut buffer = ReadBuf::new(&mut room);
            if !first.take_into(&mut buffer) {
                break;
            }
            seen.extend_from_slice(buffer.filled());
        }
        assert_eq!(seen, b"abcde");
    }
}
