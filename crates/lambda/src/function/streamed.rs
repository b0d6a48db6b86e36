//! An invocation whose answer comes piece by piece (`InvokeWithResponseStream`).
//!
//! The head waits for what the function says of status and headers, or for its first byte: until then
//! a function that fails is answered as any that does. Behind it, an answer that is not whole ends in
//! an error, never as if it were.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gatewright_egress::{Client, ResponseBody, Timeouts};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Full};
use tokio::time::timeout;

use super::{CallHead, InvokeError, InvokeFailure, PreparedInvocation, accepted, error_message};
use crate::event_stream::{Completion, Decoder, Event, FrameError};
use crate::prelude::{DELIMITER_BYTES, Found, PreludeFault, Search, Wanted};

/// What a function answers, as far as it has come.
#[derive(Debug)]
pub struct StreamedInvocation {
    /// The call itself.
    pub call: CallHead,
    /// What the function says of its answer.
    pub head: StreamedHead,
    /// The rest.
    pub body: StreamedBody,
}

/// What a function says of its answer in front of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StreamedHead {
    /// Status, headers and cookies, as JSON.
    Prelude(Bytes),
    /// Only the body's type.
    Raw(HeaderValue),
}

/// What a function streams. Dropped before its end, it closes the connection.
#[derive(Debug)]
pub struct StreamedBody {
    /// What came together with the head.
    first: Bytes,
    /// Absent behind the end, whichever it was.
    rest: Option<Box<Rest>>,
}

#[derive(Debug)]
struct Rest {
    upstream: ResponseBody<Full<Bytes>>,
    decoder: Decoder,
    /// The function has said that it is done.
    is_complete: bool,
}

/// What a function streams is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamFault {
    /// It is no event stream.
    #[error("the function's answer is no event stream: wrong is {0}")]
    Frame(#[from] FrameError),
    /// It ended without saying so.
    #[error("the function's answer broke off")]
    Ended,
    /// It goes on behind its end.
    #[error("the function's answer goes on behind its end")]
    BehindEnd,
    /// The Invoke API failed in the middle.
    #[error("the Invoke API failed ({kind}): {message}")]
    Exception {
        /// The exception.
        kind: String,
        /// What it says.
        message: String,
    },
    /// What was announced in front of the body is not there.
    #[error("the function's answer: {0}")]
    Prelude(#[from] PreludeFault),
}

impl PreparedInvocation<'_> {
    /// Invokes the function, and waits for what stands in front of the body; the body may pause for
    /// as long as `pause`.
    ///
    /// # Errors
    ///
    /// [`InvokeFailure`].
    pub async fn invoke_streamed(
        self,
        client: &Client<Full<Bytes>>,
        pause: Duration,
    ) -> Result<StreamedInvocation, InvokeFailure> {
        let head = self.function.timeouts.head;
        let invoked = timeout(head, async {
            let (upstream, timeouts) = (&self.function.upstream, Timeouts { head, piece: pause });
            let response = client.send_prepared(upstream, self.request, timeouts).await;
            let (call, body) = CallHead::of(response.map_err(InvokeError::from)?);
            let mut body = StreamedBody::new(body);
            match body.begin(&call).await {
                Ok(head) => Ok(StreamedInvocation { call, head, body }),
                Err(error) => Err(InvokeFailure { error, call: Some(Box::new(call)) }),
            }
        });
        invoked.await.unwrap_or_else(|_| Err(InvokeError::TimedOut.into()))
    }
}

/// What the runtime said of the stream's type. Lambda's model has it as the answer's `Content-Type`
/// (`ResponseStreamContentType`), where others put the type of what carries the stream.
fn content_type(headers: &HeaderMap) -> (Wanted, HeaderValue) {
    let unknown = (Wanted::Maybe, HeaderValue::from_static("application/octet-stream"));
    let Some(value) = headers.get(CONTENT_TYPE) else {
        return unknown;
    };
    let essence = value.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
    let is = |name: &str| essence.trim_ascii().eq_ignore_ascii_case(name.as_bytes());
    if is("application/vnd.awslambda.http-integration-response") {
        (Wanted::Yes, value.clone())
    } else if is("application/vnd.amazon.eventstream") {
        unknown
    } else {
        (Wanted::No, value.clone())
    }
}

