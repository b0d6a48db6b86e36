//! A request's body: bounded in size, and in the time between its bytes.

use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;

use crate::sweeper::{Phase, Watched};

/// The body of a request. Streams; nothing is read before somebody asks.
#[derive(Debug)]
pub struct RequestBody {
    body: Incoming,
    bytes_max: u64,
    bytes: u64,
    watched: Rc<Watched>,
}

/// A request's body did not arrive as it should.
#[derive(Debug, thiserror::Error)]
pub enum RequestBodyError {
    /// Larger than is accepted: 413.
    #[error("the request's body has more than {bytes_max} bytes")]
    TooLarge {
        /// The bound.
        bytes_max: u64,
    },
    /// The client went away, or sent what is no body.
    #[error("the request's body did not arrive whole")]
    Broken(#[source] hyper::Error),
}

impl RequestBody {
    pub(crate) fn new(body: Incoming, bytes_max: u64, watched: Rc<Watched>) -> Self {
        Self { body, bytes_max, bytes: 0, watched }
    }

    /// Whether the length the client announced is more than is accepted, so that the request can
    /// be refused before anything is read.
    #[must_use]
    pub fn is_announced_too_large(&self) -> bool {
        self.body.size_hint().lower() > self.bytes_max
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = RequestBodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, RequestBodyError>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        if frame.is_pending() {
            if self.watched.phase() == Phase::Answering {
                self.watched.enter(Phase::Body);
            }
            return Poll::Pending;
        }
        self.watched.enter(Phase::Answering);
        Poll::Ready(match ready!(frame) {
            None => None,
            Some(Err(error)) => Some(Err(RequestBodyError::Broken(error))),
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.bytes = self.bytes.saturating_add(length);
                if self.bytes > self.bytes_max {
                    let bytes_max = self.bytes_max;
                    Some(Err(RequestBodyError::TooLarge { bytes_max }))
                } else {
                    Some(Ok(frame))
                }
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
