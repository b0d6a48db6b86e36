//! Watches the raw bytes of requests for what hyper repairs in silence, and measures heads.
//!
//! RFC 9112 section 6.3 lets a server answer a request with both `Content-Length` and
//! `Transfer-Encoding` by the latter; whoever stands in front may have gone by the former. hyper
//! drops one of them before we could see it, and takes `gzip, chunked` for `chunked`; so the bytes are looked at on their way to it. The
//! scanner follows message framing, so that a body or a pipelined request cannot hide a head.

use gatewright_types::limits;

use crate::refusal::HeadFault;

/// Follows the requests of one connection.
#[derive(Debug, Default)]
pub(crate) struct HeadScanner {
    state: State,
    head: Head,
    /// The beginning of a line whose end has not come yet.
    partial: Vec<u8>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Head,
    /// Bytes of a body with a length, still to come.
    Length(u64),
    ChunkSize,
    /// Bytes of a chunk and its line end, still to come.
    Chunk(u64),
    Trailers,
}

#[derive(Clone, Copy, Debug, Default)]
struct Head {
    bytes: usize,
    length: Option<u64>,
    chunked: bool,
    fault: Option<HeadFault>,
}

impl HeadScanner {
    /// Whether the next byte belongs to a head.
    pub(crate) fn is_at_head(&self) -> bool {
        self.state == State::Head
    }

    /// Whether a request has begun and not ended.
    pub(crate) fn is_inside(&self) -> bool {
        self.state != State::Head || self.head.bytes > 0 || !self.partial.is_empty()
    }

    /// Looks at bytes that were read; the fault of the heads that ended in them, if any has one.
    pub(crate) fn feed(&mut self, mut bytes: &[u8]) -> Option<HeadFault> {
        let mut fault = None;
        while !bytes.is_empty() {
            match self.state {
                State::Length(left) | State::Chunk(left) => {
                    let taken = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    bytes = &bytes[taken..];
                    let left = left - taken as u64;
                    self.state = match (self.state, left) {
                        (State::Length(_), 0) => State::Head,
                        (State::Chunk(_), 0) => State::ChunkSize,
                        (State::Length(_), left) => State::Length(left),
                        (_, left) => State::Chunk(left),
                    };
                }
                State::Head | State::ChunkSize | State::Trailers => {
                    let Some(end) = memchr::memchr(b'\n', bytes) else {
                        self.keep(bytes);
                        break;
                    };
                    let (line, rest) = bytes.split_at(end + 1);
                    bytes = rest;
                    if self.partial.is_empty() {
                        self.line(line);
                    } else {
                        self.keep(line);
                        let line = std::mem::take(&mut self.partial);
                        self.line(&line);
                    }
                    if self.state != State::Head || self.head.bytes == 0 {
                        fault = fault.or_else(|| self.head.fault.take());
                    }
                }
            }
        }
        // A head that is too large already is told so without its end.
        if self.state == State::Head && self.head.bytes + self.partial.len() > HEAD_MAX {
            fault = fault.or(Some(HeadFault::TooLarge));
        }
        fault
    }

    /// Keeps the beginning of a line, as much as a head may hold.
    fn keep(&mut self, bytes: &[u8]) {
        let room = (HEAD_MAX + 1).saturating_sub(self.partial.len());
        self.partial.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    fn line(&mut self, line: &[u8]) {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        match self.state {
            State::ChunkSize => {
                let digits = content.split(|byte| *byte == b';').next().unwrap_or_default();
                self.state = match chunk_size(digits) {
                    Some(0) | None => State::Trailers,
                    // The chunk's own line end is part of what is skipped.
                    Some(size) => State::Chunk(size.saturating_add(2)),
                };
            }
            State::Trailers if content.is_empty() => self.state = State::Head,
            State::Head => self.head_line(line.len(), content),
            State::Trailers | State::Length(_) | State::Chunk(_) => {}
        }
    }

    fn head_line(&mut self, bytes: usize, content: &[u8]) {
        // Empty lines before a request line do not count (RFC 9112 section 2.2).
        if content.is_empty() && self.head.bytes == 0 {
            return;
        }
        self.head.bytes += bytes;
        if content.is_empty() {
            let head = std::mem::take(&mut self.head);
            self.state = match (head.chunked, head.length) {
                (true, _) => State::ChunkSize,
                (false, Some(length)) if length > 0 => State::Length(length),
                _ => State::Head,
            };
            let too_large = (head.bytes > HEAD_MAX).then_some(HeadFault::TooLarge);
            self.head.fault = head.fault.or(too_large);
            return;
        }
        match content[0] | 0x20 {
            b'c' => {
                if let Some(value) = value_of(content, b"content-length") {
                    let length = std::str::from_utf8(value).ok().and_then(|text| text.parse().ok());
                    if self.head.chunked || self.head.length.is_some() {
                        self.head.fault = Some(HeadFault::Malformed);
                    }
                    // What is no number is refused by hyper.
                    self.head.length = Some(length.unwrap_or(0));
                }
            }
            b't' => {
                if let Some(value) = value_of(content, b"transfer-encoding") {
                    // hyper goes by the last coding, and a body in another one below it would be
                    // passed on without being named.
                    let only_chunked = value.eq_ignore_ascii_case(b"chunked");
                    if self.head.chunked || self.head.length.is_some() || !only_chunked {
                        self.head.fault = Some(HeadFault::Malformed);
                    }
                    self.head.chunked = true;
                }
            }
            _ => {}
        }
    }
}

const HEAD_MAX: usize = limits::REQUEST_HEAD_BYTES_MAX;

/// A header line's value, trimmed, when the line is of this name.
fn value_of<'l>(line: &'l [u8], name: &[u8]) -> Option<&'l [u8]> {
    let (start, rest) = line.split_at_checked(name.len())?;
    let value = rest.strip_prefix(b":")?;
    start.eq_ignore_ascii_case(name).then(|| value.trim_ascii())
}

