use super::*;

/// A frame whose headers are texts.
pub(crate) fn frame(headers: &[(&str, &str)], payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, value) in headers {
        bytes.push(u8::try_from(name.len()).expect("short"));
        bytes.extend_from_slice(name.as_bytes());
        bytes.push(7);
        bytes.extend_from_slice(&u16::try_from(value.len()).expect("short").to_be_bytes());
        bytes.extend_from_slice(value.as_bytes());
    }
    sealed(&bytes, payload)
}

fn sealed(headers: &[u8], payload: &[u8]) -> Vec<u8> {
    let frame_bytes = PRELUDE_BYTES + headers.len() + payload.len() + CHECKSUM_BYTES;
    let mut frame = announcing(frame_bytes, headers.len());
    frame.extend_from_slice(headers);
    frame.extend_from_slice(payload);
    frame.extend_from_slice(&CRC.checksum(&frame).to_be_bytes());
    frame
}

/// A prelude that is right but for what it says.
fn announcing(frame_bytes: usize, headers_bytes: usize) -> Vec<u8> {
    let lengths = [frame_bytes, headers_bytes].map(|bytes| u32::try_from(bytes).expect("small"));
    let mut prelude = lengths.map(u32::to_be_bytes).concat();
    prelude.extend_from_slice(&CRC.checksum(&prelude).to_be_bytes());
    prelude
}

pub(crate) fn chunk(payload: &[u8]) -> Vec<u8> {
    frame(&[(":message-type", "event"), (":event-type", "PayloadChunk")], payload)
}

pub(crate) fn complete(payload: &str) -> Vec<u8> {
    frame(&[(":message-type", "event"), (":event-type", "InvokeComplete")], payload.as_bytes())
}

/// All events of pieces, and what ends them.
fn decode<'p>(pieces: impl IntoIterator<Item = &'p [u8]>) -> Result<Vec<Event>, FrameError> {
    let (mut decoder, mut events) = (Decoder::default(), Vec::new());
    for piece in pieces {
        decoder.feed(piece);
        while let Some(event) = decoder.next()? {
            events.push(event);
        }
    }
    Ok(events)
}

#[test]
fn a_frame_that_others_wrote() {
    // With Python's zlib, and read by botocore.
    let frame = b"\0\0\0\x6f\0\0\0\x5a\xf5\xfe\x87\x1f\
        \x0d:message-type\x07\0\x05event\x0b:event-type\x07\0\x0cPayloadChunk\
        \x0d:content-type\x07\0\x18application/octet-streamhello\x4f\xe0\x61\xf2";
    assert_eq!(decode([&frame[..]]), Ok(vec![Event::Payload(Bytes::from_static(b"hello"))]));
}

#[test]
fn pieces_may_end_anywhere() {
    let stream = [chunk(b"hello"), chunk(b""), chunk(&[0; 300]), complete("{}")].concat();
    let expected = || {
        let payload = |bytes: &'static [u8]| Event::Payload(Bytes::from_static(bytes));
        let complete = Event::Complete(Completion::default());
        Ok(vec![payload(b"hello"), payload(b""), payload(&[0; 300]), complete])
    };
    assert_eq!(decode([&stream[..]]), expected());
    assert_eq!(decode(stream.chunks(1)), expected());
    for split in 0..=stream.len() {
        let (first, second) = stream.split_at(split);
        assert_eq!(decode([first, second]), expected(), "{split}");
    }
}

#[test]
fn a_byte_that_is_another_is_found() {
    let stream = chunk(b"hello");
    for index in 0..stream.len() {
        for bit in 0..8 {
            let mut wrong = stream.clone();
            wrong[index] ^= 1 << bit;
            assert_eq!(decode([&wrong[..]]), Err(FrameError::Checksum), "{index} {bit}");
        }
    }
}

#[test]
fn lengths_are_bounded_before_anything_is_held() {
    let (least, most) = (PRELUDE_BYTES + CHECKSUM_BYTES, limits::LAMBDA_PAYLOAD_BYTES_MAX);
    for (frame_bytes, headers_bytes, expected) in [
        (least + most, 0, Ok(vec![])),
        (least + most + 1, 0, Err(FrameError::Length)),
        (least + most + HEADERS_BYTES_MAX, HEADERS_BYTES_MAX, Ok(vec![])),
        (least + HEADERS_BYTES_MAX + 1, HEADERS_BYTES_MAX + 1, Err(FrameError::Length)),
        (u32::MAX as usize, 0, Err(FrameError::Length)),
        (least, 1, Err(FrameError::Length)),
        (least - 1, 0, Err(FrameError::Length)),
        (0, 0, Err(FrameError::Length)),
        (0, u32::MAX as usize, Err(FrameError::Length)),
    ] {
        let prelude = announcing(frame_bytes, headers_bytes);
        assert_eq!(decode([&prelude[..]]), expected, "{frame_bytes} {headers_bytes}");
    }
    let longest = chunk(&vec![7; most]);
    assert_eq!(decode(longest.chunks(65_536)).map(|events| events.len()), Ok(1));
}

