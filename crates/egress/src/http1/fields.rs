//! Header and trailer lines, as slices of what was read.

use bytes::Bytes;
use gatewright_types::limits;
use http::{HeaderMap, HeaderName, HeaderValue};

use super::Malformed;

/// Where the lines stand in a block, so that they can be sliced once nothing borrows it.
pub(crate) struct Fields {
    places: [Place; limits::UPSTREAM_HEADERS_MAX],
    count: usize,
}

#[derive(Clone, Copy, Default)]
struct Place {
    name: u16,
    name_bytes: u16,
    value: u16,
    value_bytes: u16,
}

/// Room for the parser to note lines in.
pub(crate) type Scratch<'b> =
    [std::mem::MaybeUninit<httparse::Header<'b>>; limits::UPSTREAM_HEADERS_MAX];

/// A block is at most what an offset can say.
const _: () = assert!(limits::UPSTREAM_HEAD_BYTES_MAX <= 1 << 16);
const _: () = assert!(limits::UPSTREAM_TRAILER_BYTES_MAX <= 1 << 16);

impl Fields {
    /// Notes where the parsed lines of a block stand.
    ///
    /// The parser takes LF alone for a line's end, where others may read on: each line has to
    /// begin behind CR and LF. The block's own end is checked by whoever cut it.
    pub(crate) fn locate(block: &[u8], lines: &[httparse::Header<'_>]) -> Result<Self, Malformed> {
        let start = block.as_ptr() as usize;
        let offset = |part: &[u8]| u16::try_from((part.as_ptr() as usize).wrapping_sub(start));
        let length = |part: &[u8]| u16::try_from(part.len());
        let mut this = Self { places: [Place::default(); _], count: lines.len() };
        for (place, line) in this.places.iter_mut().zip(lines) {
            let (name, value) = (line.name.as_bytes(), line.value);
            let at = || -> Result<Place, std::num::TryFromIntError> {
                Ok(Place {
                    name: offset(name)?,
                    name_bytes: length(name)?,
                    // Where an empty value points to is the parser's affair.
                    value: if value.is_empty() { 0 } else { offset(value)? },
                    value_bytes: length(value)?,
                })
            };
            *place = at().map_err(|_| Malformed::HeadTooLarge)?;
            let before = usize::from(place.name);
            if before >= 2 && block.get(before - 2..before) != Some(b"\r\n") {
                return Err(Malformed::BareLineFeed);
            }
        }
        Ok(this)
    }

    /// Names and values, sliced out of the block.
    pub(crate) fn slices(
        &self,
        block: &Bytes,
    ) -> impl Iterator<Item = Result<(HeaderName, HeaderValue), Malformed>> {
        self.places[..self.count].iter().map(|place| {
            let range = |start: u16, length: u16| {
                usize::from(start)..usize::from(start) + usize::from(length)
            };
            let name = HeaderName::from_bytes(&block[range(place.name, place.name_bytes)]);
            let value = block.slice(range(place.value, place.value_bytes));
            let value = HeaderValue::from_maybe_shared(value);
            match (name, value) {
                (Ok(name), Ok(value)) => Ok((name, value)),
                (Err(_), _) => Err(Malformed::Head(httparse::Error::HeaderName)),
                (_, Err(_)) => Err(Malformed::Head(httparse::Error::HeaderValue)),
            }
        })
    }

    /// A map with room for all.
    pub(crate) fn map(&self) -> HeaderMap {
        HeaderMap::with_capacity(self.count)
    }
}
