//! Closing a connection whose client is still sending.
//!
//! A socket that is closed while bytes of the client are unread, or before they come, resets the
//! connection, and the reset can overtake the answer (RFC 9112 section 9.6). So the write side is
//! closed first, and what comes is dropped until the client closes its own: for a bounded time,
//! which is the sweeper's, and a bounded number of bytes.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;

use crate::sweeper::{Phase, Watched};
use crate::tcp::ClientStream;

/// More than a body may have, so that a client which sends its whole body still reads the answer.
const BYTES_MAX: usize = 64 * 1024 * 1024;
const READ_BYTES: usize = 16 * 1024;

/// Ready when the connection can be closed.
pub(crate) async fn linger<T: ClientStream>(stream: &mut T, watched: &Watched) -> io::Result<()> {
    watched.enter(Phase::Closing);
    poll_fn(|cx| Pin::new(&mut *stream).poll_shutdown(cx)).await?;
    // Not decrypted: nobody reads it.
    let socket = stream.socket();
    let mut dropped = vec![0; READ_BYTES];
    let mut left = BYTES_MAX;
    while left > 0 {
        socket.readable().await?;
        match socket.try_read(&mut dropped) {
            Ok(0) => break,
            Ok(count) => left = left.saturating_sub(count),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
