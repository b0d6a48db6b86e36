//! Listening sockets.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::task::{Context, Poll};

use socket2::{Domain, Protocol, Socket, Type};

use crate::Tls;

/// A socket that listens, not yet tied to a thread.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    tls: Option<Tls>,
}

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
        let mut listeners = vec![Self { socket: first, tls: None }];
        for _ in 1..threads {
            listeners.push(Self { socket: bind(address, true)?, tls: None });
        }
        Ok(listeners)
    }

    /// Where it listens.
    ///
    /// # Errors
    ///
    /// When the operating system does not say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The same, for clients that speak TLS, and no others.
    #[must_use]
    pub fn with_tls(self, tls: Tls) -> Self {
        Self { tls: Some(tls), ..self }
    }

    fn into_tokio(self) -> io::Result<(tokio::net::TcpListener, Option<Rc<Tls>>)> {
        Ok((tokio::net::TcpListener::from_std(self.socket)?, self.tls.map(Rc::new)))
    }
}

/// The listeners of a thread.
pub(crate) struct Listeners {
    sockets: Vec<(tokio::net::TcpListener, Option<Rc<Tls>>)>,
    /// Which is asked first. They take turns, so that none starves the others.
    turn: usize,
}

/// A connection, whence it came, and what it has to speak.
pub(crate) type Accepted = (tokio::net::TcpStream, SocketAddr, Option<Rc<Tls>>);

impl Listeners {
    pub(crate) fn new(listeners: Vec<Listener>) -> io::Result<Self> {
        let sockets = listeners.into_iter().map(Listener::into_tokio).collect::<Result<_, _>>()?;
        Ok(Self { sockets, turn: 0 })
    }

    pub(crate) fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        let count = self.sockets.len();
        for number in (self.turn..count).chain(0..self.turn) {
            let (socket, tls) = &self.sockets[number];
            if let Poll::Ready(accepted) = socket.poll_accept(cx) {
                self.turn = (number + 1) % count;
                return Poll::Ready(accepted.map(|(stream, peer)| (stream, peer, tls.clone())));
            }
        }
        Poll::Pending
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
