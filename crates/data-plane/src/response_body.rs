//! An answer's body: the upstream's, bounded, or a text of our own.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use gatewright_integrations::ResponseBodyError as UpstreamBodyError;
use http_body::{Body, Frame, SizeHint};

use crate::observation::Observed;
use crate::peeked_body::PeekedBody;

/// What a client gets.
#[derive(Debug)]
pub struct ResponseBody<B> {
    content: Content<B>,
    bytes: u64,
    /// Absent where no stage was found.
    observed: Option<Observed>,
}

#[derive(Debug)]
enum Content<B> {
    Text(Option<Bytes>),
    Upstream { body: PeekedBody<gatewright_integrations::ResponseBody<B>>, bytes_max: u64 },
}

/// An answer breaks off, since its head has been sent.
#[derive(Debug, thiserror::Error)]
pub enum ResponseBodyError {
    /// The upstream's body failed.
    #[error(transparent)]
    Upstream(#[from] UpstreamBodyError),
    /// The upstream's body is larger than is passed on.
    #[error("the upstream's answer has more than {bytes_max} bytes")]
    TooLarge {
        /// The bound.
        bytes_max: u64,
    },
}

impl<B> ResponseBody<B> {
    pub(crate) fn text(text: Bytes) -> Self {
        Self { content: Content::Text(Some(text)), bytes: 0, observed: None }
    }

    /// Says who is told when it ends.
    pub(crate) fn observed_by(&mut self, observed: Observed) {
        self.observed = Some(observed);
    }
}

impl<B> ResponseBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// An upstream's, which breaks off behind `bytes_max`.
    pub(crate) fn upstream(body: gatewright_integrations::ResponseBody<B>, bytes_max: u64) -> Self {
        let content = Content::Upstream { body: PeekedBody::new(body), bytes_max };
        Self { content, bytes: 0, observed: None }
    }

    /// The body's beginning, as [`PeekedBody::peek`] gives it.
    pub(crate) async fn peek(&mut self, bytes: usize) -> Result<Bytes, UpstreamBodyError> {
        match &mut self.content {
            Content::Text(text) => Ok(text.clone().unwrap_or_default()),
            Content::Upstream { body, .. } => body.peek(bytes).await,
        }
    }
}

impl<B> Drop for ResponseBody<B> {
    fn drop(&mut self) {
        if let Some(observed) = self.observed.take() {
            observed.end(self.bytes);
        }
    }
}

impl<B> Body for ResponseBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    type Data = Bytes;
    type Error = ResponseBodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ResponseBodyError>>> {
        let this = self.get_mut();
        let (frame, bytes_max) = match &mut this.content {
            Content::Text(text) => {
                return Poll::Ready(text.take().map(|text| {
                    this.bytes += text.len() as u64;
                    Ok(Frame::data(text))
                }));
            }
            Content::Upstream { body, bytes_max } => {
                (std::task::ready!(Pin::new(body).poll_frame(cx)), *bytes_max)
            }
        };
        Poll::Ready(frame.map(|frame| {
            let frame = frame?;
            this.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
            if this.bytes > bytes_max {
                return Err(ResponseBodyError::TooLarge { bytes_max });
            }
            Ok(frame)
        }))
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Text(text) => text.is_none(),
            Content::Upstream { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Text(text) => {
                SizeHint::with_exact(text.as_ref().map_or(0, |text| text.len() as u64))
            }
            Content::Upstream { body, .. } => body.size_hint(),
        }
    }
}
