//! One thread's way to its upstreams.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::poll_fn;
use std::hash::{BuildHasherDefault, Hasher};
use std::marker::PhantomData;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::time::timeout;

use crate::egress::Shared;
use crate::http1::{Answer, BodyDecoder, Exchange, ExchangeError, Upload};
use crate::pool::Pool;
use crate::resolver::Resolver;
use crate::{ResponseBody, SendError, Upstream, connector};

/// Sends requests from one thread.
pub struct Client<B>(Rc<Inner>, PhantomData<fn(B)>);

struct Inner {
    shared: Arc<Shared>,
    resolver: Resolver,
    pools: RefCell<HashMap<u64, Rc<Pool>, BuildHasherDefault<IdHasher>>>,
    /// Buffers that requests were written into.
    buffers: RefCell<Vec<Vec<u8>>>,
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
        let inner = Rc::new(Inner { shared, resolver, pools, buffers });
        // Ends by itself once the client is gone.
        tokio::task::spawn_local(sweep(Rc::downgrade(&inner)));
        Self(inner, PhantomData)
    }

    /// Sends a request whose URI is its target (path and query) and whose `Host` is set.
    ///
    /// How the body is framed is decided here, by its length: a `Content-Length` has to be true,
    /// and `Transfer-Encoding` is not looked at.
    ///
    /// # Errors
    ///
    /// [`SendError`] says whose fault it was. A request is sent again, once, only when the
    /// connection it was given to had been closed before: when no byte went out, or when it has
    /// no body and is idempotent (RFC 9110 section 9.2.2).
    pub fn send(
        &self,
        upstream: &Arc<Upstream>,
        request: Request<B>,
        timeouts: Timeouts,
    ) -> impl Future<Output = Result<Response<ResponseBody<B>>, SendError>> {
        // At once and boxed, so that no future has to hold it: whoever awaits this one copies it.
        let upload = Upload::new(request, self.0.take_buffer()).map(Box::new);
        async move {
            let upload = upload.map_err(|error| SendError::RequestBody(error.into()))?;
            let answered = timeout(timeouts.head, self.exchange(upstream, upload, timeouts.piece));
            answered.await.unwrap_or(Err(SendError::TimedOut))
        }
    }

    async fn exchange(
        &self,
        upstream: &Arc<Upstream>,
        mut upload: Box<Upload<B>>,
        piece_timeout: Duration,
    ) -> Result<Response<ResponseBody<B>>, SendError> {
        let pool = self.0.pool(upstream);
        let mut pooled = pool.take();
        loop {
            let used_before = pooled.is_some();
            let connection = match pooled.take() {
                Some(connection) => connection,
                // Boxed, since it is rare and large.
                None => {
                    let (shared, resolver) = (&self.0.shared, &self.0.resolver);
                    Box::pin(connector::connect(shared, resolver, upstream)).await?
                }
            };
            let mut exchange = Exchange::new(connection, upload);
            match poll_fn(|cx| exchange.poll_head(cx)).await {
                Ok(answer) => return Ok(self.response(exchange, answer, pool, piece_timeout)),
                // It may have been closed at any moment.
                Err(error) if used_before => match exchange.into_repeatable(&error) {
                    Some(again) => upload = again,
                    None => return Err(error.into()),
                },
                Err(error) => return Err(error.into()),
            }
        }
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

impl Inner {
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

async fn sweep(client: Weak<Inner>) {
    let mut ticks = tokio::time::interval(SWEEP_INTERVAL);
    loop {
        ticks.tick().await;
        let Some(client) = client.upgrade() else {
            return;
        };
        let idle_timeout = Duration::from_millis(client.shared.options.idle_timeout_ms);
        let sweeps_max = idle_timeout.as_secs().max(1);
        client.pools.borrow_mut().retain(|_, pool| pool.sweep(sweeps_max));
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
