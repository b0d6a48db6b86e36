//! Where a streamed answer's status, headers and cookies end and its body begins: a JSON object, then
//! eight NUL bytes (`awslambda.HttpResponseStream.from`).

use gatewright_types::limits;

/// Looks for the end of a prelude in what has come so far.
#[derive(Debug)]
pub(crate) struct Search {
    wanted: Wanted,
    /// Bytes that were looked at.
    seen: usize,
    object: Object,
}

/// Whether there is a prelude.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The runtime said so.
    Yes,
    /// It said another type.
    No,
    /// What it said did not reach us: there is one if it looks like one.
    Maybe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    NotYet,
    /// All is body.
    Nothing,
    /// So many bytes; [`DELIMITER_BYTES`] follow.
    Prelude(usize),
}

/// A prelude that the runtime announced and that does not come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreludeFault {
    /// It does not end.
    #[error("status and headers have more than {} bytes", limits::LAMBDA_PRELUDE_BYTES_MAX)]
    TooLong,
    /// NUL bytes, and not eight of them.
    #[error("status and headers do not end with eight NUL bytes")]
    Delimiter,
}

pub(crate) const DELIMITER_BYTES: usize = 8;

impl Search {
    pub(crate) fn new(wanted: Wanted) -> Self {
        Self { wanted, seen: 0, object: Object::default() }
    }

    /// Goes on with all that has come: what it was given before, and more.
    pub(crate) fn go_on(&mut self, bytes: &[u8]) -> Result<Found, PreludeFault> {
        if bytes.is_empty() {
            return Ok(Found::NotYet);
        }
        let end = match self.wanted {
            Wanted::No => return Ok(Found::Nothing),
            Wanted::Yes => bytes[self.seen..].iter().position(|byte| *byte == 0),
            Wanted::Maybe => match self.object.read(&bytes[self.seen..]) {
                Reading::Object => None,
                Reading::End(end) => Some(end),
                Reading::Nothing => return Ok(Found::Nothing),
            },
        };
        let Some(end) = end.map(|end| self.seen + end) else {
            self.seen = bytes.len();
            return match self.seen > limits::LAMBDA_PRELUDE_BYTES_MAX {
                true => self.unless_wanted(PreludeFault::TooLong),
                false => Ok(Found::NotYet),
            };
        };
        self.seen = end;
        if end > limits::LAMBDA_PRELUDE_BYTES_MAX {
            return self.unless_wanted(PreludeFault::TooLong);
        }
        let delimiter = bytes[end..].iter().take(DELIMITER_BYTES);
        match delimiter.clone().all(|byte| *byte == 0) {
            true if delimiter.len() == DELIMITER_BYTES => Ok(Found::Prelude(end)),
            true => Ok(Found::NotYet),
            false => self.unless_wanted(PreludeFault::Delimiter),
        }
    }

    /// Nothing more comes.
    pub(crate) fn end(&self) -> Result<Found, PreludeFault> {
        self.unless_wanted(PreludeFault::Delimiter)
    }

    fn unless_wanted(&self, fault: PreludeFault) -> Result<Found, PreludeFault> {
        match self.wanted {
            Wanted::Yes => Err(fault),
            Wanted::No | Wanted::Maybe => Ok(Found::Nothing),
        }
    }
}

/// Finds the end of a JSON object without reading it: by its braces, but for those in texts.
#[derive(Debug, Default)]
struct Object {
    depth: usize,
    in_text: bool,
    is_escaped: bool,
    is_over: bool,
}

enum Reading {
    /// It goes on.
    Object,
    /// It ended here.
    End(usize),
    /// It is none.
    Nothing,
}

