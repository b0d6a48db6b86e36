//! An answer's body, whoever sends it.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use gatewright_egress::ResponseBodyError as UpstreamBodyError;
use gatewright_lambda::{InvokeError, StreamedBody};
use http_body::{Body, Frame, SizeHint};

/// The body of an integration's answer. Dropped before its end, it closes the connection.
#[derive(Debug)]
pub enum ResponseBody<B> {
    /// As it comes from an upstream, or whole.
    Upstream(gatewright_egress::ResponseBody<B>),
    /// As a function streams it. Boxed, since it is rare and large.
    Function(Box<FunctionBody>),
}

/// What a function streams.
pub struct FunctionBody {
    body: StreamedBody,
    request_id: String,
}

/// An answer's body did not arrive whole.
#[derive(Debug, thiserror::Error)]
pub enum ResponseBodyError {
    /// An upstream's.
    #[error(transparent)]
    Upstream(#[from] UpstreamBodyError),
    /// A function's.
    #[error(transparent)]
    Function(#[from] InvokeError),
}

impl<B> ResponseBody<B> {
    pub(crate) fn function(body: StreamedBody, request_id: String) -> Self {
        Self::Function(Box::new(FunctionBody { body, request_id }))
    }
}

impl<B> ResponseBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// One that is there.
    pub(crate) fn whole(body: Bytes) -> Self {
        Self::Upstream(gatewright_egress::ResponseBody::whole(body))
    }
}

impl FunctionBody {
    /// What fails here may fail behind the head, where nobody else could say that it did.
    fn poll_frame(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, InvokeError>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        if let Some(Err(error)) = &frame {
            let (request_id, error) = (&self.request_id, error as &dyn std::error::Error);
            tracing::warn!(%request_id, error, "a function's answer broke off");
        }
        Poll::Ready(frame)
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
        match self.get_mut() {
            Self::Upstream(body) => {
                let frame = ready!(Pin::new(body).poll_frame(cx));
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
            Self::Function(body) => {
                let frame = ready!(body.poll_frame(cx));
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Upstream(body) => body.is_end_stream(),
            Self::Function(body) => body.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Upstream(body) => body.size_hint(),
            Self::Function(body) => body.body.size_hint(),
        }
    }
}

impl fmt::Debug for FunctionBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FunctionBody")
    }
}
