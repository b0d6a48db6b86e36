//! A request's body on its way out.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// A body, or none. A request without one can be made again, should its connection turn out to
/// have been closed meanwhile.
#[derive(Debug)]
pub(crate) enum OutgoingBody<B> {
    None,
    Stream(B),
}

impl<B: Body> OutgoingBody<B> {
    pub(crate) fn new(body: B) -> Self {
        if body.is_end_stream() { Self::None } else { Self::Stream(body) }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for OutgoingBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.get_mut() {
            Self::None => Poll::Ready(None),
            Self::Stream(body) => Pin::new(body).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::None => true,
            Self::Stream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::None => SizeHint::with_exact(0),
            Self::Stream(body) => body.size_hint(),
        }
    }
}
