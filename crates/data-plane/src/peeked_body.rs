//! A body of which the beginning may be looked at before it goes on.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::HeaderMap;
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;

/// A body; what was looked at comes first.
#[derive(Debug)]
pub struct PeekedBody<B> {
    beginning: Bytes,
    body: B,
    /// Trailers that were met while looking.
    trailers: Option<Box<HeaderMap>>,
    /// Told of each byte that comes.
    count: Option<Rc<Cell<u64>>>,
}

impl<B: Body<Data = Bytes> + Unpin> PeekedBody<B> {
    pub(crate) fn new(body: B) -> Self {
        Self { beginning: Bytes::new(), body, trailers: None, count: None }
    }

    /// From now on counts what comes.
    pub(crate) fn count_in(&mut self, count: Rc<Cell<u64>>) {
        self.count = Some(count);
    }

    /// The body's beginning: all of it, or at least `bytes`. The piece that exceeds them is kept
    /// whole.
    pub(crate) async fn peek(&mut self, bytes: usize) -> Result<Bytes, B::Error> {
        let mut read = BytesMut::new();
        while self.beginning.len() + read.len() < bytes
            && let Some(frame) = self.body.frame().await.transpose()?
        {
            self.counted(&frame);
            match frame.into_data() {
                Ok(data) if self.beginning.is_empty() && read.is_empty() => self.beginning = data,
                Ok(data) => read.extend_from_slice(&data),
                Err(frame) => self.trailers = frame.into_trailers().ok().map(Box::new),
            }
        }
        if !read.is_empty() {
            let mut joined = BytesMut::with_capacity(self.beginning.len() + read.len());
            joined.extend_from_slice(&self.beginning);
            joined.unsplit(read);
            self.beginning = joined.freeze();
        }
        Ok(self.beginning.clone())
    }

    /// The body as it came, for what only that knows.
    pub(crate) fn get_ref(&self) -> &B {
        &self.body
    }

    fn counted(&self, frame: &Frame<Bytes>) {
        if let (Some(count), Some(data)) = (&self.count, frame.data_ref()) {
            count.set(count.get() + data.len() as u64);
        }
    }
}

impl<B: Body<Data = Bytes> + Unpin> Body for PeekedBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        if !self.beginning.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.beginning)))));
        }
        if let Some(trailers) = self.trailers.take() {
            return Poll::Ready(Some(Ok(Frame::trailers(*trailers))));
        }
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Ok(frame)) = &frame {
            self.counted(frame);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.beginning.is_empty() && self.trailers.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let (rest, beginning) = (self.body.size_hint(), self.beginning.len() as u64);
        let mut hint = SizeHint::new();
        hint.set_lower(rest.lower() + beginning);
        if let Some(upper) = rest.upper() {
            hint.set_upper(upper + beginning);
        }
        hint
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::convert::Infallible;

    use super::*;

    struct Frames(VecDeque<Frame<Bytes>>);

    impl Body for Frames {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Ready(self.0.pop_front().map(Ok))
        }
    }

    fn body(pieces: &[&'static str]) -> PeekedBody<Frames> {
        let data = pieces.iter().map(|piece| Frame::data(Bytes::from_static(piece.as_bytes())));
        PeekedBody::new(Frames(data.chain([Frame::trailers(HeaderMap::new())]).collect()))
    }

    #[tokio::test]
    async fn what_was_looked_at_still_comes() {
        for (pieces, bytes, expected) in [
            (&["abc", "def", "ghi"][..], 4, "abcdef"),
            (&["abc", "def"], 3, "abc"),
            (&["abc", "def"], 100, "abcdef"),
            (&["abc", "d", "e", "f"], 0, ""),
            (&[], 5, ""),
        ] {
            let mut body = body(pieces);
            assert_eq!(body.peek(bytes).await, Ok(Bytes::from(expected)));
            assert_eq!(body.peek(bytes).await, Ok(Bytes::from(expected)), "again");
            assert_eq!(body.size_hint().lower(), expected.len() as u64);
            let all = body.collect().await.expect("infallible");
            assert!(all.trailers().is_some());
            assert_eq!(all.to_bytes(), pieces.concat());
        }
    }
}
