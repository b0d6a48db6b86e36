//! One connection to an upstream, and what has been read from it.

use std::io;
use std::task::{Context, Poll};

use bytes::BytesMut;

use super::Stream;
use crate::connector::Counted;

/// An open connection. Dropped, it is closed.
pub(crate) struct Connection {
    pub(crate) stream: Stream,
    /// Read, and not yet taken.
    pub(crate) buffer: BytesMut,
    _counted: Counted,
}

/// Room for a head and the beginning of a body.
const READ_BYTES: usize = 8 * 1024;
/// Below this, a read makes room first.
const READ_BYTES_MIN: usize = 2 * 1024;
/// Room made for a body that is known to be long.
const READ_BYTES_MAX: usize = 64 * 1024;

impl Connection {
    pub(crate) fn new((stream, counted): (Stream, Counted)) -> Self {
        Self { stream, buffer: BytesMut::new(), _counted: counted }
    }

    /// Reads more; how many bytes, which is none at the end of the stream. `expected` is how many
    /// are known to come.
    pub(crate) fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        expected: u64,
    ) -> Poll<io::Result<usize>> {
        let room = self.buffer.capacity() - self.buffer.len();
        let expected = usize::try_from(expected).unwrap_or(usize::MAX).min(READ_BYTES_MAX);
        if room < READ_BYTES_MIN.max(expected) {
            // Takes the old room again once nobody holds a slice of it, which is the usual case.
            self.buffer.reserve(READ_BYTES.max(expected));
        }
        self.stream.poll_read(cx, &mut self.buffer)
    }

    /// Whether a connection that is not in use can be used: open, and nothing has come that nobody
    /// asked for.
    pub(crate) fn is_usable(&mut self) -> bool {
        self.buffer.is_empty() && self.stream.is_silent()
    }

    /// Gives up the room of a long body before the connection is put aside.
    pub(crate) fn shrink(&mut self) {
        if self.buffer.capacity() > 2 * READ_BYTES {
            self.buffer = BytesMut::new();
        }
    }
}
