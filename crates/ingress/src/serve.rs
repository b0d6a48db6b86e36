//! Accepting connections and serving them until told to stop.

use std::cell::Cell;
use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::connection::{Connection, End, Phase, TICK, Thread};
use crate::guarded_stream::GuardedStream;
use crate::head_scanner::HeadFault;
use crate::response_body::ResponseBody;
use crate::{Listener, Options, RequestBody, Service, refusal};

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
    let thread = Thread::new(options);
    let mut connections = JoinSet::new();
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
    let mut http = http1::Builder::new();
    // One send for head and small body (performance.md 9).
    http.writev(false).max_buf_size(READ_BUFFER_BYTES_MAX).half_close(false);
    // As API Gateway sends them on HTTP/1.1 (spec/http-api-runtime.md section 3.1).
    http.title_case_headers(true);
    let http = Rc::new(http);
    loop {
        let room = connections.len() < options.connections_per_thread_max;
        tokio::select! {
            biased;
            _ = shutdown.wait_for(|stop| *stop) => break,
            _ = ticks.tick() => thread.sweep(),
            Some(ended) = connections.join_next() => log_panic(ended),
            accepted = listener.accept(), if room => match accepted {
                Ok((stream, peer)) => {
                    let connection = thread.connection();
                    let work = run(stream, peer, connection, service.clone(), http.clone(), body_bytes_max);
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
    drain(&thread, connections, Duration::from_millis(options.drain_timeout_ms)).await
}

/// Room for the largest head and the beginning of a body.
const READ_BUFFER_BYTES_MAX: usize = 64 * 1024;

async fn drain(
    thread: &Thread,
    mut connections: JoinSet<()>,
    timeout: Duration,
) -> std::io::Result<Drained> {
    thread.end_all(End::Gracefully);
    let mut ticks = tokio::time::interval(TICK);
    let mut deadline = pin!(tokio::time::sleep(timeout));
    while !connections.is_empty() {
        tokio::select! {
            Some(ended) = connections.join_next() => log_panic(ended),
            _ = ticks.tick() => thread.sweep(),
            () = &mut deadline => return Ok(Drained::Cut(connections.len())),
        }
    }
    Ok(Drained::Whole)
}

/// A panic is a bug, and costs the connection it happened on, nothing else.
fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "a request panicked");
    }
}

async fn run<S: Service + 'static>(
    stream: TcpStream,
    peer: SocketAddr,
    connection: Rc<Connection>,
    service: Rc<S>,
    http: Rc<http1::Builder>,
    body_bytes_max: u64,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "no TCP_NODELAY");
    }
    let fault = Rc::new(Cell::new(None));
    let io = TokioIo::new(GuardedStream::new(stream, connection.clone(), fault.clone()));
    let answering = connection.clone();
    let answer = hyper::service::service_fn(move |request| {
        answer(service.clone(), request, peer, answering.clone(), fault.take(), body_bytes_max)
    });
    let mut serving = pin!(http.serve_connection(io, answer));
    let mut draining = false;
    let ended = poll_fn(|cx| {
        connection.watch(cx.waker());
        match connection.end() {
            End::Now => return Poll::Ready(Ok(())),
            End::Gracefully if !draining => {
                draining = true;
                serving.as_mut().graceful_shutdown();
            }
            End::Gracefully | End::No => {}
        }
        serving.as_mut().poll(cx)
    });
    if let Err(error) = ended.await {
        tracing::debug!(%peer, %error, "connection ended");
    }
}

async fn answer<S: Service>(
    service: Rc<S>,
    request: Request<Incoming>,
    peer: SocketAddr,
    connection: Rc<Connection>,
    fault: Option<HeadFault>,
    body_bytes_max: u64,
) -> Result<Response<ResponseBody<S::Body>>, Infallible> {
    connection.enter(Phase::Answering);
    connection.answer_pending.set(true);
    if let Some(fault) = fault {
        return Ok(refuse(fault, connection));
    }
    let request = request.map(|body| RequestBody::new(body, body_bytes_max, connection.clone()));
    let response = service.call(request, peer).await;
    connection.enter(Phase::Answering);
    Ok(response.map(|body| ResponseBody::of_service(body, connection)))
}

fn refuse<B>(fault: HeadFault, connection: Rc<Connection>) -> Response<ResponseBody<B>> {
    let (status, message) = refusal::of_head(fault);
    let mut response = Response::new(ResponseBody::refusal(message, connection));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // What follows on this connection cannot be trusted.
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert("apigw-requestid", gatewright_observe::RequestId::generate().header_value());
    response
}
