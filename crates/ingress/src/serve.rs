//! Accepting connections and serving them until told to stop.

use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use gatewright_observe::HandshakeOutcome;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::answer::Caller;
use crate::linger::linger;
use crate::listener::Listeners;
use crate::protocol::{FirstBytes, Protocol};
use crate::proxy_protocol::{self, Announced};
use crate::socket::Socket;
use crate::sweeper::{End, Phase, Sweeper, TICK, Watched};
use crate::tcp::{ClientStream, Tcp};
use crate::tls::{HandshakeFailure, Handshaken, Tls};
use crate::trusted_proxies::TrustedProxies;
use crate::{Listener, Options, Peer, Service, Transport, http1, http2};

/// Whether all requests had ended when serving did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drained {
    /// All.
    Whole,
    /// The drain timeout ended this many connections.
    Cut(usize),
}

/// Serves the connections of a thread's listeners until `shutdown` turns true, then lets requests end. Runs on
/// a local runtime.
///
/// # Errors
///
/// When a listener cannot be used at all; a connection that cannot be accepted is logged.
pub async fn serve<S: Service + 'static>(
    listeners: Vec<Listener>,
    service: Rc<S>,
    options: &Options,
    body_bytes_max: u64,
    mut shutdown: watch::Receiver<bool>,
) -> std::io::Result<Drained> {
    let mut listeners = Listeners::new(listeners)?;
    let sweeper = Sweeper::new(options);
    let settings = Rc::new(Settings {
        http1: http1::builder(),
        proxies: TrustedProxies::new(options),
        options: options.clone(),
    });
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
            accepted = poll_fn(|cx| listeners.poll_accept(cx)), if room => match accepted {
                Ok((stream, address, tls)) => {
                    let transport = if tls.is_some() { Transport::Tls } else { Transport::Plain };
                    let peer = Rc::new(Peer::direct(address, transport));
                    let proxies = settings.proxies.including(peer.address.ip());
                    let announced = options.proxy_protocol && proxies.is_some();
                    let caller = Caller { service: service.clone(), peer, proxies, body_bytes_max };
                    let watched = sweeper.connection();
                    let stream = Tcp::new(stream, watched.clone());
                    let settings = settings.clone();
                    match tls {
                        tls if announced => {
                            connections.spawn_local(run_announced(stream, tls, caller, watched, settings))
                        }
                        None => connections.spawn_local(run(stream, caller, watched, settings)),
                        Some(tls) => {
                            connections.spawn_local(run_tls(stream, tls, caller, watched, settings))
                        }
                    };
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
    drop(listeners);
    drain(&sweeper, connections, Duration::from_millis(options.drain_timeout_ms)).await
}

/// How connections are served.
struct Settings {
    http1: hyper::server::conn::http1::Builder,
    proxies: Rc<TrustedProxies>,
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

/// One connection of a trusted proxy, which first says whose it is.
async fn run_announced<S: Service + 'static>(
    mut stream: Tcp,
    tls: Option<Rc<Tls>>,
    mut caller: Caller<S>,
    watched: Rc<Watched>,
    settings: Rc<Settings>,
) {
    watched.enter(Phase::Handshake);
    let proxy = caller.peer.address;
    match unless(&watched, End::Gracefully, proxy_protocol::read(&mut stream)).await {
        Some(Ok(Announced::Client(address))) => {
            caller.peer = Rc::new(Peer::direct(address, caller.peer.transport));
            caller.proxies = settings.proxies.including(caller.peer.address.ip());
        }
        // Somebody whom the proxy does not know: what they say of others is not the proxy's word.
        Some(Ok(Announced::Unknown)) => caller.proxies = None,
        Some(Ok(Announced::Proxy)) => {}
        Some(Err(error)) => return tracing::debug!(%proxy, %error, "proxy's connection closed"),
        None if watched.end() == End::Now => {
            return tracing::debug!(%proxy, "PROXY protocol header took too long");
        }
        None => return,
    }
    match tls {
        None => {
            watched.enter(Phase::Head);
            run(stream, caller, watched, settings).await;
        }
        Some(tls) => run_tls(stream, tls, caller, watched, settings).await,
    }
}

/// One connection, from its first byte to its last.
async fn run<S: Service + 'static>(
    mut stream: Tcp,
    caller: Caller<S>,
    watched: Rc<Watched>,
    settings: Rc<Settings>,
) {
    let detected = unless(&watched, End::Gracefully, Protocol::detect(&mut stream)).await;
    if let Some(Ok(Some(spoken))) = detected {
        converse(&mut stream, spoken, caller, &watched, &settings).await;
    }
}

/// One connection that begins with a TLS handshake.
async fn run_tls<S: Service + 'static>(
    stream: Tcp,
    tls: Rc<Tls>,
    mut caller: Caller<S>,
    watched: Rc<Watched>,
    settings: Rc<Settings>,
) {
    watched.enter(Phase::Handshake);
    let address = caller.peer.address;
    // Boxed, since it is large, and over soon.
    let shaken = unless(&watched, End::Gracefully, Box::pin(tls.negotiate(stream))).await;
    match shaken {
        Some(Ok(None)) => {}
        Some(Ok(Some(Handshaken { mut stream, protocol, client }))) => {
            watched.enter(Phase::Head);
            Rc::make_mut(&mut caller.peer).verified = client.map(Rc::new);
            let spoken = (protocol, FirstBytes::default());
            converse(&mut stream, spoken, caller, &watched, &settings).await;
        }
        Some(Err(failure)) => {
            let HandshakeFailure { outcome, error, stream } = failure;
            tls.count(outcome);
            tracing::debug!(peer = %address, %error, ?outcome, "TLS handshake failed");
            // So that the client reads the alert that says why.
            if let Some(mut stream) = stream {
                close(&mut stream, &watched).await;
            }
        }
        None if watched.end() == End::Now => {
            tls.count(HandshakeOutcome::TimedOut);
            tracing::debug!(peer = %address, "TLS handshake took too long");
        }
        None => {}
    }
}

/// Requests and answers, until one side closes.
async fn converse<S: Service + 'static, T: ClientStream>(
    stream: &mut T,
    (protocol, first): (Protocol, FirstBytes),
    caller: Caller<S>,
    watched: &Rc<Watched>,
    settings: &Settings,
) {
    let caller = Rc::new(caller);
    let is_unfinished = match protocol {
        Protocol::Http2 if settings.options.http2_concurrent_streams_max > 0 => {
            // Boxed, since it is large, and most connections are not.
            let stream = (&mut *stream, first);
            Box::pin(http2::serve(&settings.options, stream, caller, watched.clone())).await
        }
        Protocol::Http1 | Protocol::Http2 => {
            let socket = Socket::new(&mut *stream, first);
            http1::serve(&settings.http1, socket, caller, watched.clone()).await
        }
    };
    if is_unfinished {
        close(stream, watched).await;
    }
}

/// Closes a connection whose client may still be sending.
async fn close<T: ClientStream>(stream: &mut T, watched: &Watched) {
    if let Some(Err(error)) = unless(watched, End::Now, linger(stream, watched)).await {
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
