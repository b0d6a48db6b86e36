//! A request's body as it is sent.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Why a request's body did not come whole: hyper resets the stream and tells nobody.
#[derive(Debug, Default)]
pub(super) struct Failure(RefCell<Option<Box<dyn std::error::Error + Send + Sync>>>);

impl Failure {
    pub(super) fn take(&self) -> Option<Box<dyn std::error::Error + Send + Sync>> {
        self.0.borrow_mut().take()
    }
}

/// The body, without trailers: those concern the client's connection.
pub(super) struct SentBody<B> {
    body: Option<B>,
    failure: Rc<Failure>,
}

/// The stream is to be reset.
#[derive(Debug, thiserror::Error)]
#[error("the request's body failed")]
pub(super) struct Failed;

impl<B> SentBody<B> {
    pub(super) fn new(body: Option<B>) -> (Self, Rc<Failure>) {
        let failure = Rc::<Failure>::default();
        (Self { body, failure: failure.clone() }, failure)
    }
}

impl<B> Body for SentBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = Failed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failed>>> {
        loop {
            let Some(body) = &mut self.body else {
                return Poll::Ready(None);
            };
            match ready!(Pin::new(body).poll_frame(cx)) {
                None => self.body = None,
                Some(Ok(frame)) if frame.is_data() => return Poll::Ready(Some(Ok(frame))),
                Some(Ok(_trailers)) => {}
                Some(Err(error)) => {
                    self.body = None;
                    *self.failure.0.borrow_mut() = Some(error.into());
                    return Poll::Ready(Some(Err(Failed)));
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}
