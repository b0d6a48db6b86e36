//! A request on its way out: its head, and its body as it comes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method};
use http_body::Body;

use super::Stream;
use super::request_head::{self, Announced};
use crate::is_idempotent;

/// A request that is being sent.
pub(crate) struct Upload<B> {
    pub(crate) method: Method,
    /// The request's headers, written and emptied: room for the answer's.
    pub(crate) spare: HeaderMap,
    /// The head, and what of the body was cheaper to copy than to send by itself.
    out: Vec<u8>,
    /// How much of `out` has been sent.
    sent: usize,
    /// A piece of the body that goes behind `out` without being copied.
    piece: Bytes,
    /// The rest of the body; none once it has ended.
    body: Option<B>,
    announced: Announced,
    progress: Progress,
    repeatable: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Progress {
    /// No byte has been sent.
    Unsent,
    /// The same, and the body has been waited for once, lest the head goes alone.
    Held,
    /// Some bytes have been sent.
    Begun,
    /// All bytes have been sent.
    Done,
    /// The upstream takes no more. It may have answered, though.
    Refused,
}

/// A request could not be sent whole.
#[derive(Debug)]
pub(crate) enum UploadError {
    /// Its body failed, or is not as long as was announced: the client's side is to blame.
    Body(Box<dyn std::error::Error + Send + Sync>),
    /// The connection broke.
    Connection(io::Error),
}

/// What a request says of its own body is not true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BodyLengthError {
    #[error("content-length is not the length of the request's body")]
    Announced,
    #[error("the request's body is shorter than announced")]
    TooShort,
    #[error("the request's body is longer than announced")]
    TooLong,
}

/// A larger piece is not copied.
const COPIED_BYTES_MAX: usize = 16 * 1024;
/// With more than this gathered, it is sent before more of the body is asked for.
const GATHERED_BYTES_MAX: usize = 32 * 1024;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gathered {
    /// The request's end.
    All,
    /// As much as is sent at once.
    Enough,
    /// What there is.
    Waiting,
}

