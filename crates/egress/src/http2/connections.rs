//! One thread's connections, and the requests on them.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::error::Error;
use std::io;
use std::rc::Rc;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use gatewright_types::limits;
use http::Response;
use http_body::Body;
use hyper::client::conn::http2::{Builder, SendRequest};
use hyper::rt::Executor;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::Mutex;

use super::sent_body::SentBody;
use super::{AnswerBody, Http2Request};
use crate::egress::Shared;
use crate::resolver::Resolver;
use crate::{AnswerError, SendError, Upstream, connector};

/// Bytes of an answer that may come before somebody takes them.
const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
/// The same over all streams of a connection.
const CONNECTION_WINDOW_BYTES: u32 = 1024 * 1024;
/// How often a connection with open streams is asked whether it is still there, and how long its
/// answer is waited for.
const PING_INTERVAL: Duration = Duration::from_secs(10);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// The connections of one thread, one for each upstream.
pub(crate) struct Connections<B>(RefCell<HashMap<u64, Rc<Slot<B>>>>);

/// An upstream's place.
struct Slot<B> {
    /// Locked while connecting, so that those who come meanwhile wait for the same connection.
    sender: Mutex<Option<SendRequest<SentBody<B>>>>,
    /// Held by each request and answer on it.
    in_use: Rc<()>,
    idle_sweeps: Cell<u64>,
    upstream: Weak<Upstream>,
}

impl<B> Connections<B> {
    pub(crate) fn new() -> Self {
        Self(RefCell::default())
    }

    /// Closes what has been unused for this many sweeps, and forgets upstreams that are gone.
    pub(crate) fn sweep(&self, sweeps_max: u64) {
        self.0.borrow_mut().retain(|_, slot| {
            if Rc::strong_count(&slot.in_use) > 1 {
                slot.idle_sweeps.set(0);
                return true;
            }
            slot.idle_sweeps.set(slot.idle_sweeps.get() + 1);
            slot.idle_sweeps.get() <= sweeps_max && slot.upstream.strong_count() > 0
        });
    }
}

impl<B> Connections<B>
where
    B: Body<Data = Bytes> + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    /// Sends a request; the head of its answer.
    pub(crate) async fn send(
        &self,
        (shared, resolver): (&Shared, &Resolver),
        upstream: &Arc<Upstream>,
        mut request: Http2Request<B>,
        timeout: Duration,
    ) -> Result<Response<AnswerBody>, SendError> {
        let slot = self.slot(upstream);
        let in_use = slot.in_use.clone();
        let mut may_repeat = true;
        loop {
            let (mut sender, is_new) = slot.sender((shared, resolver), upstream).await?;
            let spare = (may_repeat && !is_new).then(|| request.repeat()).flatten();
            let Http2Request { request: sent, failure } = request;
            let mut failed = match sender.try_send_request(sent).await {
                Ok(response) => {
                    return Ok(response.map(|body| AnswerBody {
                        body,
                        failure,
                        timeout,
                        waiting: None,
                        _in_use: in_use,
                    }));
                }
                Err(failed) => failed,
            };
            if let Some(failure) = failure.take() {
                return Err(SendError::RequestBody(failure));
            }
            let unsent = failed.take_message().map(|request| Http2Request { request, failure });
            let error = failed.into_error();
            let again = unsent.or_else(|| spare.filter(|_| is_undone(&error)));
            request = match again {
                Some(again) if may_repeat => again,
                _ => return Err(SendError::Broken(AnswerError::Http2(error))),
            };
            may_repeat = false;
        }
    }

    fn slot(&self, upstream: &Arc<Upstream>) -> Rc<Slot<B>> {
        let mut slots = self.0.borrow_mut();
        let slot = slots.entry(upstream.id).or_insert_with(|| {
            Rc::new(Slot {
                sender: Mutex::new(None),
                in_use: Rc::new(()),
                idle_sweeps: Cell::new(0),
                upstream: Arc::downgrade(upstream),
            })
        });
        slot.clone()
    }
}

impl<B> Slot<B>
where
    B: Body<Data = Bytes> + Unpin + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    /// The way into the connection, and whether that is new.
    async fn sender(
        &self,
        (shared, resolver): (&Shared, &Resolver),
        upstream: &Upstream,
    ) -> Result<(SendRequest<SentBody<B>>, bool), SendError> {
        let mut sender = self.sender.lock().await;
        if let Some(sender) = sender.as_ref().filter(|sender| !sender.is_closed()) {
            return Ok((sender.clone(), false));
        }
        let (stream, counted) = connector::connect(shared, resolver, upstream).await?;
        let handshake = builder().handshake(TokioIo::new(stream.into_layer())).await;
        let (new, connection) =
            handshake.map_err(|error| SendError::Broken(AnswerError::Http2(error)))?;
        let host = upstream.origin.host.clone();
        tokio::task::spawn_local(async move {
            let _counted = counted;
            if let Err(error) = connection.await {
                tracing::debug!(host, %error, "HTTP/2 connection to an upstream ended");
            }
        });
        *sender = Some(new.clone());
        Ok((new, true))
    }
}

/// Whether a request may have met a connection that was closing: the upstream says that it has not
/// begun with it (RFC 9113 sections 6.8 and 8.7), or is gone without a word.
fn is_undone(error: &hyper::Error) -> bool {
    let source = error.source();
    if let Some(error) = source.and_then(|source| source.downcast_ref::<h2::Error>()) {
        let refused = error.reason() == Some(h2::Reason::REFUSED_STREAM);
        return error.is_io() || (error.is_remote() && (error.is_go_away() || refused));
    }
    error.is_closed()
        || error.is_canceled()
        || source.is_some_and(|source| source.is::<io::Error>())
}

fn builder() -> Builder<LocalExecutor> {
    let mut builder = Builder::new(LocalExecutor);
    builder
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_header_list_size(limits::UPSTREAM_HEAD_BYTES_MAX as u32);
    builder
}

/// Runs what hyper needs done, on this thread.
#[derive(Clone)]
struct LocalExecutor;

impl<F: Future<Output = ()> + 'static> Executor<F> for LocalExecutor {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}
