//! Accepting connections and serving them until told to stop.

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::answer::Caller;
use crate::linger::linger;
use crate::protocol::Protocol;
use crate::socket::Socket;
use crate::sweeper::{End, Sweeper, TICK, Watched};
use crate::{Listener, Options, Service, http1, http2};

/// Whether all requests had ended when serving did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// All.
    Whole,
    /// The drain timeout ended this many connections.
    Cut(usize),
}

/// Serves a listener's connections until `shutdown` turns true, then lets requests end. Runs on
/// a local runtime.
///
/// # Errors
///
/// When the listener cannot be used at all; a connection that cannot be accepted is logged.
pub async fn serve<S: Service + 'static>(
    listener: Listener,
    service: Rc<S>,
    options: &Options,
    body_bytes_max: u64,
    mut shutdown: watch::Receiver<bool>,
) -> std::io::Result<Drained> {
    let listener = listener.into_tokio()?;
    let sweeper = Sweeper::new(options);
    let settings = Rc::new(Settings { http1: http1::builder(), options: options.clone() });
    let mut connections = JoinSet::new();
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    loop {
        let room = connections.len() < options.connections_per_thread_max;
        tokio::select! {
            biased;
            _ = shutdown.wait_for(|stop| *stop) => break,
            _ = ticks.tick() => sweeper.sweep(),
            Some(ended) = connections.join_next() => log_panic(ended),
            accepted = listener.accept(), if room => match accepted {
                Ok((stream, peer)) => {
                    let caller = Caller { service: service.clone(), peer, body_bytes_max };
                    let work = run(stream, caller, sweeper.connection(), settings.clone());
                    connections.spawn_local(work);
                }
                Err(error) => {
                    // Out of descriptors, mostly: others have to end first.
                    tracing::warn!(%error, "connection not accepted");
                    tokio::time::sleep(TICK).await;
                }
            },
        }
    }
    // Closed first: what has not been accepted yet goes to another replica.
    drop(listener);
    drain(&sweeper, connections, Duration::from_millis(options.drain_timeout_ms)).await
}

/// How connections are served.
struct Settings {
    http1: hyper::server::conn::http1::Builder,
    options: Options,
}

async fn drain(
    sweeper: &Sweeper,
    mut connections: JoinSet<()>,
    timeout: Duration,
) -> std::io::Result<Drained> {
    sweeper.end_all(End::Gracefully);
    let mut ticks = tokio::time::interval(TICK);
    let mut deadline = pin!(tokio::time::sleep(timeout));
    while !connections.is_empty() {
        tokio::select! {
            Some(ended) = connections.join_next() => log_panic(ended),
            _ = ticks.tick() => sweeper.sweep(),
            () = &mut deadline => return Ok(Drained::Cut(connections.len())),
        }
    }
    Ok(Drained::Whole)
}

/// A panic is a bug, and costs the connection (on HTTP/2 the stream) it happened on, nothing else.
pub(crate) fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a request panicked");
    }
}

/// One connection, from its first byte to its last.
async fn run<S: Service + 'static>(
    mut stream: TcpStream,
    caller: Caller<S>,
    watched: Rc<Watched>,
    settings: Rc<Settings>,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let detected = unless(&watched, End::Gracefully, Protocol::detect(&mut stream)).await;
    let Some(Ok(Some((protocol, first)))) = detected else {
        return;
    };
    let caller = Rc::new(caller);
    let is_unfinished = match protocol {
        Protocol::Http2 if settings.options.http2_concurrent_streams_max > 0 => {
            // Boxed, since it is large, and most connections are not.
            let stream = (&mut stream, first);
            Box::pin(http2::serve(&settings.options, stream, caller, watched.clone())).await
        }
        Protocol::Http1 | Protocol::Http2 => {
            let socket = Socket::new(&mut stream, first, watched.clone());
            http1::serve(&settings.http1, socket, caller, watched.clone()).await
        }
    };
    if is_unfinished
        && let Some(Err(error)) = unless(&watched, End::Now, linger(&mut stream, &watched)).await
    {
        tracing::debug!(%error, "connection ended");
    }
}

/// What work comes to, unless the connection shall end before; `how` much it has to be asked for.
async fn unless<F: Future>(watched: &Watched, how: End, work: F) -> Option<F::Output> {
    let mut work = pin!(work);
    let done = poll_fn(|cx| {
        watched.watch(cx.waker());
        if watched.end() >= how {
            return Poll::Ready(None);
        }
        work.as_mut().poll(cx).map(Some)
    });
    done.await
}
