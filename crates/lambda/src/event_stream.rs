//! Frames of `application/vnd.amazon.eventstream`, as `InvokeWithResponseStream` answers in them
//! (Smithy's "Amazon Event Stream Specification").
//!
//! A frame counts once it has come whole and its checksums hold; until then no more than one frame is
//! held. Whatever is read here is an Invoke API's to choose: nothing in it may make us allocate more
//! than came, or read past an end.

use bytes::{Buf, Bytes, BytesMut};
use crc::{CRC_32_ISO_HDLC, Crc, Table};
use gatewright_types::limits;
use serde::Deserialize;

/// Takes frames out of pieces of any length.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    buffer: BytesMut,
}

/// What a frame says.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// What the function gave: `PayloadChunk`.
    Payload(Bytes),
    /// The function is done: `InvokeComplete`.
    Complete(Completion),
    /// The Invoke API itself failed.
    Exception {
        /// Its name.
        kind: String,
        /// What it says.
        message: String,
    },
    /// One that this version does not know, and may pass over.
    Unknown,
}

/// How a function ended.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
pub(crate) struct Completion {
    /// Absent where all went well.
    pub(crate) error_code: Option<String>,
    pub(crate) error_details: Option<String>,
}

/// Something that is no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A length that cannot be, or is above the bound.
    #[error("a frame's length")]
    Length,
    /// A checksum that is another's.
    #[error("a frame's checksum")]
    Checksum,
    /// A header that cannot be read.
    #[error("a frame's headers")]
    Headers,
    /// Neither an event nor an exception.
    #[error("a frame's :message-type")]
    MessageType,
    /// A payload that is not what its event has.
    #[error("an event's payload")]
    Payload,
}

const CRC: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_ISO_HDLC);
/// Length of the frame, length of its headers, and the checksum of both.
const PRELUDE_BYTES: usize = 12;
const CHECKSUM_BYTES: usize = 4;
/// Bytes of a frame's headers, as the specification has it.
const HEADERS_BYTES_MAX: usize = 128 * 1024;

impl Decoder {
    pub(crate) fn feed(&mut self, piece: &[u8]) {
        self.buffer.extend_from_slice(piece);
    }

    /// The next event; none while it is not here whole. After an error there is no next one.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, FrameError> {
        let Some((mut prelude, _)) = self.buffer.split_at_checked(PRELUDE_BYTES) else {
            return Ok(None);
        };
        let checksum = CRC.checksum(&prelude[..8]);
        let (frame_bytes, headers_bytes) = (length(&mut prelude), length(&mut prelude));
        if checksum != prelude.get_u32() {
            return Err(FrameError::Checksum);
        }
        let payload_bytes = frame_bytes
            .checked_sub(PRELUDE_BYTES + CHECKSUM_BYTES)
            .and_then(|rest| rest.checked_sub(headers_bytes));
        if headers_bytes > HEADERS_BYTES_MAX
            || payload_bytes.is_none_or(|bytes| bytes > limits::LAMBDA_PAYLOAD_BYTES_MAX)
        {
            return Err(FrameError::Length);
        }
        if self.buffer.len() < frame_bytes {
            return Ok(None);
        }
        let mut frame = self.buffer.split_to(frame_bytes).freeze();
        let checksum = frame.split_off(frame_bytes - CHECKSUM_BYTES).get_u32();
        if checksum != CRC.checksum(&frame) {
            return Err(FrameError::Checksum);
        }
        frame.advance(PRELUDE_BYTES);
        let headers = frame.split_to(headers_bytes);
        event(&Headers::read(&headers)?, frame).map(Some)
    }

    /// Whether nothing of a frame is held.
    pub(crate) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }
}

fn length(prelude: &mut &[u8]) -> usize {
    usize::try_from(prelude.get_u32()).unwrap_or(usize::MAX)
}

fn event(headers: &Headers<'_>, payload: Bytes) -> Result<Event, FrameError> {
    match (headers.message_type, headers.event_type) {
        (Some("event"), Some("PayloadChunk")) => Ok(Event::Payload(payload)),
        (Some("event"), Some("InvokeComplete")) if payload.is_empty() => {
            Ok(Event::Complete(Completion::default()))
        }
        (Some("event"), Some("InvokeComplete")) => {
            let completion = serde_json::from_slice(&payload);
            completion.map(Event::Complete).map_err(|_| FrameError::Payload)
        }
        (Some("event"), _) => Ok(Event::Unknown),
        (Some("exception" | "error"), _) => Ok(Event::Exception {
            kind: headers.kind.unwrap_or_default().to_owned(),
            message: headers.error_message.map_or_else(|| message(&payload), str::to_owned),
        }),
        _ => Err(FrameError::MessageType),
    }
}

/// What the JSON of an exception says.
fn message(payload: &[u8]) -> String {
    #[derive(Default, Deserialize)]
    struct Exception {
        #[serde(alias = "Message")]
        message: Option<String>,
    }
    serde_json::from_slice::<Exception>(payload).unwrap_or_default().message.unwrap_or_default()
}

/// Those headers of a frame that say what it is.
#[derive(Default)]
struct Headers<'f> {
    message_type: Option<&'f str>,
    event_type: Option<&'f str>,
    /// Of an exception or an error.
    kind: Option<&'f str>,
    error_message: Option<&'f str>,
}

impl<'f> Headers<'f> {
    fn read(mut bytes: &'f [u8]) -> Result<Self, FrameError> {
        let mut headers = Self::default();
        while !bytes.is_empty() {
            let name_bytes = usize::from(bytes.get_u8());
            let name = take(&mut bytes, name_bytes)?;
            let value = value(&mut bytes)?;
            match name {
                b":message-type" => headers.message_type = value,
                b":event-type" => headers.event_type = value,
                b":exception-type" | b":error-code" => headers.kind = value,
                b":error-message" => headers.error_message = value,
                _ => {}
            }
        }
        Ok(headers)
    }
}

/// A header's value, where it is a text.
fn value<'f>(bytes: &mut &'f [u8]) -> Result<Option<&'f str>, FrameError> {
    let is_text = 7;
    let kind = bytes.try_get_u8().map_err(|_| FrameError::Headers)?;
    let value_bytes = match kind {
        0 | 1 => 0,
        2 => 1,
        3 => 2,
        4 => 4,
        5 | 8 => 8,
        6 | 7 => usize::from(bytes.try_get_u16().map_err(|_| FrameError::Headers)?),
        9 => 16,
        _ => return Err(FrameError::Headers),
    };
    let value = take(bytes, value_bytes)?;
    match kind == is_text {
        true => str::from_utf8(value).map(Some).map_err(|_| FrameError::Headers),
        false => Ok(None),
    }
}

fn take<'f>(bytes: &mut &'f [u8], count: usize) -> Result<&'f [u8], FrameError> {
    let (taken, rest) = bytes.split_at_checked(count).ok_or(FrameError::Headers)?;
    *bytes = rest;
    Ok(taken)
}

#[cfg(test)]
pub(crate) mod tests;
