//! Where an answer's body ends (RFC 9112 section 6.3).

use http::header::{CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderName, HeaderValue, Method, StatusCode, Version};

use super::Malformed;

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// There is none.
    Empty,
    /// After this many bytes.
    Length(u64),
    /// By its chunks.
    Chunked,
    /// By the end of the connection.
    UntilClose,
}

/// Whom a header is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Audience {
    /// The client of the connection, which is us and has heard it.
    Connection,
    /// Whoever asked; among them a `Connection` that names other headers.
    Client,
}

/// What the headers say about it, gathered line by line.
#[derive(Debug, Default)]
pub(crate) struct FramingHeaders {
    length: Option<u64>,
    chunked: bool,
    close: bool,
}

impl FramingHeaders {
    /// Looks at a header, and tells whom it is for.
    pub(crate) fn note(
        &mut self,
        name: &HeaderName,
        value: &HeaderValue,
    ) -> Result<Audience, Malformed> {
        if *name == CONTENT_LENGTH {
            // A second one, be it equal, is what request smuggling is made of.
            if self.length.is_some() {
                return Err(Malformed::ContentLength);
            }
            self.length = Some(length(value.as_bytes()).ok_or(Malformed::ContentLength)?);
        } else if *name == TRANSFER_ENCODING {
            if self.chunked || !value.as_bytes().eq_ignore_ascii_case(b"chunked") {
                return Err(Malformed::TransferEncoding);
            }
            self.chunked = true;
            return Ok(Audience::Connection);
        } else if *name == CONNECTION {
            return Ok(self.note_connection(value.as_bytes()));
        }
        Ok(Audience::Client)
    }

    fn note_connection(&mut self, value: &[u8]) -> Audience {
        if value.eq_ignore_ascii_case(b"keep-alive") {
            return Audience::Connection;
        }
        let is_close = |option: &[u8]| option.trim_ascii().eq_ignore_ascii_case(b"close");
        self.close |= value.split(|byte| *byte == b',').any(is_close);
        if is_close(value) { Audience::Connection } else { Audience::Client }
    }

    /// Where the body of the answer to a request of this method ends, and whether the connection
    /// can be used again behind it.
    pub(crate) fn decide(
        &self,
        method: &Method,
        status: StatusCode,
        version: Version,
    ) -> Result<(Framing, bool), Malformed> {
        if self.chunked {
            if self.length.is_some() {
                return Err(Malformed::AmbiguousFraming);
            }
            if version != Version::HTTP_11 {
                return Err(Malformed::TransferEncoding);
            }
        }
        if status == StatusCode::SWITCHING_PROTOCOLS
            || (*method == Method::CONNECT && status.is_success())
        {
            return Err(Malformed::ProtocolChange);
        }
        let keep = version == Version::HTTP_11 && !self.close;
        if *method == Method::HEAD || status == StatusCode::NOT_MODIFIED {
            return Ok((Framing::Empty, keep));
        }
        if status == StatusCode::NO_CONTENT {
            // A body that is announced where there can be none might still come.
            let silent = !self.chunked && self.length.is_none_or(|length| length == 0);
            return Ok((Framing::Empty, keep && silent));
        }
        Ok(match (self.chunked, self.length) {
            (true, _) => (Framing::Chunked, keep),
            (false, Some(0)) => (Framing::Empty, keep),
            (false, Some(length)) => (Framing::Length(length), keep),
            (false, None) => (Framing::UntilClose, false),
        })
    }
}

const LENGTH_MAX: u64 = u64::MAX >> 1;

