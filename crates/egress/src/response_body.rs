//! An answer's body, which gives its connection back when it ends.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::Sleep;

use crate::pool::{Pool, Sender};

/// The body of an upstream's answer. Dropped before its end, it closes the connection.
pub struct ResponseBody<B> {
    body: Incoming,
    /// Where the connection goes at the end.
    home: Option<(Sender<B>, Rc<Pool<B>>)>,
    timeout: Duration,
    /// Runs while a piece is waited for. Most bodies arrive with their heads and need none.
    waiting: Option<Pin<Box<Sleep>>>,
}

/// An answer's body did not arrive whole.
#[derive(Debug, thiserror::Error)]
pub enum ResponseBodyError {
    /// The next piece did not come in time.
    #[error("the upstream's answer stalled")]
    TimedOut,
    /// The connection broke, or what came is no body.
    #[error("the upstream's answer is not whole")]
    Broken(#[source] hyper::Error),
}

impl<B> ResponseBody<B> {
    pub(crate) fn new(
        body: Incoming,
        sender: Sender<B>,
        pool: Rc<Pool<B>>,
        timeout: Duration,
    ) -> Self {
        let mut this = Self { body, home: Some((sender, pool)), timeout, waiting: None };
        this.go_home_at_end();
        this
    }

    fn go_home_at_end(&mut self) {
        if self.body.is_end_stream()
            && let Some((sender, pool)) = self.home.take()
        {
            pool.put(sender);
        }
    }
}

impl<B> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = ResponseBodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ResponseBodyError>>> {
        let this = self.get_mut();
        match Pin::new(&mut this.body).poll_frame(cx) {
            Poll::Ready(Some(Ok(frame))) => {
                this.waiting = None;
                this.go_home_at_end();
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                this.home = None;
                Poll::Ready(Some(Err(ResponseBodyError::Broken(error))))
            }
            Poll::Ready(None) => {
                if let Some((sender, pool)) = this.home.take() {
                    pool.put(sender);
                }
                Poll::Ready(None)
            }
            Poll::Pending => {
                let timeout = this.timeout;
                let waiting =
                    this.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(timeout)));
                if waiting.as_mut().poll(cx).is_ready() {
                    this.home = None;
                    return Poll::Ready(Some(Err(ResponseBodyError::TimedOut)));
                }
                Poll::Pending
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseBody")
    }
}
