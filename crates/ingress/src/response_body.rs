//! A response's body, whose end tells that its connection is idle again.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::refusal::refusal_body;
use crate::sweeper::{Phase, Watched};

/// What hyper sends.
pub(crate) struct ResponseBody<B> {
    content: Content<B>,
    watched: Rc<Watched>,
}

enum Content<B> {
    Service(B),
    Refusal(Option<Bytes>),
}

impl<B> ResponseBody<B> {
    pub(crate) fn of_service(body: B, watched: Rc<Watched>) -> Self {
        Self { content: Content::Service(body), watched }
    }

    pub(crate) fn refusal(message: &str, watched: Rc<Watched>) -> Self {
        Self { content: Content::Refusal(Some(refusal_body(message).into())), watched }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for ResponseBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match &mut self.content {
            Content::Service(body) => Pin::new(body).poll_frame(cx),
            Content::Refusal(text) => Poll::Ready(text.take().map(|text| Ok(Frame::data(text)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Service(body) => body.is_end_stream(),
            Content::Refusal(text) => text.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Service(body) => body.size_hint(),
            Content::Refusal(text) => {
                SizeHint::with_exact(text.as_ref().map_or(0, |text| text.len() as u64))
            }
        }
    }
}

impl<B> Drop for ResponseBody<B> {
    fn drop(&mut self) {
        self.watched.enter(Phase::Idle);
    }
}