impl<B> Upload<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    /// Writes the head into an empty buffer, and takes method and headers away. What the URI is
    /// without scheme and authority is the target.
    pub(crate) fn new(
        parts: &mut Parts,
        body: B,
        mut out: Vec<u8>,
    ) -> Result<Self, BodyLengthError> {
        let length = parts.headers.get(CONTENT_LENGTH).map(parse_length).transpose()?;
        let known = if body.is_end_stream() { Some(0) } else { body.size_hint().exact() };
        let announced = match (length, known) {
            (Some(length), Some(known)) if length != known => {
                return Err(BodyLengthError::Announced);
            }
            (Some(length), _) => Announced::Length(length),
            (None, Some(0)) if !expects_body(&parts.method) => Announced::Nothing,
            (None, Some(known)) => Announced::Length(known),
            (None, None) => Announced::Chunks,
        };
        request_head::write(&mut out, parts, announced);
        let body = (known != Some(0)).then_some(body);
        let repeatable = body.is_none() && is_idempotent(&parts.method);
        let (piece, progress) = (Bytes::new(), Progress::Unsent);
        let method = std::mem::take(&mut parts.method);
        let mut spare = std::mem::take(&mut parts.headers);
        spare.clear();
        Ok(Self { method, spare, out, sent: 0, piece, body, announced, progress, repeatable })
    }

    /// Sends; ready when all is sent.
    pub(crate) fn poll_send(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut Stream,
    ) -> Poll<Result<(), UploadError>> {
        loop {
            let gathered = match self.gather(cx) {
                Ok(gathered) => gathered,
                Err(error) => return Poll::Ready(Err(error)),
            };
            if gathered == Gathered::Waiting && self.progress == Progress::Unsent {
                // What the client has sent already arrives by the next time we are asked, and
                // goes out with the head: a send is what costs most.
                self.progress = Progress::Held;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            ready!(self.poll_write(cx, stream))?;
            match gathered {
                Gathered::Enough => {}
                Gathered::Waiting if self.is_written() => {
                    ready!(stream.poll_flush(cx)).map_err(UploadError::Connection)?;
                    return Poll::Pending;
                }
                Gathered::All if self.is_written() => {
                    ready!(stream.poll_flush(cx)).map_err(UploadError::Connection)?;
                    self.progress = Progress::Done;
                    return Poll::Ready(Ok(()));
                }
                Gathered::Waiting | Gathered::All => {}
            }
        }
    }

    /// Moves pieces of the body into `out` and `piece`, until there is enough to send.
    fn gather(&mut self, cx: &mut Context<'_>) -> Result<Gathered, UploadError> {
        while let Some(body) = &mut self.body {
            if !self.piece.is_empty() || self.out.len() >= GATHERED_BYTES_MAX {
                return Ok(Gathered::Enough);
            }
            let ended = self.announced == Announced::Length(0) && body.is_end_stream();
            let frame = if ended { Poll::Ready(None) } else { Pin::new(body).poll_frame(cx) };
            match frame {
                Poll::Pending => return Ok(Gathered::Waiting),
                Poll::Ready(None) => self.end()?,
                Poll::Ready(Some(Err(error))) => return Err(UploadError::Body(error.into())),
                // Trailers concern the client's connection, as the header that announces them.
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) if !data.is_empty() => self.add(data)?,
                    _ => {}
                },
            }
        }
        Ok(Gathered::All)
    }

    fn add(&mut self, data: Bytes) -> Result<(), UploadError> {
        match &mut self.announced {
            Announced::Chunks => request_head::write_chunk_size(&mut self.out, data.len()),
            Announced::Length(left) => {
                let rest = left.checked_sub(data.len() as u64);
                *left = rest.ok_or(BodyLengthError::TooLong)?;
            }
            Announced::Nothing => return Err(BodyLengthError::TooLong.into()),
        }
        if data.len() > COPIED_BYTES_MAX {
            self.piece = data;
        } else {
            self.out.extend_from_slice(&data);
            self.end_chunk();
        }
        Ok(())
    }

    fn end_chunk(&mut self) {
        if self.announced == Announced::Chunks {
            self.out.extend_from_slice(b"\r\n");
        }
    }

    fn end(&mut self) -> Result<(), UploadError> {
        self.body = None;
        match self.announced {
            Announced::Length(left) if left > 0 => return Err(BodyLengthError::TooShort.into()),
            Announced::Length(_) | Announced::Nothing => {}
            Announced::Chunks => self.out.extend_from_slice(b"0\r\n\r\n"),
        }
        Ok(())
    }

    /// Writes what has been gathered.
    fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut Stream,
    ) -> Poll<Result<(), UploadError>> {
        while self.sent < self.out.len() {
            let written = ready!(stream.poll_write(cx, &self.out[self.sent..]));
            self.sent += written.map_err(UploadError::Connection)?;
            self.progress = Progress::Begun;
        }
        // The head of a request that may be repeated is kept for that.
        if !self.repeatable {
            self.out.clear();
            self.sent = 0;
        }
        while !self.piece.is_empty() {
            let written = ready!(stream.poll_write(cx, &self.piece));
            let _ = self.piece.split_to(written.map_err(UploadError::Connection)?);
            if self.piece.is_empty() {
                self.piece = Bytes::new();
                self.end_chunk();
            }
        }
        Poll::Ready(Ok(()))
    }

    fn is_written(&self) -> bool {
        self.sent == self.out.len() && self.piece.is_empty()
    }
}

impl<B> Upload<B> {
    /// Whether nothing more is sent.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.progress, Progress::Done | Progress::Refused)
    }

    /// Whether all of the request was sent.
    pub(crate) fn is_done(&self) -> bool {
        self.progress == Progress::Done
    }

    /// Whether any byte was sent.
    pub(crate) fn has_begun(&self) -> bool {
        !matches!(self.progress, Progress::Unsent | Progress::Held)
    }

    /// The upstream takes no more of it.
    pub(crate) fn refuse(&mut self) {
        if self.has_begun() {
            self.progress = Progress::Refused;
        }
    }

    /// Makes it ready to be sent again on another connection, if that can be done: no byte was
    /// sent, or it has no body and is idempotent (RFC 9110 section 9.2.2).
    pub(crate) fn rewind(&mut self) -> bool {
        if self.has_begun() {
            if !self.repeatable {
                return false;
            }
            self.sent = 0;
            self.progress = Progress::Unsent;
        }
        true
    }

    /// Its buffer, to be used again.
    pub(crate) fn into_buffer(self) -> Vec<u8> {
        self.out
    }
}

impl From<BodyLengthError> for UploadError {
    fn from(error: BodyLengthError) -> Self {
        Self::Body(error.into())
    }
}

fn parse_length(value: &HeaderValue) -> Result<u64, BodyLengthError> {
    let digits = value.to_str().ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    digits.and_then(|digits| digits.parse().ok()).ok_or(BodyLengthError::Announced)
}

/// Whether a request without a body says so (RFC 9110 section 8.6).
fn expects_body(method: &Method) -> bool {
    matches!(*method, Method::POST | Method::PUT | Method::PATCH)
}

#[cfg(test)]
mod tests;