#[test]
fn headers_of_every_type_are_passed_over() {
    let kinds: [(u8, &[u8]); 9] = [
        (0, &[]),
        (1, &[]),
        (2, &[1]),
        (3, &[1; 2]),
        (4, &[1; 4]),
        (5, &[1; 8]),
        (6, &[0, 2, 0xff, 0xff]),
        (8, &[1; 8]),
        (9, &[1; 16]),
    ];
    let mut headers = Vec::new();
    for (kind, value) in kinds {
        headers.extend_from_slice(&[1, b'x', kind]);
        headers.extend_from_slice(value);
    }
    for (name, value) in [(":message-type", "event"), (":event-type", "PayloadChunk")] {
        headers.push(u8::try_from(name.len()).expect("short"));
        headers.extend_from_slice(name.as_bytes());
        headers.extend_from_slice(&[7, 0, u8::try_from(value.len()).expect("short")]);
        headers.extend_from_slice(value.as_bytes());
    }
    let events = decode([&sealed(&headers, b"x")[..]]);
    assert_eq!(events, Ok(vec![Event::Payload(Bytes::from_static(b"x"))]));
    // Cut anywhere, they are no headers; between two of them, there is no type.
    for end in 0..headers.len() {
        let events = decode([&sealed(&headers[..end], b"x")[..]]);
        let passes = matches!(&events, Ok(events) if *events == [Event::Unknown]);
        assert!(passes || events.is_err(), "{end}: {events:?}");
    }
    for wrong in [&[1, b'x', 10][..], &[1, b'x', 7, 0, 1, 0xff], &[9, b'x']] {
        assert_eq!(decode([&sealed(wrong, b"")[..]]), Err(FrameError::Headers), "{wrong:?}");
    }
}

#[test]
fn what_frames_say() {
    let exception = |kind: &str, message: &str| {
        Ok(vec![Event::Exception { kind: kind.to_owned(), message: message.to_owned() }])
    };
    let failed = Completion {
        error_code: Some("Unhandled".to_owned()),
        error_details: Some("why".to_owned()),
    };
    for (headers, payload, expected) in [
        (
            &[(":message-type", "event"), (":event-type", "initial-response")][..],
            "",
            Ok(vec![Event::Unknown]),
        ),
        (&[(":message-type", "event")], "", Ok(vec![Event::Unknown])),
        (&[(":message-type", "news")], "", Err(FrameError::MessageType)),
        (&[(":event-type", "PayloadChunk")], "", Err(FrameError::MessageType)),
        (&[], "", Err(FrameError::MessageType)),
        (
            &[(":message-type", "exception"), (":exception-type", "EC2ThrottledException")],
            r#"{"Message":"later"}"#,
            exception("EC2ThrottledException", "later"),
        ),
        (&[(":message-type", "exception")], "no JSON", exception("", "")),
        (
            &[(":message-type", "error"), (":error-code", "500"), (":error-message", "oh")],
            "",
            exception("500", "oh"),
        ),
        (
            &[(":message-type", "event"), (":event-type", "InvokeComplete")],
            r#"{"ErrorCode":"Unhandled","ErrorDetails":"why","LogResult":"bG9n"}"#,
            Ok(vec![Event::Complete(failed)]),
        ),
        (
            &[(":message-type", "event"), (":event-type", "InvokeComplete")],
            r#"{"ErrorCode":null,"ErrorDetails":null,"LogResult":null}"#,
            Ok(vec![Event::Complete(Completion::default())]),
        ),
        (
            &[(":message-type", "event"), (":event-type", "InvokeComplete")],
            "",
            Ok(vec![Event::Complete(Completion::default())]),
        ),
        (
            &[(":message-type", "event"), (":event-type", "InvokeComplete")],
            "{",
            Err(FrameError::Payload),
        ),
    ] {
        assert_eq!(decode([&frame(headers, payload.as_bytes())[..]]), expected, "{headers:?}");
    }
}

#[test]
fn noise_is_refused_and_never_panics() {
    let seed = fastrand::u64(..);
    let mut random = fastrand::Rng::with_seed(seed);
    for _ in 0..2_000 {
        // What is sealed gets past the checksums.
        let headers = (0..random.usize(..80)).map(|_| random.u8(..12)).collect::<Vec<_>>();
        let payload = (0..random.usize(..20)).map(|_| random.u8(..)).collect::<Vec<_>>();
        let events = decode(sealed(&headers, &payload).chunks(random.usize(1..40)));
        assert!(!matches!(events, Ok(events) if events.is_empty()), "seed {seed}");
        let noise = (0..random.usize(..80)).map(|_| random.u8(..)).collect::<Vec<_>>();
        let events = decode([&noise[..]]);
        assert!(noise.len() < PRELUDE_BYTES || events.is_err(), "seed {seed}");
    }
}
