//! A request's head, written.
//!
//! Neither method, target, names nor values can hold a line's end: `http`'s types do not take one.

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::request::Parts;

/// What the head says about the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Announced {
    /// Nothing: there is no body.
    Nothing,
    /// Its length.
    Length(u64),
    /// That it comes in chunks.
    Chunks,
}

/// Writes the head. How the body is framed is ours to say, whatever the headers do.
pub(crate) fn write(out: &mut Vec<u8>, parts: &Parts, announced: Announced) {
    out.extend_from_slice(parts.method.as_str().as_bytes());
    out.push(b' ');
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    out.extend_from_slice(target.as_bytes());
    out.extend_from_slice(b" HTTP/1.1\r\n");
    for (name, value) in &parts.headers {
        if *name == CONTENT_LENGTH || *name == TRANSFER_ENCODING {
            continue;
        }
        let (name, value) = (name.as_str().as_bytes(), value.as_bytes());
        out.reserve(name.len() + value.len() + 4);
        out.extend_from_slice(name);
        out.extend_from_slice(b": ");
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    match announced {
        Announced::Nothing => {}
        Announced::Length(length) => {
            out.extend_from_slice(b"content-length: ");
            write_decimal(out, length);
            out.extend_from_slice(b"\r\n");
        }
        Announced::Chunks => out.extend_from_slice(b"transfer-encoding: chunked\r\n"),
    }
    out.extend_from_slice(b"\r\n");
}

/// Writes the line before a chunk.
pub(crate) fn write_chunk_size(out: &mut Vec<u8>, size: usize) {
    let digits = (usize::BITS - size.leading_zeros()).div_ceil(4).max(1);
    for place in (0..digits).rev() {
        out.push(b"0123456789abcdef"[size >> (4 * place) & 15]);
    }
    out.extend_from_slice(b"\r\n");
}

fn write_decimal(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[first..]);
}

#[cfg(test)]
mod tests {
    use http::{Method, Request};

    use super::*;

    #[test]
    fn framing_headers_are_ours() {
        let request = Request::post("/a?b=c")
            .header("host", "h")
            .header("content-length", "5")
            .header("transfer-encoding", "chunked")
            .header("x", "1")
            .header("x", "2")
            .body(());
        let (parts, ()) = request.expect("a request").into_parts();
        for (announced, line) in [
            (Announced::Nothing, ""),
            (Announced::Length(0), "content-length: 0\r\n"),
            (Announced::Length(1_234_567_890), "content-length: 1234567890\r\n"),
            (Announced::Length(u64::MAX), "content-length: 18446744073709551615\r\n"),
            (Announced::Chunks, "transfer-encoding: chunked\r\n"),
        ] {
            let mut out = Vec::new();
            write(&mut out, &parts, announced);
            let expected = format!("POST /a?b=c HTTP/1.1\r\nhost: h\r\nx: 1\r\nx: 2\r\n{line}\r\n");
            assert_eq!(String::from_utf8_lossy(&out), expected);
        }
    }

    #[test]
    fn a_target_is_always_there() {
        for (uri, line) in [
            ("http://h", "OPTIONS / HTTP/1.1\r\n\r\n"),
            ("http://h/x", "OPTIONS /x HTTP/1.1\r\n\r\n"),
            ("*", "OPTIONS * HTTP/1.1\r\n\r\n"),
        ] {
            let request = Request::builder().method(Method::OPTIONS).uri(uri).body(());
            let mut out = Vec::new();
            write(&mut out, &request.expect("a request").into_parts().0, Announced::Nothing);
            assert_eq!(String::from_utf8_lossy(&out), line);
        }
    }

    #[test]
    fn chunk_sizes_are_hexadecimal() {
        for size in [0, 1, 9, 10, 15, 16, 255, 256, 65_535, 1_048_576, usize::MAX] {
            let mut out = Vec::new();
            write_chunk_size(&mut out, size);
            assert_eq!(String::from_utf8_lossy(&out), format!("{size:x}\r\n"));
        }
    }
}
