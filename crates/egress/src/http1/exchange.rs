//! One request and its answer on one connection.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use gatewright_types::limits;
use http_body::Body;

use super::answer_head::{self, AnswerHead, Parsed};
use super::{Connection, Malformed, Upload, UploadError};
use crate::AnswerError;

/// A request under way. Both directions move whenever it is polled, since an upstream may answer
/// before it has taken the whole request.
pub(crate) struct Exchange<B> {
    pub(crate) connection: Connection,
    pub(crate) upload: Box<Upload<B>>,
    /// What the upload failed with: why there is no answer, if none comes.
    refusal: Option<io::Error>,
    /// How much of the buffer is known to be an unfinished head.
    parsed: usize,
    interim_answers: usize,
}

/// What an upstream answers with.
pub(crate) type Answer = AnswerHead;

/// An exchange failed.
#[derive(Debug)]
pub(crate) enum ExchangeError {
    /// The request's own body did.
    RequestBody(Box<dyn std::error::Error + Send + Sync>),
    /// The upstream did.
    Answer(AnswerError),
}

impl<B> Exchange<B>
where
    B: Body<Data = Bytes> + Unpin,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    pub(crate) fn new(connection: Connection, upload: Box<Upload<B>>) -> Self {
        Self { connection, upload, refusal: None, parsed: 0, interim_answers: 0 }
    }

    /// Sends the request, and reads the head of its answer.
    pub(crate) fn poll_head(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Answer, ExchangeError>> {
        self.poll_upload(cx)?;
        if !self.upload.has_begun() {
            return match self.refusal.take() {
                Some(error) => Poll::Ready(Err(AnswerError::Connection(error).into())),
                None => Poll::Pending,
            };
        }
        loop {
            if let Some(head) = self.parse()? {
                return Poll::Ready(Ok(head));
            }
            let read = ready!(self.connection.poll_fill(cx, 0)).map_err(AnswerError::Connection)?;
            if read == 0 {
                let refusal = self.refusal.take().map(AnswerError::Connection);
                return Poll::Ready(Err(refusal.unwrap_or(AnswerError::Closed).into()));
            }
        }
    }

    /// Sends what can be sent.
    ///
    /// A connection that takes no more is no error yet: who refuses a body says so and closes,
    /// and what it said can still be read.
    pub(crate) fn poll_upload(&mut self, cx: &mut Context<'_>) -> Result<(), ExchangeError> {
        if self.upload.is_over() {
            return Ok(());
        }
        match self.upload.poll_send(cx, &mut self.connection.stream) {
            Poll::Ready(Err(UploadError::Body(error))) => Err(ExchangeError::RequestBody(error)),
            Poll::Ready(Err(UploadError::Connection(error))) => {
                self.upload.refuse();
                self.refusal = Some(error);
                Ok(())
            }
            Poll::Ready(Ok(())) | Poll::Pending => Ok(()),
        }
    }

    fn parse(&mut self) -> Result<Option<Answer>, AnswerError> {
        loop {
            let buffer = &mut self.connection.buffer;
            let unfinished = self.parsed > 0 && !answer_head::may_be_whole(buffer, self.parsed);
            if buffer.is_empty() || unfinished {
                self.parsed = buffer.len();
                return Ok(None);
            }
            let Upload { method, spare, .. } = &mut *self.upload;
            match answer_head::parse(buffer, method, spare)? {
                Parsed::Head(head) => return Ok(Some(head)),
                Parsed::Partial => {
                    self.parsed = buffer.len();
                    return Ok(None);
                }
                Parsed::Interim => {
                    self.parsed = 0;
                    self.interim_answers += 1;
                    if self.interim_answers > limits::UPSTREAM_INTERIM_ANSWERS_MAX {
                        return Err(Malformed::TooManyInterimAnswers.into());
                    }
                }
            }
        }
    }

    /// After an error: the request, when it can be sent again, because the connection was closed
    /// before it and no byte of an answer came.
    pub(crate) fn into_repeatable(mut self, error: &ExchangeError) -> Option<Box<Upload<B>>> {
        let ExchangeError::Answer(error) = error else {
            return None;
        };
        let silent = self.connection.buffer.is_empty() && self.interim_answers == 0;
        (error.is_closed() && silent && self.upload.rewind()).then_some(self.upload)
    }
}

impl From<AnswerError> for ExchangeError {
    fn from(error: AnswerError) -> Self {
        Self::Answer(error)
    }
}

#[cfg(test)]
mod tests;
