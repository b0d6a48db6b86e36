//! Answers, good and bad, and what is made of them.

use http::HeaderMap;
use http::header::{CONNECTION, HeaderName, TRANSFER_ENCODING};

/// What hyper takes and we do not, and why.
pub(super) const REFUSED_BY_US: &[(&str, &str)] = &[
    ("\r\nHTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", "something is left over before it"),
    ("HTTP/1.1 200 OK\ncontent-length: 0\n\n", "LF alone ends a line"),
    ("HTTP/1.1 200 OK\r\nx: y\ncontent-length: 0\r\n\r\n", "LF alone, where others may read on"),
    ("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na", "a length twice"),
    ("HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\n\r\na", "a list of lengths"),
    (
        "HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "two framings",
    ),
    (
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "a coding that nobody undoes",
    ),
    ("HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\na", "the same, until the end"),
    (
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n00000000000000001\r\na\r\n0\r\n\r\n",
        "more digits than a size can need",
    ),
];

const HEADERS: &[&str] = &[
    "",
    "content-length: 5\r\n",
    "Content-Length:5\r\nConnection: close\r\n",
    "content-length: 0\r\n",
    "content-length: 3\r\nx-a: 1\r\nX-A: 2\r\n",
    "content-length: 00005\r\nset-cookie: a=b\r\nset-cookie: c=d\r\n",
    "content-length: +5\r\n",
    "content-length: 5\r\ncontent-length: 6\r\n",
    "content-length: 5,5\r\n",
    "content-length: 18446744073709551615\r\n",
    "transfer-encoding: chunked\r\n",
    "Transfer-Encoding: CHUNKED\r\nTrailer: x\r\n",
    "transfer-encoding: chunked\r\ncontent-length: 5\r\n",
    "transfer-encoding: gzip, chunked\r\n",
    "transfer-encoding: chunked, chunked\r\n",
    "transfer-encoding: identity\r\n",
    "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n",
    "content-length: 5\r\n folded: 1\r\n",
    "content-length : 5\r\n",
    "x:\r\ny: \t z \t\r\ncontent-length: 5\r\n",
    "x: \u{e9}\u{20ac}\r\ncontent-length: 5\r\n",
];

const BODIES: &[&str] = &[
    "",
    "hello",
    "hello world",
    "5\r\nhello\r\n0\r\n\r\n",
    "5\r\nhello\r\n6; a=b\r\n world\r\n0\r\nx: y\r\n\r\n",
    "5 \r\nhello\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "5\r\nhello0\r\n\r\n",
    "\r\n",
];

const STATUS_LINES: &[&str] = &[
    "HTTP/1.1 200 OK\r\n",
    "HTTP/1.0 200 OK\r\n",
    "HTTP/1.1 204 No Content\r\n",
    "HTTP/1.1 304 Not Modified\r\n",
    "HTTP/1.1 200\r\n",
    "HTTP/1.1 599 \r\n",
    "HTTP/1.1 404 A Reason\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
    "HTTP/1.1 103 Hints\r\nlink: a\r\n\r\nHTTP/1.1 102 P\r\n\r\nHTTP/1.1 201 Created\r\n",
    "HTTP/1.1 101 Switching Protocols\r\n",
];

/// Each header block and each body under a plain status line, and each status line over some.
pub(super) fn answers() -> Vec<Vec<u8>> {
    let mut answers = Vec::new();
    for headers in HEADERS {
        for body in BODIES {
            answers.push(format!("{}{headers}\r\n{body}", STATUS_LINES[0]).into_bytes());
        }
    }
    for status_line in &STATUS_LINES[1..] {
        for (headers, body) in [(1, 1), (0, 2), (10, 4), (3, 0)] {
            let (headers, body) = (HEADERS[headers], BODIES[body]);
            answers.push(format!("{status_line}{headers}\r\n{body}").into_bytes());
        }
    }
    answers.extend(REFUSED_BY_US.iter().map(|(answer, _)| answer.as_bytes().to_vec()));
    answers
}

/// Bytes that parsers stumble over.
const ODD: &[u8] = b"\r\n\0 \t:;,\"-+0159afAFxX\x7f\x80\xff\x0b";

/// An answer of the corpus with a few changes.
pub(super) fn mutated(answers: &[Vec<u8>], random: &mut fastrand::Rng) -> Vec<u8> {
    let mut answer = answers[random.usize(..answers.len())].clone();
    for _ in 0..random.usize(1..4) {
        let at = random.usize(..=answer.len());
        let until = (at + random.usize(..8)).min(answer.len());
        match random.u8(..6) {
            0 if at < answer.len() => answer[at] = ODD[random.usize(..ODD.len())],
            1 => answer.insert(at, ODD[random.usize(..ODD.len())]),
            2 => drop(answer.drain(at..until)),
            3 => {
                let copied = answer[at..until].to_vec();
                answer.splice(at..at, copied);
            }
            4 => {
                let other = &answers[random.usize(..answers.len())];
                let from = random.usize(..=other.len());
                answer.splice(at.., other[from..].iter().copied());
            }
            _ if at < answer.len() => answer[at] = answer[at].wrapping_add(random.u8(1..)),
            _ => {}
        }
    }
    answer
}

/// Takes away the headers that end with the connection.
pub(super) fn without_connection(headers: &mut HeaderMap) {
    headers.remove(TRANSFER_ENCODING);
    let connection = headers.get_all(CONNECTION).iter().cloned().collect::<Vec<_>>();
    headers.remove(CONNECTION);
    for value in connection {
        if ![&b"close"[..], b"keep-alive"].contains(&&*value.as_bytes().to_ascii_lowercase()) {
            headers.append(CONNECTION, value);
        }
    }
}

/// Takes away the trailers that we do not pass on.
pub(super) fn without_forbidden(trailers: &mut HeaderMap) {
    let names = trailers.keys().cloned().collect::<Vec<HeaderName>>();
    for name in names.iter().filter(|name| super::super::chunked::NOT_IN_TRAILERS.contains(name)) {
        trailers.remove(name);
    }
}
