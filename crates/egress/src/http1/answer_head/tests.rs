//! What is taken for a head, and what is not.

use bytes::BytesMut;
use http::{HeaderMap, Method};

use super::*;

/// What a buffer turns out to be: status, headers and framing of a head in one line.
fn parsed(bytes: &[u8]) -> String {
    let mut buffer = BytesMut::from(bytes);
    match parse(&mut buffer, &Method::GET, &mut HeaderMap::new()) {
        Ok(Parsed::Partial) => "partial".to_owned(),
        Ok(Parsed::Interim) => format!("interim, {} left", buffer.len()),
        Ok(Parsed::Head(AnswerHead { response, framing, keep })) => {
            let headers = response.headers().iter().map(|(name, value)| {
                format!(" {name}={}", String::from_utf8_lossy(value.as_bytes()))
            });
            let reason = response.extensions().get::<ReasonPhrase>();
            let reason = reason.map(|reason| String::from_utf8_lossy(reason.as_bytes()));
            format!(
                "{:?} {}{}{} {framing:?}{} {} left",
                response.version(),
                response.status().as_u16(),
                reason.map(|reason| format!(" '{reason}'")).unwrap_or_default(),
                headers.collect::<String>(),
                if keep { " keep" } else { "" },
                buffer.len(),
            )
        }
        Err(Malformed::Head(error)) => format!("{error:?}"),
        Err(error) => format!("{error:?}"),
    }
}

#[track_caller]
fn check(bytes: &str, expected: &str) {
    assert_eq!(parsed(bytes.as_bytes()), expected, "{bytes:?}");
}

#[test]
fn heads_are_read() {
    check(
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A:1\r\nx-a: \t2 \r\n\r\nok",
        "HTTP/1.1 200 content-length=2 x-a=1 x-a=2 Length(2) keep 2 left",
    );
    check("HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 UntilClose 0 left");
    check("HTTP/1.1 200\r\n\r\n", "HTTP/1.1 200 '' UntilClose 0 left");
    check("HTTP/1.1 200 Fine\r\nx:\r\n\r\n", "HTTP/1.1 200 'Fine' x= UntilClose 0 left");
    check("HTTP/1.0 404 Not Found\r\n\r\n", "HTTP/1.0 404 UntilClose 0 left");
    check(
        "HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 999 'Odd' content-length=0 Empty keep 0 left",
    );
}

#[test]
fn interim_answers_are_told_apart() {
    check("HTTP/1.1 100 Continue\r\n\r\nHTTP", "interim, 4 left");
    check("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", "interim, 0 left");
    check("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n", "ProtocolChange");
}

#[test]
fn a_head_is_awaited_to_its_end() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: y\r\n\r\n";
    for cut in 1..head.len() {
        check(&head[..cut], "partial");
    }
}

#[test]
fn what_is_no_head_is_refused() {
    check("HTTP/2 200\r\n\r\n", "Version");
    check("HTTP/1.2 200 OK\r\n\r\n", "Version");
    check("http/1.1 200 OK\r\n\r\n", "StatusLine");
    check("\r\nHTTP/1.1 200 OK\r\n\r\n", "StatusLine");
    check("\nHTTP/1.1 200 OK\r\n\r\n", "StatusLine");
    check("SSH-2.0-x\r\n", "StatusLine");
    check("HELLO\r\n\r\n", "Version");
    check("HTTP/1.1 20 OK\r\n\r\n", "Status");
    check("HTTP/1.1 2000 OK\r\n\r\n", "Status");
    check("HTTP/1.1 099 OK\r\n\r\n", "StatusLine");
    check("HTTP/1.1  200 OK\r\n\r\n", "Status");
}

#[test]
fn line_ends_are_crlf() {
    check("HTTP/1.1 200 OK\n\n", "BareLineFeed");
    check("HTTP/1.1 200 OK\nx: y\r\n\r\n", "BareLineFeed");
    check("HTTP/1.1 200 OK\r\nx: y\nz: a\r\n\r\n", "BareLineFeed");
    check("HTTP/1.1 200 OK\r\nx: y\r\n\n", "BareLineFeed");
    check("HTTP/1.1 200 OK\r\nx: y\n\r\n", "BareLineFeed");
    check("HTTP/1.1 200 OK\r\nx:\nz: a\r\n\r\n", "BareLineFeed");
    check("HTTP/1.1 200 O\rK\r\n\r\n", "Status");
    check("HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n", "HeaderValue");
    check("HTTP/1.1 200 OK\r\rx: y\r\n\r\n", "Status");
    check("HTTP/1.1 200 OK\r\nx: y\r\n\rz", "NewLine");
}

#[test]
fn headers_are_one_line_and_plain() {
    // Folded lines (obs-fold), and names that are none.
    check("HTTP/1.1 200 OK\r\nx: a\r\n b\r\n\r\n", "HeaderName");
    check("HTTP/1.1 200 OK\r\nx: a\r\n\tb\r\n\r\n", "HeaderName");
    check("HTTP/1.1 200 OK\r\n x: a\r\n\r\n", "HeaderName");
    check("HTTP/1.1 200 OK\r\nx : a\r\n\r\n", "HeaderName");
    check("HTTP/1.1 200 OK\r\n: a\r\n\r\n", "HeaderName");
    check("HTTP/1.1 200 OK\r\nx\r\n\r\n", "HeaderName");
    check("HTTP/1.1 200 OK\r\nx\0: a\r\n\r\n", "HeaderName");
    check("HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n", "HeaderValue");
    check("HTTP/1.1 200 OK\r\nx: a\x7fb\r\n\r\n", "HeaderValue");
    check("HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\n", "HeaderName");
    check("HTTP/1.1 200 O\0K\r\n\r\n", "Status");
}

#[test]
fn framing_is_decided_with_the_head() {
    check("HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n", "ContentLength");
    check("HTTP/1.1 200 OK\r\ncontent-length: 1, 1\r\n\r\n", "ContentLength");
    check(
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
        "AmbiguousFraming",
    );
    check("HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "TransferEncoding");
}

#[test]
fn heads_are_bounded() {
    let frame = "HTTP/1.1 200 OK\r\nx: \r\n\r\n".len();
    let head =
        |bytes: usize| format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "a".repeat(bytes - frame));
    let max = limits::UPSTREAM_HEAD_BYTES_MAX;
    assert!(parsed(head(max).as_bytes()).ends_with("UntilClose 0 left"));
    assert_eq!(parsed(head(max + 1).as_bytes()), "HeadTooLarge");
    assert_eq!(parsed(&head(max + 1).as_bytes()[..max - 1]), "partial");
    assert_eq!(parsed(&head(max + 1).as_bytes()[..max]), "HeadTooLarge");

    let head = |count: usize| format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(count));
    assert!(parsed(head(limits::UPSTREAM_HEADERS_MAX).as_bytes()).ends_with("UntilClose 0 left"));
    assert_eq!(parsed(head(limits::UPSTREAM_HEADERS_MAX + 1).as_bytes()), "TooManyHeaders");
}

#[test]
fn an_unfinished_head_is_looked_at_again_only_when_it_may_be_whole() {
    let head = b"HTTP/1.1 200 OK\r\nx: y\r\n\r\n";
    for from in 0..head.len() {
        for to in from..head.len() {
            assert!(!may_be_whole(&head[..to], from), "{from}..{to}");
        }
        assert!(may_be_whole(head, from), "{from}");
    }
    assert!(may_be_whole(b"HTTP/1.1 200 OK\n\n", 16));
    assert!(may_be_whole(&[b'a'; limits::UPSTREAM_HEAD_BYTES_MAX], 1));
}
