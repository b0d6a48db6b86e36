//! What is taken for chunks, and what is not.

use super::*;

/// The body and trailers of chunked bytes that come in pieces, and what is left over.
fn decoded(pieces: &[&[u8]]) -> String {
    let (mut chunked, mut buffer) = (Chunked::default(), BytesMut::new());
    let mut body = Vec::new();
    let mut pieces = pieces.iter();
    let end = |body: &[u8], trailers: Option<HeaderMap>, left: usize| {
        let trailers = trailers.map(|trailers| format!(" {trailers:?}")).unwrap_or_default();
        let left = if left > 0 { format!(" {left} left") } else { String::new() };
        format!("{}{trailers}{left}", String::from_utf8_lossy(body))
    };
    loop {
        match chunked.decode(&mut buffer) {
            Ok(Chunk::Data(data)) => {
                assert!(!data.is_empty());
                body.extend_from_slice(&data);
                if chunked.ends_here(&mut buffer) {
                    return end(&body, None, buffer.len());
                }
            }
            Ok(Chunk::End(trailers)) => return end(&body, trailers, buffer.len()),
            Ok(Chunk::Partial) => match pieces.next() {
                Some(piece) => buffer.extend_from_slice(piece),
                None => return format!("{} partial", String::from_utf8_lossy(&body)),
            },
            Err(error) => return format!("{error:?}"),
        }
    }
}

/// However the bytes are cut.
#[track_caller]
fn check(bytes: &str, expected: &str) {
    let bytes = bytes.as_bytes();
    assert_eq!(decoded(&[bytes]), expected);
    let single = bytes.chunks(1).collect::<Vec<_>>();
    // What was left over has not come yet then.
    let expected = expected.split(" 3 left").next().unwrap_or_default();
    assert_eq!(decoded(&single), expected, "byte by byte");
    for cut in 1..bytes.len() {
        let (left, right) = bytes.split_at(cut);
        let found = decoded(&[left, right]);
        assert!(found.starts_with(expected), "cut at {cut}: {found}");
    }
}

#[test]
fn chunks_are_joined() {
    check("0\r\n\r\n", "");
    check("5\r\nhello\r\n0\r\n\r\n", "hello");
    check("5\r\nhello\r\n1\r\n \r\n00A\r\nwonderland\r\n000\r\n\r\n", "hello wonderland");
    check("a\r\n0123456789\r\n0\r\n\r\nabc", "0123456789 3 left");
    check("0000000000000003\r\nabc\r\n0\r\n\r\n", "abc");
    check("3\r\nabc\r\n0", "abc partial");
    check("3\r\nab", "ab partial");
}

#[test]
fn extensions_are_dropped() {
    check("3;x\r\nabc\r\n0;y=\"z\"\r\n\r\n", "abc");
    check("3 ;x=y;z\r\nabc\r\n0\t;\r\n\r\n", "abc");
    check("3 \r\nabc\r\n0\r\n\r\n", "abc");
}

#[test]
fn sizes_are_hexadecimal_and_nothing_else() {
    for size in [
        "",
        " 3",
        "+3",
        "-3",
        "0x3",
        "3h",
        "3 3",
        "3,",
        "3\0",
        "3;\0",
        "3;a\rb",
        "g",
        ";x",
        "\t3",
        "00000000000000003",
        "10000000000000000",
    ] {
        check(&format!("{size}\r\nabc\r\n0\r\n\r\n"), "ChunkSize");
    }
    check("3\nabc\r\n0\r\n\r\n", "BareLineFeed");
    check("3;x\nabc\r\n0\r\n\r\n", "BareLineFeed");
    check("3\r\nabc\r\n0\n\r\n", "BareLineFeed");
    assert_eq!(decoded(&[b"ffffffffffffffff\r\nabc"]), "abc partial");
}

#[test]
fn a_chunk_ends_where_it_says() {
    check("3\r\nabcd\r\n0\r\n\r\n", "ChunkEnd");
    check("3\r\nabc\n0\r\n\r\n", "ChunkEnd");
    check("3\r\nabc\r0\r\n\r\n", "ChunkEnd");
    check("3\r\nabc0\r\n\r\n", "ChunkEnd");
    check("2\r\nabc\r\n0\r\n\r\n", "ChunkEnd");
}

#[test]
fn trailers_are_read_and_bounded() {
    check("0\r\nx: y\r\nz: a\r\n\r\n", r#" {"x": "y", "z": "a"}"#);
    check("1\r\na\r\n0\r\nx: y\r\n\r\n", r#"a {"x": "y"}"#);
    check("0\r\nx: y\r\n\r\nabc", r#" {"x": "y"} 3 left"#);
    check("0\r\nx: y\r\n", " partial");
    check("0\r\n\n", " partial");
    for trailers in
        ["x: y\nz: a\r\n", " x: y\r\n", "x\r\n", "x: a\r\n b\r\n", "x: a\0\r\n", "x: a\rb\r\n"]
    {
        let found = decoded(&[format!("0\r\n{trailers}\r\n").as_bytes()]);
        assert!(["Trailers", "BareLineFeed"].contains(&found.as_str()), "{trailers:?}: {found}");
    }
    let many =
        |count: usize| decoded(&[format!("0\r\n{}\r\n", "x: y\r\n".repeat(count)).as_bytes()]);
    assert!(many(limits::UPSTREAM_HEADERS_MAX).starts_with(" {"));
    assert_eq!(many(limits::UPSTREAM_HEADERS_MAX + 1), "Trailers");
    let long = |bytes: usize| {
        let value = "a".repeat(bytes - "x: \r\n\r\n".len());
        decoded(&[format!("0\r\nx: {value}\r\n\r\n").as_bytes()])
    };
    assert!(long(limits::UPSTREAM_TRAILER_BYTES_MAX).starts_with(" {"));
    assert_eq!(long(limits::UPSTREAM_TRAILER_BYTES_MAX + 1), "Trailers");
}

#[test]
fn trailers_that_belong_into_heads_are_dropped() {
    check("0\r\nContent-Length: 5\r\ntransfer-encoding: x\r\nset-cookie: a\r\n\r\n", "");
    check("0\r\nx: y\r\nhost: h\r\n\r\n", r#" {"x": "y"}"#);
}

#[test]
fn lines_and_extensions_are_bounded() {
    let line = |bytes: usize| {
        let extension = "x".repeat(bytes - "1;\r\n".len());
        decoded(&[format!("1;{extension}\r\na\r\n0\r\n\r\n").as_bytes()])
    };
    assert_eq!(line(limits::UPSTREAM_CHUNK_LINE_BYTES_MAX), "a");
    assert_eq!(line(limits::UPSTREAM_CHUNK_LINE_BYTES_MAX + 1), "ChunkSize");
    assert_eq!(decoded(&[&[b'0'; limits::UPSTREAM_CHUNK_LINE_BYTES_MAX]]), "ChunkSize");

    let chunk = format!("1;{}\r\na\r\n", "x".repeat(511));
    let chunks = |count: usize| decoded(&[format!("{}0\r\n\r\n", chunk.repeat(count)).as_bytes()]);
    let max = limits::UPSTREAM_CHUNK_EXTENSION_BYTES_MAX / 512;
    assert_eq!(chunks(max), "a".repeat(max));
    assert_eq!(chunks(max + 1), "ChunkExtensions");
}