fn chunk_size(digits: &[u8]) -> Option<u64> {
    u64::from_str_radix(std::str::from_utf8(digits.trim_ascii()).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The fault found in a connection's bytes, however they are cut.
    #[track_caller]
    fn check(bytes: &[u8], expected: Option<HeadFault>) {
        for step in [1, 2, 3, 7, bytes.len()] {
            let mut scanner = HeadScanner::default();
            let found = bytes.chunks(step).filter_map(|part| scanner.feed(part)).next();
            assert_eq!(found, expected, "in steps of {step}");
        }
    }

    #[test]
    fn both_framings_are_ambiguous() {
        let fault = Some(HeadFault::Malformed);
        check(b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", fault);
        check(b"POST / HTTP/1.1\r\ntransfer-encoding:chunked\r\nCONTENT-LENGTH: 1\r\n\r\n", fault);
        check(b"POST / HTTP/1.1\ncontent-length: 1\ncontent-length: 1\n\n", fault);
        check(
            b"\r\nPOST / HTTP/1.1\r\ntransfer-encoding: a\r\ntransfer-encoding: b\r\n\r\n",
            fault,
        );
        check(b"POST / HTTP/1.1\r\ncontent-length: 0\r\ncontent-lengthy: 1\r\n\r\n", None);
    }

    #[test]
    fn chunked_is_the_only_coding() {
        for (value, fault) in [
            ("chunked", None),
            ("\t Chunked ", None),
            ("gzip, chunked", Some(HeadFault::Malformed)),
            ("chunked, chunked", Some(HeadFault::Malformed)),
            ("identity", Some(HeadFault::Malformed)),
            ("", Some(HeadFault::Malformed)),
        ] {
            let head = format!("POST / HTTP/1.1\r\ntransfer-encoding:{value}\r\n\r\n0\r\n\r\n");
            check(head.as_bytes(), fault);
        }
    }

    #[test]
    fn bodies_hide_nothing_and_are_not_heads() {
        let bad = "GET / HTTP/1.1\r\ncontent-length: 0\r\ntransfer-encoding: x\r\n\r\n";
        let length = format!("POST / HTTP/1.1\r\ncontent-length: {}\r\n\r\n{bad}", bad.len());
        check(length.as_bytes(), None);
        check(format!("{length}{bad}").as_bytes(), Some(HeadFault::Malformed));
        let chunked = format!(
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n{:x};x=y\r\n{bad}\r\n0\r\na: b\r\n\r\n",
            bad.len()
        );
        check(chunked.as_bytes(), None);
        check(format!("{chunked}{bad}").as_bytes(), Some(HeadFault::Malformed));
    }

    #[test]
    fn heads_are_measured_to_the_byte() {
        let frame = "GET / HTTP/1.1\r\nx: \r\n\r\n".len();
        let head =
            |size: usize| format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "a".repeat(size - frame));
        check(head(HEAD_MAX).as_bytes(), None);
        check(head(HEAD_MAX + 1).as_bytes(), Some(HeadFault::TooLarge));
        check("a".repeat(HEAD_MAX + 1).as_bytes(), Some(HeadFault::TooLarge));
    }
}
