//! An answer's body as it comes.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::Sleep;

use super::sent_body::Failure;
use crate::{AnswerError, ResponseBodyError};

/// The body of an answer. Dropped before its end, it resets the stream.
pub(crate) struct AnswerBody {
    pub(super) body: Incoming,
    /// What the request's body failed with, which may still be on its way.
    pub(super) failure: Rc<Failure>,
    /// For each piece.
    pub(super) timeout: Duration,
    /// Runs while a piece is waited for.
    pub(super) waiting: Option<Pin<Box<Sleep>>>,
    /// Says that the connection is in use.
    pub(super) _in_use: Rc<()>,
}

impl AnswerBody {
    pub(crate) fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ResponseBodyError>>> {
        let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(cx) else {
            let timeout = self.timeout;
            let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(timeout)));
            return waiting.as_mut().poll(cx).map(|()| Some(Err(ResponseBodyError::TimedOut)));
        };
        self.waiting = None;
        Poll::Ready(frame.map(|frame| {
            frame.map_err(|error| match self.failure.take() {
                Some(failure) => ResponseBodyError::RequestBody(failure),
                None => ResponseBodyError::Broken(AnswerError::Http2(error)),
            })
        }))
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