/// Digits and nothing else: no sign, no list, no spaces; and no number that some reader would take
/// for a negative one.
fn length(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let length = std::str::from_utf8(value).ok()?.parse().ok()?;
    (length <= LENGTH_MAX).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(
        method: &Method,
        status: u16,
        headers: &[(&str, &str)],
        expected: Result<(Framing, bool), Malformed>,
    ) {
        let decide = |version| {
            let mut noted = FramingHeaders::default();
            for (name, value) in headers {
                let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
                noted.note(&name, &value.parse().expect("a value"))?;
            }
            noted.decide(method, StatusCode::from_u16(status).expect("a status"), version)
        };
        assert_eq!(decide(Version::HTTP_11), expected, "{method} {status} {headers:?}");
        let expected = match expected {
            Ok((Framing::Chunked, _)) => Err(Malformed::TransferEncoding),
            Ok((framing, _)) if headers.iter().all(|(name, _)| *name != "transfer-encoding") => {
                Ok((framing, false))
            }
            _ => return,
        };
        assert_eq!(decide(Version::HTTP_10), expected, "HTTP/1.0 {method} {status} {headers:?}");
    }

    const LENGTH: &str = "content-length";
    const CODING: &str = "transfer-encoding";

    #[test]
    fn a_body_ends_where_all_agree() {
        use Framing::{Chunked, Empty, Length, UntilClose};
        check(&Method::GET, 200, &[(LENGTH, "5")], Ok((Length(5), true)));
        check(&Method::GET, 200, &[(LENGTH, "0")], Ok((Empty, true)));
        check(&Method::GET, 200, &[(LENGTH, "007")], Ok((Length(7), true)));
        check(
            &Method::GET,
            200,
            &[(LENGTH, "9223372036854775807")],
            Ok((Length(LENGTH_MAX), true)),
        );
        check(&Method::GET, 200, &[(CODING, "chunked")], Ok((Chunked, true)));
        check(&Method::GET, 200, &[(CODING, "Chunked")], Ok((Chunked, true)));
        check(&Method::GET, 200, &[], Ok((UntilClose, false)));
        check(&Method::GET, 500, &[("connection", "keep-alive")], Ok((UntilClose, false)));
    }

    #[test]
    fn some_answers_have_no_body_whatever_they_say() {
        use Framing::Empty;
        check(&Method::HEAD, 200, &[(LENGTH, "5")], Ok((Empty, true)));
        check(&Method::HEAD, 200, &[(CODING, "chunked")], Ok((Empty, true)));
        check(&Method::HEAD, 200, &[], Ok((Empty, true)));
        check(&Method::GET, 304, &[(LENGTH, "5")], Ok((Empty, true)));
        check(&Method::GET, 204, &[], Ok((Empty, true)));
        check(&Method::GET, 204, &[(LENGTH, "0")], Ok((Empty, true)));
        check(&Method::GET, 204, &[(LENGTH, "5")], Ok((Empty, false)));
        check(&Method::GET, 204, &[(CODING, "chunked")], Ok((Empty, false)));
    }

    #[test]
    fn what_could_be_read_twice_is_refused() {
        let refused = Err(Malformed::ContentLength);
        for value in [
            "",
            "+5",
            "-5",
            "5, 5",
            "5,6",
            "0x5",
            "5 5",
            "5;",
            "9223372036854775808",
            "18446744073709551617",
        ] {
            check(&Method::GET, 200, &[(LENGTH, value)], refused);
        }
        check(&Method::GET, 200, &[(LENGTH, "5"), (LENGTH, "5")], refused);
        check(&Method::HEAD, 200, &[(LENGTH, "5"), (LENGTH, "6")], refused);
        let refused = Err(Malformed::TransferEncoding);
        for value in ["", "gzip", "gzip, chunked", "chunked, chunked", "identity", "chunked;x=y"] {
            check(&Method::GET, 200, &[(CODING, value)], refused);
        }
        check(&Method::GET, 200, &[(CODING, "chunked"), (CODING, "chunked")], refused);
        let refused = Err(Malformed::AmbiguousFraming);
        check(&Method::GET, 200, &[(CODING, "chunked"), (LENGTH, "5")], refused);
        check(&Method::HEAD, 200, &[(LENGTH, "5"), (CODING, "chunked")], refused);
    }

    #[test]
    fn nobody_asked_for_another_protocol() {
        check(&Method::GET, 101, &[], Err(Malformed::ProtocolChange));
        check(&Method::CONNECT, 200, &[], Err(Malformed::ProtocolChange));
        check(&Method::CONNECT, 404, &[(LENGTH, "0")], Ok((Framing::Empty, true)));
    }

    #[test]
    fn what_concerns_the_connection_ends_here() {
        use Audience::{Client, Connection};
        for (name, value, expected) in [
            ("transfer-encoding", "chunked", Connection),
            ("connection", "Keep-Alive", Connection),
            ("connection", "close", Connection),
            ("connection", "close, x-a", Client),
            ("connection", "x-a", Client),
            ("content-length", "1", Client),
            ("keep-alive", "timeout=5", Client),
        ] {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            let value = HeaderValue::from_static(value);
            assert_eq!(FramingHeaders::default().note(&name, &value), Ok(expected), "{value:?}");
        }
    }

    #[test]
    fn close_is_heard_wherever_it_stands() {
        for value in ["close", "Close", "keep-alive, close", "close,x"] {
            check(
                &Method::GET,
                200,
                &[(LENGTH, "1"), ("connection", value)],
                Ok((Framing::Length(1), false)),
            );
        }
        let two = [(LENGTH, "1"), ("connection", "close"), ("connection", "keep-alive")];
        check(&Method::GET, 200, &two, Ok((Framing::Length(1), false)));
        let other = [(LENGTH, "1"), ("connection", "keep-alive"), ("connection", "closer")];
        check(&Method::GET, 200, &other, Ok((Framing::Length(1), true)));
    }
}
