//! The head of an answer: status line and headers, out of what was read.

use bytes::BytesMut;
use gatewright_types::limits;
use http::{HeaderMap, Method, Response, StatusCode, Version};
use hyper::ext::ReasonPhrase;

use super::Malformed;
use super::fields::{Fields, Scratch};
use super::framing::{Audience, Framing, FramingHeaders};

/// A head that has come whole.
#[derive(Debug)]
pub(crate) struct AnswerHead {
    /// Status, version and headers as they came, without those that were for the connection.
    pub(crate) response: Response<()>,
    /// Where the body ends.
    pub(crate) framing: Framing,
    /// Whether the connection can be used again behind the body.
    pub(crate) keep: bool,
}

/// What the beginning of an answer turned out to be.
#[derive(Debug)]
pub(crate) enum Parsed {
    /// More bytes are needed.
    Partial,
    /// A 1xx answer, dropped: the answer itself is still to come.
    Interim,
    /// The head.
    Head(AnswerHead),
}

/// Takes the head of an answer to a request of this method out of a buffer. `spare` is an empty map
/// that becomes the answer's.
pub(crate) fn parse(
    buffer: &mut BytesMut,
    method: &Method,
    spare: &mut HeaderMap,
) -> Result<Parsed, Malformed> {
    // The parser would skip empty lines, which are left over from something else here.
    if buffer.first().is_some_and(|first| *first != b'H') {
        return Err(Malformed::StatusLine);
    }
    let mut scratch: Scratch<'_> = [const { std::mem::MaybeUninit::uninit() }; _];
    let mut parsed = httparse::Response::new(&mut []);
    let complete = httparse::ParserConfig::default().parse_response_with_uninit_headers(
        &mut parsed,
        buffer,
        &mut scratch,
    );
    let bytes = match complete.map_err(Malformed::Head)? {
        httparse::Status::Complete(bytes) => bytes,
        httparse::Status::Partial if buffer.len() < limits::UPSTREAM_HEAD_BYTES_MAX => {
            return Ok(Parsed::Partial);
        }
        httparse::Status::Partial => return Err(Malformed::HeadTooLarge),
    };
    if bytes > limits::UPSTREAM_HEAD_BYTES_MAX {
        return Err(Malformed::HeadTooLarge);
    }
    if !buffer[..bytes].ends_with(b"\r\n\r\n") {
        return Err(Malformed::BareLineFeed);
    }
    let status = parsed.code.and_then(|code| StatusCode::from_u16(code).ok());
    let status = status.ok_or(Malformed::StatusLine)?;
    let version = if parsed.version == Some(1) { Version::HTTP_11 } else { Version::HTTP_10 };
    let reason = parsed.reason.unwrap_or_default();
    let reason = (status.canonical_reason() != Some(reason))
        .then(|| ReasonPhrase::try_from(reason.as_bytes()).ok())
        .flatten();
    let mut fields = Fields::new();
    fields.locate(&buffer[..bytes], parsed.headers)?;
    let block = buffer.split_to(bytes).freeze();

    spare.reserve(fields.len());
    let mut framing = FramingHeaders::default();
    fields.each(&block, |name, value| {
        if framing.note(&name, &value)? == Audience::Client {
            spare.append(name, value);
        }
        Ok(())
    })?;
    let (framing, keep) = framing.decide(method, status, version)?;
    if status.is_informational() {
        spare.clear();
        return Ok(Parsed::Interim);
    }
    let mut response = Response::new(());
    *response.status_mut() = status;
    *response.version_mut() = version;
    *response.headers_mut() = std::mem::take(spare);
    if let Some(reason) = reason {
        response.extensions_mut().insert(reason);
    }
    Ok(Parsed::Head(AnswerHead { response, framing, keep }))
}

/// Whether a head that was not whole before may be whole now: looked at instead of parsing it
/// again with each byte that comes. `from` is where the bytes that came since begin.
pub(crate) fn may_be_whole(buffer: &[u8], from: usize) -> bool {
    let recent = &buffer[from.saturating_sub(3).min(buffer.len())..];
    buffer.len() >= limits::UPSTREAM_HEAD_BYTES_MAX
        || recent.windows(2).any(|pair| pair == b"\n\n")
        || recent.windows(3).any(|three| three == b"\n\r\n")
}

#[cfg(test)]
mod tests;
