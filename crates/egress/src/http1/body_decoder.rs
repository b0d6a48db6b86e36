//! An answer's body, taken out of what was read.

use bytes::{Bytes, BytesMut};
use http::HeaderMap;

use super::Malformed;
use super::chunked::{Chunk, Chunked};
use super::framing::Framing;

/// Where in a body the next byte stands.
#[derive(Debug)]
pub(crate) enum BodyDecoder {
    /// Bytes still to come; none at the end.
    Length(u64),
    /// By chunks.
    Chunked(Chunked),
    /// Everything until the connection ends.
    UntilClose,
}

/// What was taken out of the buffer.
#[derive(Debug)]
pub(crate) enum Decoded {
    /// Nothing: more bytes are needed.
    Partial,
    /// A piece, never empty.
    Data(Bytes),
    /// The last piece.
    LastData(Bytes),
    /// The body has ended; with trailers, if any came that may be passed on.
    End(Option<HeaderMap>),
}

impl BodyDecoder {
    pub(crate) fn new(framing: Framing) -> Self {
        match framing {
            Framing::Empty => Self::Length(0),
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(Chunked::default()),
            Framing::UntilClose => Self::UntilClose,
        }
    }

    /// Takes the next piece.
    pub(crate) fn decode(&mut self, buffer: &mut BytesMut) -> Result<Decoded, Malformed> {
        match self {
            Self::Length(0) => Ok(Decoded::End(None)),
            Self::Length(_) | Self::UntilClose if buffer.is_empty() => Ok(Decoded::Partial),
            Self::Length(left) => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(buffer.len());
                *left -= taken as u64;
                let data = buffer.split_to(taken).freeze();
                Ok(if *left == 0 { Decoded::LastData(data) } else { Decoded::Data(data) })
            }
            Self::UntilClose => Ok(Decoded::Data(buffer.split().freeze())),
            Self::Chunked(chunked) => Ok(match chunked.decode(buffer)? {
                Chunk::Partial => Decoded::Partial,
                Chunk::Data(data) if chunked.ends_here(buffer) => Decoded::LastData(data),
                Chunk::Data(data) => Decoded::Data(data),
                Chunk::End(trailers) => Decoded::End(trailers),
            }),
        }
    }

    /// Takes a body that is there as a whole, if its length says that it is.
    pub(crate) fn take_whole(&mut self, buffer: &mut BytesMut) -> Option<Bytes> {
        let Self::Length(left) = self else {
            return None;
        };
        let length = usize::try_from(*left).ok().filter(|length| *length <= buffer.len())?;
        *left = 0;
        Some(if length == 0 { Bytes::new() } else { buffer.split_to(length).freeze() })
    }

    /// Bytes that are known to come.
    pub(crate) fn expected(&self) -> u64 {
        match self {
            Self::Length(left) => *left,
            Self::Chunked(_) | Self::UntilClose => 0,
        }
    }

    /// All bytes that come, if that is known.
    pub(crate) fn exact(&self) -> Option<u64> {
        match self {
            Self::Length(left) => Some(*left),
            Self::Chunked(_) | Self::UntilClose => None,
        }
    }
}
