//! An answer's body: the upstream's, bounded, or a text of our own.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use gatewright_integrations::ResponseBodyError as UpstreamBodyError;
use gatewright_types::limits;
use http_body::{Body, Frame, SizeHint};

/// What a client gets.
#[derive(Debug)]
pub struct ResponseBody<B>(Content<B>);

#[derive(Debug)]
enum Content<B> {
    Text(Option<Bytes>),
    Upstream { body: gatewright_integrations::ResponseBody<B>, bytes: u64 },
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
        Self(Content::Text(Some(text)))
    }

    pub(crate) fn upstream(body: gatewright_integrations::ResponseBody<B>) -> Self {
        Self(Content::Upstream { body, bytes: 0 })
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
        match &mut self.get_mut().0 {
            Content::Text(text) => Poll::Ready(text.take().map(|text| Ok(Frame::data(text)))),
            Content::Upstream { body, bytes } => Pin::new(body).poll_frame(cx).map(|frame| {
                let frame = match frame? {
                    Ok(frame) => frame,
                    Err(error) => return Some(Err(error.into())),
                };
                *bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
                if *bytes > limits::PAYLOAD_BYTES {
                    let bytes_max = limits::PAYLOAD_BYTES;
                    return Some(Err(ResponseBodyError::TooLarge { bytes_max }));
                }
                Some(Ok(frame))
            }),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Content::Text(text) => text.is_none(),
            Content::Upstream { body, .. } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Content::Text(text) => {
                SizeHint::with_exact(text.as_ref().map_or(0, |text| text.len() as u64))
            }
            Content::Upstream { body, .. } => body.size_hint(),
        }
    }
}
