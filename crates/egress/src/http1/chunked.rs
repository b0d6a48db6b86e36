//! The chunked coding (RFC 9112 section 7.1), read.

use bytes::{Buf, Bytes, BytesMut};
use gatewright_types::limits;
use http::HeaderMap;
use http::header::{
    AUTHORIZATION, CACHE_CONTROL, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, EXPECT, HOST, HeaderName, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

use super::Malformed;
use super::fields::Fields;

/// Where in a chunked body the next byte stands.
#[derive(Debug, Default)]
pub(crate) struct Chunked {
    state: State,
    /// Bytes of chunk extensions so far.
    extension_bytes: usize,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Size,
    /// Bytes of a chunk, still to come.
    Data(u64),
    /// The line end behind a chunk.
    DataEnd,
    Trailers,
}

/// What was taken out of the buffer.
#[derive(Debug)]
pub(crate) enum Chunk {
    /// Nothing: more bytes are needed.
    Partial,
    /// A piece of the body, never empty.
    Data(Bytes),
    /// The body has ended; with trailers, if any came that may be passed on.
    End(Option<HeaderMap>),
}

/// What ends most bodies, behind the data of the last chunk.
const PLAIN_END: &[u8] = b"\r\n0\r\n\r\n";

impl Chunked {
    /// Takes the next piece.
    pub(crate) fn decode(&mut self, buffer: &mut BytesMut) -> Result<Chunk, Malformed> {
        loop {
            match self.state {
                State::Size => {
                    let Some((size, bytes)) = self.size(buffer)? else {
                        return Ok(Chunk::Partial);
                    };
                    buffer.advance(bytes);
                    self.state = if size == 0 { State::Trailers } else { State::Data(size) };
                }
                State::Data(left) => {
                    if buffer.is_empty() {
                        return Ok(Chunk::Partial);
                    }
                    let taken = usize::try_from(left).unwrap_or(usize::MAX).min(buffer.len());
                    let left = left - taken as u64;
                    self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
                    return Ok(Chunk::Data(buffer.split_to(taken).freeze()));
                }
                State::DataEnd => {
                    match (buffer.first(), buffer.get(1)) {
                        (Some(b'\r'), Some(b'\n')) => buffer.advance(2),
                        (None | Some(b'\r'), None) => return Ok(Chunk::Partial),
                        _ => return Err(Malformed::ChunkEnd),
                    }
                    self.state = State::Size;
                }
                State::Trailers => return trailers(buffer),
            }
        }
    }

    /// Whether the body ends right behind the chunk just given, which is then taken: its receiver
    /// learns of the end together with the last piece, and need not ask again.
    pub(crate) fn ends_here(&mut self, buffer: &mut BytesMut) -> bool {
        let ends = matches!(self.state, State::DataEnd) && buffer.starts_with(PLAIN_END);
        if ends {
            buffer.advance(PLAIN_END.len());
        }
        ends
    }

    /// A chunk's size and the length of its line.
    fn size(&mut self, buffer: &[u8]) -> Result<Option<(u64, usize)>, Malformed> {
        let searched = &buffer[..buffer.len().min(limits::UPSTREAM_CHUNK_LINE_BYTES_MAX)];
        let Some(end) = searched.iter().position(|byte| *byte == b'\n') else {
            let whole = searched.len() == limits::UPSTREAM_CHUNK_LINE_BYTES_MAX;
            return if whole { Err(Malformed::ChunkSize) } else { Ok(None) };
        };
        let line = buffer[..end].strip_suffix(b"\r").ok_or(Malformed::BareLineFeed)?;
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let (digits, rest) = line.split_at(digits);
        // Sixteen digits are what fits into the number; none are not nought.
        if !(1..=16).contains(&digits.len()) {
            return Err(Malformed::ChunkSize);
        }
        let size = digits.iter().fold(0_u64, |size, digit| {
            size << 4 | u64::from(char::from(*digit).to_digit(16).unwrap_or(0))
        });
        // Extensions are dropped; only what no reader could take for the end of the line may
        // stand in them.
        let control = |byte: &u8| byte.is_ascii_control() && *byte != b'\t';
        let extension = rest.trim_ascii_start();
        if !(extension.is_empty() || extension[0] == b';') || rest.iter().any(control) {
            return Err(Malformed::ChunkSize);
        }
        self.extension_bytes += rest.len();
        if self.extension_bytes > limits::UPSTREAM_CHUNK_EXTENSION_BYTES_MAX {
            return Err(Malformed::ChunkExtensions);
        }
        Ok(Some((size, end + 1)))
    }
}

/// Takes the lines behind the last chunk.
fn trailers(buffer: &mut BytesMut) -> Result<Chunk, Malformed> {
    if buffer.starts_with(b"\r\n") {
        buffer.advance(2);
        return Ok(Chunk::End(None));
    }
    let searched = &buffer[..buffer.len().min(limits::UPSTREAM_TRAILER_BYTES_MAX)];
    let Some(end) = searched.windows(4).position(|four| four == b"\r\n\r\n") else {
        let whole = searched.len() == limits::UPSTREAM_TRAILER_BYTES_MAX;
        return if whole { Err(Malformed::Trailers) } else { Ok(Chunk::Partial) };
    };
    let mut lines = [httparse::EMPTY_HEADER; limits::UPSTREAM_HEADERS_MAX];
    let block = &buffer[..end + 4];
    let mut fields = Fields::new();
    match httparse::parse_headers(block, &mut lines) {
        Ok(httparse::Status::Complete((bytes, lines))) if bytes == block.len() => {
            fields.locate(block, lines)?;
        }
        _ => return Err(Malformed::Trailers),
    }
    let block = buffer.split_to(end + 4).freeze();
    let mut trailers = HeaderMap::with_capacity(fields.len());
    fields.each(&block, |name, value| {
        if !NOT_IN_TRAILERS.contains(&name) {
            trailers.append(name, value);
        }
        Ok(())
    })?;
    Ok(Chunk::End((!trailers.is_empty()).then_some(trailers)))
}

/// What would change how the message is framed, routed, or understood, had it come in the head
/// (RFC 9110 section 6.5.1).
pub(super) const NOT_IN_TRAILERS: [HeaderName; 14] = [
    TRANSFER_ENCODING,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    CONTENT_ENCODING,
    CONTENT_RANGE,
    CONNECTION,
    TRAILER,
    TE,
    UPGRADE,
    HOST,
    EXPECT,
    AUTHORIZATION,
    CACHE_CONTROL,
    SET_COOKIE,
];

#[cfg(test)]
mod tests;
