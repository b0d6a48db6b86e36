//! One thread's way to its upstreams.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::poll_fn;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http::{Request, Response};
use tokio::time::timeout;

use crate::egress::{Protocol, Shared};
use crate::http1::{Answer, BodyDecoder, Connection, Exchange, ExchangeError, Upload};
use crate::http2::{Connections, Http2Request};
use crate::pool::Pool;
use crate::resolver::Resolver;
use crate::{ResponseBody, SendError, Upstream, connector};

/// Sends requests from one thread.
pub struct Client<B>(Rc<Inner<B>>);

struct Inner<B> {
    shared: Arc<Shared>,
    resolver: Resolver,
    pools: RefCell<HashMap<u64, Rc<Pool>, BuildHasherDefault<IdHasher>>>,
    /// Buffers that requests were written into.
    buffers: RefCell<Vec<Vec<u8>>>,
    http2: Connections<B>,
}

/// A request whose head is made: ready to be sent to the upstream it was made for.
pub struct Prepared<B>(PreparedFor<B>);

enum PreparedFor<B> {
    Http1(Box<Upload<B>>),
    Http2(Box<Http2Request<B>>),
}

/// How long an upstream is waited for.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To the head of the answer, connecting included.
    pub head: Duration,
    /// For each piece of its body.
    pub piece: Duration,
}

const SWEEP_INTERVAL: Duration = Duration::from_secs(1);
/// Buffers kept for the next requests, and the largest that is kept.
const BUFFERS_MAX: usize = 64;
const BUFFER_BYTES_MAX: usize = 64 * 1024;

impl<B> Client<B>
where
    B: http_body::Body<Data = Bytes> + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let resolver = Resolver::new();
        let (pools, buffers) = (RefCell::default(), RefCell::default());
        let http2 = Connections::new();
        let inner = Rc::new(Inner { shared, resolver, pools, buffers, http2 });
        // Ends by itself once the client is gone.
        tokio::task::spawn_local(sweep(Rc::downgrade(&inner)));
        Self(inner)
    }

    /// Sends a request whose URI is its target (path and query) and whose `Host` is set.
    ///
    /// # Errors
    ///
    /// As [`Client::prepare`] and [`Client::send_prepared`].
    pub async fn send(
        &self,
        upstream: &Arc<Upstream>,
        request: Request<B>,
        timeouts: Timeouts,
    ) -> Result<Response<ResponseBody<B>>, SendError> {
        let (mut parts, body) = request.into_parts();
        let prepared = self.prepare(upstream, &mut parts, body)?;
        self.send_prepared(upstream, prepared, timeouts).await
    }

    /// Writes a request's head, and takes its method and headers away.
    ///
    /// How the body is framed is decided here, by its length: a `Content-Length` has to be true,
    /// and `Transfer-Encoding` is not looked at.
    ///
    /// # Errors
    ///
    /// [`SendError::RequestBody`] when the length is not.
    pub fn prepare(
        &self,
        upstream: &Upstream,
        parts: &mut Parts,
        body: B,
    ) -> Result<Prepared<B>, SendError> {
        if upstream.protocol == Protocol::Http2 {
            let request = Http2Request::new(upstream, parts, body)?;
            return Ok(Prepared(PreparedFor::Http2(Box::new(request))));
        }
        match Upload::new(parts, body, self.0.take_buffer()) {
            Ok(upload) => Ok(Prepared(PreparedFor::Http1(Box::new(upload)))),
            Err(error) => Err(SendError::RequestBody(error.into())),
        }
    }

    /// Sends it. Apart from [`Client::prepare`], so that the futures of who calls it hold a pointer
    /// and no request: each that awaits another copies it.
    ///
    /// # Errors
    ///
    /// [`SendError`] says whose fault it was. A request is sent again, once, only when the
    /// connection it was given to had been closed before: when no byte went out, or when it has
    /// no body and is idempotent (RFC 9110 section 9.2.2).
    pub async fn send_prepared(
        &self,
        upstream: &Arc<Upstream>,
        Prepared(request): Prepared<B>,
        timeouts: Timeouts,
    ) -> Result<Response<ResponseBody<B>>, SendError> {
        let answered = match request {
            PreparedFor::Http1(upload) => {
                timeout(timeouts.head, self.exchange(upstream, upload, timeouts.piece)).await
            }
            // Boxed, since it is rare and large.
            PreparedFor::Http2(request) => {
                let Inner { shared, resolver, http2, .. } = &*self.0;
                let sending = http2.send((shared, resolver), upstream, *request, timeouts.piece);
                let answered = Box::pin(timeout(timeouts.head, sending)).await;
                answered.map(|answered| Ok(answered?.map(ResponseBody::http2)))
            }
        };
        answered.unwrap_or(Err(SendError::TimedOut))
    }

    async fn exchange(
        &self,
        upstream: &Arc<Upstream>,
        mut upload: Box<Upload<B>>,
        piece_timeout: Duration,
    ) -> Result<Response<ResponseBody<B>>, SendError> {
        let pool = self.0.pool(upstream);
        if let Some(connection) = pool.take() {
            let mut exchange = Exchange::new(connection, upload);
            match poll_fn(|cx| exchange.poll_head(cx)).await {
                Ok(answer) => return Ok(self.response(exchange, answer, pool, piece_timeout)),
                // It may have been closed at any moment.
                Err(error) => match exchange.into_repeatable(&error) {
                    Some(again) => upload = again,
                    None => return Err(error.into()),
                },
            }
        }
        // Boxed, since it is rare and large.
        Box::pin(async move {
            let (shared, resolver) = (&self.0.shared, &self.0.resolver);
            let connection = connector::connect(shared, resolver, upstream).await?;
            let mut exchange = Exchange::new(Connection::new(connection), upload);
            let answer = poll_fn(|cx| exchange.poll_head(cx)).await?;
            Ok(self.response(exchange, answer, pool, piece_timeout))
        })
        .await
    }

    /// The answer. A body that came whole with its head leaves the connection to others at once.
    fn response(
        &self,
        mut exchange: Exchange<B>,
        answer: Answer,
        pool: Rc<Pool>,
        piece_timeout: Duration,
    ) -> Response<ResponseBody<B>> {
        let home = answer.keep.then_some(pool);
        let mut decoder = BodyDecoder::new(answer.framing);
        let body = match decoder.take_whole(&mut exchange.connection.buffer) {
            None => ResponseBody::arriving(exchange, decoder, home, piece_timeout),
            Some(body) => {
                if let Some(home) = home
                    && exchange.upload.is_done()
                {
                    home.put(exchange.connection);
                }
                self.0.put_buffer(exchange.upload.into_buffer());
                ResponseBody::whole(body)
            }
        };
        answer.response.map(|()| body)
    }
}

