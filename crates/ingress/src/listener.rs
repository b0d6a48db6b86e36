//! Listening sockets.

use std::io;
use std::net::{SocketAddr, TcpListener};

use socket2::{Domain, Protocol, Socket, Type};

/// A socket that listens, not yet tied to a thread.
#[derive(Debug)]
pub struct Listener(TcpListener);

/// Connections the kernel holds for us while a thread is busy.
const BACKLOG: i32 = 4096;

impl Listener {
    /// Sockets on one address, a socket per thread: the kernel spreads connections over them, and
    /// no thread takes another's. Port 0 picks a free port, the same for all.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound.
    pub fn bind(address: SocketAddr, threads: usize) -> io::Result<Vec<Self>> {
        let first = bind(address, threads > 1)?;
        let address = first.local_addr()?;
        let mut listeners = vec![Self(first)];
        for _ in 1..threads {
            listeners.push(Self(bind(address, true)?));
        }
        Ok(listeners)
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// When the operating system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.0.local_addr()
    }

    pub(crate) fn into_tokio(self) -> io::Result<tokio::net::TcpListener> {
        tokio::net::TcpListener::from_std(self.0)
    }
}

fn bind(address: SocketAddr, shared: bool) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    // Only where it is needed: with it, a second process could take half of the traffic.
    #[cfg(unix)]
    socket.set_reuse_port(shared)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket.into())
}
