//! One thread's way to its upstreams.

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error as _;
use std::io;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, Version};
use hyper::body::Incoming;
use tokio::time::timeout;

use crate::egress::Shared;
use crate::outgoing_body::OutgoingBody;
use crate::pool::{Pool, Sender};
use crate::resolver::Resolver;
use crate::{ResponseBody, SendError, Upstream, connector};

/// Sends requests from one thread.
pub struct Client<B>(Rc<Inner<B>>);

struct Inner<B> {
    shared: Arc<Shared>,
    resolver: Resolver,
    pools: RefCell<HashMap<u64, Rc<Pool<B>>>>,
}

const SWEEP_INTERVAL: Duration = Duration::from_secs(1);

impl<B> Client<B>
where
    B: http_body::Body<Data = Bytes> + Unpin + 'static,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        let inner = Rc::new(Inner { shared, resolver: Resolver::new(), pools: RefCell::default() });
        // Ends by itself once the client is gone.
        tokio::task::spawn_local(sweep(Rc::downgrade(&inner)));
        Self(inner)
    }

    /// Sends a request whose URI is its target (path and query) and whose `Host` is set.
    ///
    /// `limit` bounds the time to the head of the answer, connecting included, and then the
    /// time between two pieces of its body.
    ///
    /// # Errors
    ///
    /// [`SendError`] says whose fault it was. A request is sent again only when the connection it
    /// was given to had been closed before: when no byte went out, or when it has no body and is
    /// idempotent (RFC 9110 section 9.2.2).
    pub async fn send(
        &self,
        upstream: &Arc<Upstream>,
        request: Request<B>,
        limit: Duration,
    ) -> Result<Response<ResponseBody<B>>, SendError> {
        match timeout(limit, self.exchange(upstream, request)).await {
            Ok(Ok((response, sender, pool))) => {
                Ok(response.map(|body| ResponseBody::new(body, sender, pool, limit)))
            }
            Ok(Err(error)) => Err(error),
            Err(_) => Err(SendError::TimedOut),
        }
    }

    async fn exchange(
        &self,
        upstream: &Arc<Upstream>,
        request: Request<B>,
    ) -> Result<(Response<Incoming>, Sender<B>, Rc<Pool<B>>), SendError> {
        let pool = self.pool(upstream);
        let mut request = request.map(OutgoingBody::new);
        // A pooled connection may have been closed at any moment; each try takes one away.
        while let Some(mut sender) = pool.take() {
            if sender.ready().await.is_err() {
                continue;
            }
            let spare = repeatable(&request);
            match sender.try_send_request(request).await {
                Ok(response) => return Ok((response, sender, pool)),
                Err(mut error) => match (error.take_message(), spare) {
                    (Some(unsent), _) => request = unsent,
                    (None, Some(spare)) if is_closed_connection(error.error()) => request = spare,
                    _ => return Err(blame(error.into_error())),
                },
            }
        }
        // Boxed, since it is rare and large: every request's own future would be as large.
        let connecting = connector::connect(&self.0.shared, &self.0.resolver, upstream);
        let mut sender = Box::pin(connecting).await?;
        sender.ready().await.map_err(SendError::Broken)?;
        match sender.try_send_request(request).await {
            Ok(response) => Ok((response, sender, pool)),
            Err(error) => Err(blame(error.into_error())),
        }
    }

    fn pool(&self, upstream: &Arc<Upstream>) -> Rc<Pool<B>> {
        let mut pools = self.0.pools.borrow_mut();
        let new = || Rc::new(Pool::new(upstream, self.0.shared.options.idle_connections_max));
        pools.entry(upstream.id).or_insert_with(new).clone()
    }
}

impl<B> std::fmt::Debug for Client<B> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
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
        client.pools.borrow_mut().retain(|_, pool| pool.sweep(idle_timeout));
    }
}

/// The same request again, when it may be made twice.
fn repeatable<B>(request: &Request<OutgoingBody<B>>) -> Option<Request<OutgoingBody<B>>> {
    let idempotent = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS | Method::PUT | Method::DELETE
    );
    if !idempotent || !matches!(request.body(), OutgoingBody::None) {
        return None;
    }
    let mut again = Request::new(OutgoingBody::None);
    *again.method_mut() = request.method().clone();
    *again.uri_mut() = request.uri().clone();
    *again.headers_mut() = request.headers().clone();
    *again.version_mut() = Version::HTTP_11;
    Some(again)
}

/// Whether the connection ended before the head of an answer was whole: by its end, or by a reset,
/// which is what an upstream that had already closed it answers a request with.
fn is_closed_connection(error: &hyper::Error) -> bool {
    if error.is_incomplete_message() || error.is_canceled() || error.is_closed() {
        return true;
    }
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    cause.is_some_and(|cause| {
        matches!(
            cause.kind(),
            io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
        )
    })
}

fn blame(error: hyper::Error) -> SendError {
    if error.is_user() {
        let text = error.to_string();
        return SendError::RequestBody(match error.source() {
            Some(_) => Box::new(error),
            None => text.into(),
        });
    }
    SendError::Broken(error)
}