impl Object {
    /// Goes on; behind its end it stands still.
    fn read(&mut self, bytes: &[u8]) -> Reading {
        for (index, byte) in bytes.iter().enumerate() {
            if self.is_over {
                return match byte {
                    0 => Reading::End(index),
                    _ => Reading::Nothing,
                };
            }
            match byte {
                // No JSON has it.
                0 => return Reading::Nothing,
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.in_text => self.is_escaped = true,
                b'"' if self.depth > 0 => self.in_text = !self.in_text,
                _ if self.in_text => {}
                b'{' => self.depth += 1,
                _ if self.depth == 0 => return Reading::Nothing,
                b'}' => {
                    self.depth -= 1;
                    self.is_over = self.depth == 0;
                }
                _ => {}
            }
        }
        Reading::Object
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUL: &str = "\0\0\0\0\0\0\0\0";

    fn search<'p>(
        wanted: Wanted,
        pieces: impl IntoIterator<Item = &'p [u8]>,
    ) -> Result<Found, PreludeFault> {
        let (mut search, mut bytes) = (Search::new(wanted), Vec::new());
        for piece in pieces {
            bytes.extend_from_slice(piece);
            match search.go_on(&bytes)? {
                Found::NotYet => {}
                found => return Ok(found),
            }
        }
        search.end()
    }

    #[test]
    fn preludes_end_with_eight_nul_bytes() {
        use Found::{Nothing, Prelude};
        let delimiter = Err(PreludeFault::Delimiter);
        for (text, announced, looked_for) in [
            (format!("{{}}{NUL}"), Ok(Prelude(2)), Prelude(2)),
            (format!("{{}}{NUL}\0\0body"), Ok(Prelude(2)), Prelude(2)),
            (format!(r#"{{"a":{{"b}}\"\\":1}}}}{NUL}{{"#), Ok(Prelude(18)), Prelude(18)),
            (format!("no JSON{NUL}"), Ok(Prelude(7)), Nothing),
            (format!("{{}} {NUL}"), Ok(Prelude(3)), Nothing),
            ("{}\0\0\0\0\0\0\0x".to_owned(), delimiter, Nothing),
            ("{}\0\0\0\0\0\0\0".to_owned(), delimiter, Nothing),
            ("{\"a\":1}\n{\"a\":2}\n".to_owned(), delimiter, Nothing),
            (format!("{{{NUL}"), Ok(Prelude(1)), Nothing),
            (format!("{{}}{{}}{NUL}"), Ok(Prelude(4)), Nothing),
            (format!("{NUL}x"), Ok(Prelude(0)), Nothing),
            ("{".to_owned(), delimiter, Nothing),
            (String::new(), delimiter, Nothing),
        ] {
            let bytes = text.as_bytes();
            for size in 1..=bytes.len().max(1) {
                let pieces = || bytes.chunks(size);
                assert_eq!(search(Wanted::Yes, pieces()), announced, "{text:?} {size}");
                assert_eq!(search(Wanted::Maybe, pieces()), Ok(looked_for), "{text:?} {size}");
                assert_eq!(search(Wanted::No, pieces()), Ok(Nothing), "{text:?} {size}");
            }
        }
    }

    #[test]
    fn what_is_no_prelude_is_known_at_once() {
        for text in ["x", "[", "{\"a\":1}\n", "{}x", " {"] {
            let found = Search::new(Wanted::Maybe).go_on(text.as_bytes());
            assert_eq!(found, Ok(Found::Nothing), "{text}");
        }
    }

    #[test]
    fn preludes_have_a_bound() {
        let prelude = |bytes: usize| format!("{{{}}}{NUL}", " ".repeat(bytes - 2)).into_bytes();
        let most = limits::LAMBDA_PRELUDE_BYTES_MAX;
        let (at, above) = (prelude(most), prelude(most + 1));
        for size in [1000, most * 2] {
            assert_eq!(search(Wanted::Yes, at.chunks(size)), Ok(Found::Prelude(most)));
            assert_eq!(search(Wanted::Maybe, at.chunks(size)), Ok(Found::Prelude(most)));
            let too_long = Err(PreludeFault::TooLong);
            assert_eq!(search(Wanted::Yes, above.chunks(size)), too_long);
            assert_eq!(search(Wanted::Maybe, above.chunks(size)), Ok(Found::Nothing));
        }
    }
}