impl StreamedBody {
    fn new(upstream: ResponseBody<Full<Bytes>>) -> Self {
        let rest = Rest { upstream, decoder: Decoder::default(), is_complete: false };
        Self { first: Bytes::new(), rest: Some(Box::new(rest)) }
    }

    /// What the function says in front of the body, unless it failed.
    async fn begin(&mut self, call: &CallHead) -> Result<StreamedHead, InvokeError> {
        accepted(call.status)?;
        let (wanted, content_type) = content_type(&call.headers);
        let prelude = self.prelude(wanted).await?;
        Ok(prelude.map_or(StreamedHead::Raw(content_type), StreamedHead::Prelude))
    }

    /// Takes what stands in front of the body, if there is such a thing. Reads no further than that,
    /// or than the body's first piece.
    async fn prelude(&mut self, wanted: Wanted) -> Result<Option<Bytes>, InvokeError> {
        let (mut search, mut read) = (Search::new(wanted), BytesMut::new());
        let found = loop {
            match search.go_on(&read).map_err(StreamFault::from)? {
                Found::NotYet => {}
                found => break found,
            }
            match self.frame().await.transpose()?.map(Frame::into_data) {
                Some(Ok(piece)) => read.extend_from_slice(&piece),
                Some(Err(_)) => {}
                None => break search.end().map_err(StreamFault::from)?,
            }
        };
        let prelude = match found {
            Found::Prelude(bytes) => {
                let prelude = read.split_to(bytes).freeze();
                drop(read.split_to(DELIMITER_BYTES));
                Some(prelude)
            }
            Found::Nothing | Found::NotYet => None,
        };
        self.first = read.freeze();
        Ok(prelude)
    }
}

impl Rest {
    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<Result<Option<Bytes>, InvokeError>> {
        loop {
            match self.decoder.next().map_err(StreamFault::from)? {
                Some(Event::Payload(piece)) if !self.is_complete => {
                    if !piece.is_empty() {
                        return Poll::Ready(Ok(Some(piece)));
                    }
                    continue;
                }
                Some(Event::Complete(completion)) if !self.is_complete => {
                    succeeded(completion)?;
                    self.is_complete = true;
                    continue;
                }
                Some(Event::Exception { kind, message }) => {
                    return Poll::Ready(Err(StreamFault::Exception { kind, message }.into()));
                }
                Some(Event::Payload(_) | Event::Complete(_)) => {
                    return Poll::Ready(Err(StreamFault::BehindEnd.into()));
                }
                Some(Event::Unknown) => continue,
                None => {}
            }
            // To its own end also behind the function's: only then others may use the connection.
            match ready!(Pin::new(&mut self.upstream).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Some(piece) = frame.data_ref() {
                        self.decoder.feed(piece);
                    }
                }
                Some(Err(error)) => return Poll::Ready(Err(InvokeError::Broken(error))),
                None if self.is_complete && self.decoder.is_empty() => {
                    return Poll::Ready(Ok(None));
                }
                None => return Poll::Ready(Err(StreamFault::Ended.into())),
            }
        }
    }
}

/// Whether the function says that all went well.
fn succeeded(completion: Completion) -> Result<(), InvokeError> {
    let Some(kind) = completion.error_code.filter(|code| !code.is_empty()) else {
        return Ok(());
    };
    let details = completion.error_details.unwrap_or_default();
    // What a runtime said of an exception is JSON; what Lambda says itself is a text.
    let message = Some(error_message(details.as_bytes())).filter(|message| !message.is_empty());
    Err(InvokeError::Function { kind, message: message.unwrap_or(details) })
}

impl Body for StreamedBody {
    type Data = Bytes;
    type Error = InvokeError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, InvokeError>>> {
        if !self.first.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.first)))));
        }
        let Some(rest) = &mut self.rest else {
            return Poll::Ready(None);
        };
        let piece = ready!(rest.poll_piece(cx)).transpose();
        if !matches!(piece, Some(Ok(_))) {
            self.rest = None;
        }
        Poll::Ready(piece.map(|piece| piece.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_empty() && self.rest.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let first = self.first.len() as u64;
        match self.rest {
            None => SizeHint::with_exact(first),
            Some(_) => {
                let mut hint = SizeHint::new();
                hint.set_lower(first);
                hint
            }
        }
    }
}

#[cfg(test)]
mod tests;
