//! An answer's body as an HTTP/2 client takes it.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use super::streams::Stream;
use crate::response_body::ResponseBody;
use crate::sweeper::Phase;

/// Bytes that a client has to take within the time for a body, and that are held for it at most
/// twice: one piece in h2, one in hyper.
const PIECE_BYTES_MAX: usize = 16 * 1024;

/// What hyper sends, in pieces. hyper asks for the next one when the last has gone to h2, so a piece
/// that nobody asks behind is one that the client does not take.
pub(crate) struct PacedBody<B> {
    body: Option<ResponseBody<B>>,
    rest: Bytes,
    stream: Stream,
}

impl<B> PacedBody<B> {
    pub(crate) fn new(body: ResponseBody<B>, stream: Stream) -> Self {
        Self { body: Some(body), rest: Bytes::new(), stream }
    }

    /// No body, whatever the head says: the answer to HEAD.
    pub(crate) fn nothing(stream: Stream) -> Self {
        Self { body: None, rest: Bytes::new(), stream }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for PacedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = &mut *self;
        this.stream.watched().enter(Phase::Answering);
        while this.rest.is_empty() {
            let Some(body) = &mut this.body else {
                return Poll::Ready(None);
            };
            match ready!(Pin::new(body).poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
            }
        }
        this.stream.watched().enter(Phase::Body);
        let piece = this.rest.split_to(this.rest.len().min(PIECE_BYTES_MAX));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    /// Asked for before the first piece only.
    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}
