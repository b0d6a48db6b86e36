//! HTTP/2 (RFC 9113), by prior knowledge or by ALPN: hyper and h2, with bounds on all that a client can make
//! us hold or do.
//!
//! The connection is watched as one of HTTP/1.1 is: its first request has to come soon, and without
//! an open stream it is idle. Each stream is watched by itself (`streams`), and reset when its
//! client does not give or take. h2 answers rapid resets and floods of CONTINUATION and small DATA
//! frames with GOAWAY, ENHANCE_YOUR_CALM; `flood_guard` does so with frames that bring nothing.

mod flood_guard;
mod head;
mod paced_body;
mod streams;

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;

use gatewright_types::limits;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::{Method, Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http2::Builder;
use hyper_util::rt::TokioIo;

use crate::answer::Caller;
use crate::protocol::FirstBytes;
use crate::socket::Socket;
use crate::sweeper::{End, Watched};
use crate::tcp::ClientStream;
use crate::{Options, Service};
use flood_guard::FloodGuard;
use paced_body::PacedBody;
use streams::{Spawner, Stream, Streams};

/// Bytes of a request's body that a client may send before somebody takes them.
const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
/// The same over all streams of a connection.
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// Bytes of an answer that are waiting for the client, for each stream.
const SEND_BUFFER_BYTES_MAX: usize = 64 * 1024;
/// As RFC 9113 section 6.5.2 counts, which is 32 for each field above its bytes. Up to here we answer
/// 431 ourselves; h2 does beyond, in fewer words.
const HEADER_LIST_BYTES_MAX: u32 = 4 * limits::REQUEST_HEAD_BYTES_MAX as u32;
/// Streams that were reset before we had looked at them.
const PENDING_RESETS_MAX: usize = 20;
/// Streams that h2 itself has reset, since their frames were wrong.
const OWN_RESETS_MAX: usize = 128;

/// GOAWAY, ENHANCE_YOUR_CALM, for any stream (RFC 9113 section 6.8).
const GO_AWAY: &[u8] = b"\0\0\x08\x07\0\0\0\0\0\x7f\xff\xff\xff\0\0\0\x0b";

/// Serves a connection until it ends; whether the client may still be sending then.
pub(crate) async fn serve<S: Service + 'static, T: ClientStream>(
    options: &Options,
    (stream, first): (&mut T, FirstBytes),
    caller: Rc<Caller<S>>,
    watched: Rc<Watched>,
) -> bool {
    let streams = Streams::new(watched.clone());
    let tasks = Rc::default();
    let spawner = Spawner::new(&tasks);
    let socket = Socket::new(&mut *stream, first);
    let io = TokioIo::new(FloodGuard::new(socket, watched.clone()));
    let peer = caller.peer.address;
    let answer = {
        let (streams, spawner) = (streams.clone(), spawner.clone());
        hyper::service::service_fn(move |request| {
            let stream = streams.open();
            spawner.next(stream.watched().clone());
            answer(caller.clone(), request, stream)
        })
    };
    let mut failed = false;
    {
        let mut serving = pin!(builder(options, spawner).serve_connection(io, answer));
        let mut draining = false;
        let ended = poll_fn(|cx| {
            watched.watch(cx.waker());
            match watched.end() {
                End::Now => return Poll::Ready(Ok(())),
                _ if watched.is_abused() => return Poll::Ready(Ok(())),
                End::Gracefully if !draining => {
                    draining = true;
                    serving.as_mut().graceful_shutdown();
                }
                End::Gracefully | End::No => {}
            }
            let served = serving.as_mut().poll(cx);
            streams::join_ended(&tasks);
            served
        });
        if let Err(error) = ended.await {
            tracing::debug!(%peer, %error, "connection ended");
            failed = true;
        }
    }
    if watched.is_abused() {
        tracing::debug!(%peer, "HTTP/2 connection ended: it asks for work and takes none");
        // hyper has no words for it. Not waited for: who floods may not read either.
        let said = poll_fn(|cx| Poll::Ready(Pin::new(&mut *stream).poll_write(cx, GO_AWAY)));
        drop(said.await);
    }
    failed || watched.is_abused()
}

fn builder(options: &Options, spawner: Spawner) -> Builder<Spawner> {
    let mut builder = Builder::new(spawner);
    builder
        .max_concurrent_streams(options.http2_concurrent_streams_max)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_send_buf_size(SEND_BUFFER_BYTES_MAX)
        .max_header_list_size(HEADER_LIST_BYTES_MAX)
        .max_pending_accept_reset_streams(PENDING_RESETS_MAX)
        .max_local_error_reset_streams(OWN_RESETS_MAX);
    builder
}

async fn answer<S: Service>(
    caller: Rc<Caller<S>>,
    mut request: Request<Incoming>,
    mut stream: Stream,
) -> Result<Response<PacedBody<S::Body>>, Infallible> {
    let fault = head::settle(&mut request).err();
    let is_head = *request.method() == Method::HEAD;
    let mut response = caller.answer(request, fault, stream.watched().clone()).await;
    stream.note_answered();
    if is_head && !response.body().is_end_stream() {
        // hyper would send the body.
        if let Some(length) = response.body().size_hint().exact() {
            response.headers_mut().entry(CONTENT_LENGTH).or_insert(HeaderValue::from(length));
        }
        return Ok(response.map(|_| PacedBody::nothing(stream)));
    }
    Ok(response.map(|body| PacedBody::new(body, stream)))
}