impl<B> Inner<B> {
    fn pool(&self, upstream: &Arc<Upstream>) -> Rc<Pool> {
        let mut pools = self.pools.borrow_mut();
        let new = || Rc::new(Pool::new(upstream, self.shared.options.idle_connections_max));
        pools.entry(upstream.id).or_insert_with(new).clone()
    }

    fn take_buffer(&self) -> Vec<u8> {
        self.buffers.borrow_mut().pop().unwrap_or_default()
    }

    fn put_buffer(&self, mut buffer: Vec<u8>) {
        let mut buffers = self.buffers.borrow_mut();
        if buffers.len() < BUFFERS_MAX && buffer.capacity() <= BUFFER_BYTES_MAX {
            buffer.clear();
            buffers.push(buffer);
        }
    }
}

impl<B> std::fmt::Debug for Client<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl<B> std::fmt::Debug for Prepared<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prepared")
    }
}

async fn sweep<B>(client: Weak<Inner<B>>) {
    let mut ticks = tokio::time::interval(SWEEP_INTERVAL);
    loop {
        ticks.tick().await;
        let Some(client) = client.upgrade() else {
            return;
        };
        let idle_timeout = Duration::from_millis(client.shared.options.idle_timeout_ms);
        let sweeps_max = idle_timeout.as_secs().max(1);
        client.pools.borrow_mut().retain(|_, pool| pool.sweep(sweeps_max));
        client.http2.sweep(sweeps_max);
    }
}

/// Spreads ids, which count up and need no better.
#[derive(Default)]
struct IdHasher(u64);

impl Hasher for IdHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(self.0 ^ u64::from(*byte)));
    }

    fn write_u64(&mut self, id: u64) {
        // Fibonacci hashing: the golden ratio's digits.
        self.0 = id.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl From<ExchangeError> for SendError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::RequestBody(error) => Self::RequestBody(error),
            ExchangeError::Answer(error) => Self::Broken(error),
        }
    }
}

#[cfg(test)]
mod tests;
