//! Header and trailer lines, as slices of what was read.

use bytes::Bytes;
use gatewright_types::limits;
use http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, DATE, ETAG, HeaderName, HeaderValue,
    InvalidHeaderName, LAST_MODIFIED, SERVER, TRANSFER_ENCODING,
};

use super::Malformed;

/// Where the lines stand in a block, so that they can be sliced once nothing borrows it.
pub(crate) struct Fields {
    places: [Place; limits::UPSTREAM_HEADERS_MAX],
    count: usize,
}

/// Offsets and lengths, for which two bytes are enough.
#[derive(Clone, Copy)]
struct Place {
    name: u16,
    name_bytes: u16,
    value: u16,
    value_bytes: u16,
}

/// Room for the parser to note lines in.
pub(crate) type Scratch<'b> =
    [std::mem::MaybeUninit<httparse::Header<'b>>; limits::UPSTREAM_HEADERS_MAX];

const _: () = assert!(limits::UPSTREAM_HEAD_BYTES_MAX <= 1 << 16);
const _: () = assert!(limits::UPSTREAM_TRAILER_BYTES_MAX <= 1 << 16);

impl Fields {
    pub(crate) fn new() -> Self {
        let nowhere = Place { name: 0, name_bytes: 0, value: 0, value_bytes: 0 };
        Self { places: [nowhere; _], count: 0 }
    }

    /// Notes where the parsed lines of a block stand, which is no larger than its limit.
    ///
    /// The parser takes LF alone for a line's end, where others may read on: each line has to
    /// begin behind CR and LF. The block's own end is checked by whoever cut it.
    pub(crate) fn locate(
        &mut self,
        block: &[u8],
        lines: &[httparse::Header<'_>],
    ) -> Result<(), Malformed> {
        let start = block.as_ptr() as usize;
        let offset = |part: &[u8]| (part.as_ptr() as usize).wrapping_sub(start) as u16;
        for (place, line) in self.places.iter_mut().zip(lines) {
            let (name, value) = (line.name.as_bytes(), line.value);
            *place = Place {
                name: offset(name),
                name_bytes: name.len() as u16,
                // Where an empty value points to is the parser's affair.
                value: if value.is_empty() { 0 } else { offset(value) },
                value_bytes: value.len() as u16,
            };
            let begin = usize::from(place.name);
            if begin >= 2 && block[begin - 2..begin] != *b"\r\n" {
                return Err(Malformed::BareLineFeed);
            }
        }
        self.count = lines.len();
        Ok(())
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    /// Gives names and values, sliced out of the block, in their order.
    pub(crate) fn each(
        &self,
        block: &Bytes,
        mut take: impl FnMut(HeaderName, HeaderValue) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        for place in &self.places[..self.count] {
            let range = |start: u16, length: u16| {
                usize::from(start)..usize::from(start) + usize::from(length)
            };
            let name = header_name(&block[range(place.name, place.name_bytes)]);
            let name = name.map_err(|_| Malformed::Head(httparse::Error::HeaderName))?;
            let value = block.slice(range(place.value, place.value_bytes));
            let value = HeaderValue::from_maybe_shared(value);
            take(name, value.map_err(|_| Malformed::Head(httparse::Error::HeaderValue))?)?;
        }
        Ok(())
    }
}

/// The name of a header. Those that most answers have are told by how upstreams write them, which
/// costs an eighth of reading them letter by letter.
fn header_name(bytes: &[u8]) -> Result<HeaderName, InvalidHeaderName> {
    let known = match bytes.len() {
        4 if bytes == b"Date" || bytes == b"date" => DATE,
        4 if bytes == b"ETag" || bytes == b"etag" => ETAG,
        6 if bytes == b"Server" || bytes == b"server" => SERVER,
        10 if bytes == b"Connection" || bytes == b"connection" => CONNECTION,
        12 if bytes == b"Content-Type" || bytes == b"content-type" => CONTENT_TYPE,
        13 if bytes == b"Cache-Control" || bytes == b"cache-control" => CACHE_CONTROL,
        13 if bytes == b"Last-Modified" || bytes == b"last-modified" => LAST_MODIFIED,
        14 if bytes == b"Content-Length" || bytes == b"content-length" => CONTENT_LENGTH,
        17 if bytes == b"Transfer-Encoding" || bytes == b"transfer-encoding" => TRANSFER_ENCODING,
        _ => return HeaderName::from_bytes(bytes),
    };
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_told_at_once_are_the_same() {
        for name in [
            "Date",
            "ETag",
            "Server",
            "Connection",
            "Content-Type",
            "Cache-Control",
            "Last-Modified",
            "Content-Length",
            "Transfer-Encoding",
            "Content-Lengtg",
            "X-Other",
        ] {
            for spelling in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
                let expected = HeaderName::from_bytes(spelling.as_bytes()).expect("a name");
                assert_eq!(header_name(spelling.as_bytes()).expect("a name"), expected);
            }
        }
        assert!(header_name(b"a b").is_err());
    }
}
