//! An answer's body, which gives its connection back when it ends.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tokio::time::Sleep;

use crate::AnswerError;
use crate::http1::{BodyDecoder, Decoded, Exchange, ExchangeError};
use crate::http2::AnswerBody;
use crate::pool::Pool;

/// The body of an upstream's answer. Dropped before its end, it closes the connection.
pub struct ResponseBody<B> {
    /// What came together with the head: most often all there is.
    first: Bytes,
    /// What is still to come. Boxed, since it is rare and large.
    rest: Option<Rest<B>>,
}

enum Rest<B> {
    Http1(Box<Http1Rest<B>>),
    Http2(Box<AnswerBody>),
}

/// An answer's body that is still arriving, maybe while the request is still being sent.
struct Http1Rest<B> {
    exchange: Exchange<B>,
    decoder: BodyDecoder,
    /// Where the connection goes at the end, if it may be used again.
    home: Option<Rc<Pool>>,
    timeout: Duration,
    /// Runs while a piece is waited for.
    waiting: Option<Pin<Box<Sleep>>>,
}

/// An answer's body did not arrive whole.
#[derive(Debug, thiserror::Error)]
pub enum ResponseBodyError {
    /// The next piece did not come in time.
    #[error("the upstream's answer stalled")]
    TimedOut,
    /// The connection broke, or what came is no body.
    #[error("the upstream's answer is not whole")]
    Broken(#[source] AnswerError),
    /// The answer had begun before the request was sent whole, and the request's body failed.
    #[error("the request's body failed")]
    RequestBody(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl<B> ResponseBody<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// A body that is here already.
    #[must_use]
    pub fn whole(body: Bytes) -> Self {
        Self { first: body, rest: None }
    }

    /// A body that is still to come. Its connection goes home behind it, if it has one.
    pub(crate) fn arriving(
        exchange: Exchange<B>,
        decoder: BodyDecoder,
        home: Option<Rc<Pool>>,
        timeout: Duration,
    ) -> Self {
        let rest = Http1Rest { exchange, decoder, home, timeout, waiting: None };
        Self { first: Bytes::new(), rest: Some(Rest::Http1(Box::new(rest))) }
    }

    /// A body of HTTP/2.
    pub(crate) fn http2(body: AnswerBody) -> Self {
        let rest = (!body.is_end_stream()).then(|| Rest::Http2(Box::new(body)));
        Self { first: Bytes::new(), rest }
    }

    /// The body has ended.
    fn end(&mut self) {
        if let Some(Rest::Http1(rest)) = self.rest.take()
            && let Some(home) = rest.home
            && rest.exchange.upload.is_done()
        {
            home.put(rest.exchange.connection);
        }
    }
}

impl<B> Http1Rest<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Decoded, ResponseBodyError>> {
        self.exchange.poll_upload(cx)?;
        loop {
            let connection = &mut self.exchange.connection;
            match self.decoder.decode(&mut connection.buffer).map_err(AnswerError::from)? {
                Decoded::Partial => {}
                piece => return Poll::Ready(Ok(piece)),
            }
            match connection.poll_fill(cx, self.decoder.expected()) {
                Poll::Ready(Ok(0)) if matches!(self.decoder, BodyDecoder::UntilClose) => {
                    return Poll::Ready(Ok(Decoded::End(None)));
                }
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(AnswerError::Closed.into())),
                Poll::Ready(Ok(_)) => {}
                Poll::Ready(Err(error)) => {
                    return Poll::Ready(Err(AnswerError::Connection(error).into()));
                }
                Poll::Pending => return self.poll_deadline(cx),
            }
        }
    }

    fn poll_deadline(&mut self, cx: &mut Context<'_>) -> Poll<Result<Decoded, ResponseBodyError>> {
        let timeout = self.timeout;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(timeout)));
        waiting.as_mut().poll(cx).map(|()| Err(ResponseBodyError::TimedOut))
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
        if !this.first.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut this.first)))));
        }
        let rest = match &mut this.rest {
            None => return Poll::Ready(None),
            Some(Rest::Http2(body)) => return body.poll_frame(cx),
            Some(Rest::Http1(rest)) => rest,
        };
        let piece = std::task::ready!(rest.poll_piece(cx));
        rest.waiting = None;
        Poll::Ready(match piece {
            Ok(Decoded::Data(data)) => Some(Ok(Frame::data(data))),
            Ok(Decoded::LastData(data)) => {
                this.end();
                Some(Ok(Frame::data(data)))
            }
            Ok(Decoded::End(trailers)) => {
                this.end();
                trailers.map(|trailers| Ok(Frame::trailers(trailers)))
            }
            Ok(Decoded::Partial) => unreachable!("a piece is waited for until there is one"),
            Err(error) => {
                this.rest = None;
                Some(Err(error))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        match &self.rest {
            None => self.first.is_empty(),
            Some(Rest::Http1(_)) => false,
            Some(Rest::Http2(body)) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.rest {
            None => SizeHint::with_exact(self.first.len() as u64),
            Some(Rest::Http1(rest)) => {
                rest.decoder.exact().map_or_else(SizeHint::default, SizeHint::with_exact)
            }
            Some(Rest::Http2(body)) => body.size_hint(),
        }
    }
}

impl From<AnswerError> for ResponseBodyError {
    fn from(error: AnswerError) -> Self {
        Self::Broken(error)
    }
}

impl From<ExchangeError> for ResponseBodyError {
    fn from(error: ExchangeError) -> Self {
        match error {
            ExchangeError::RequestBody(error) => Self::RequestBody(error),
            ExchangeError::Answer(error) => Self::Broken(error),
        }
    }
}

impl<B> fmt::Debug for ResponseBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseBody")
    }
}
