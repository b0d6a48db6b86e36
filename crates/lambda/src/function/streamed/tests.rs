use super::*;
use crate::event_stream::tests::{chunk, complete, frame};
use crate::streamed_answer;

/// What comes of the stream of an Invoke API: the prelude, the body, and what ended it.
async fn streamed(wanted: Wanted, stream: &[Vec<u8>]) -> (Option<String>, String, Option<String>) {
    let mut body = StreamedBody::new(ResponseBody::whole(stream.concat().into()));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let prelude = match body.prelude(wanted).await {
        Ok(prelude) => prelude.map(|prelude| text(&prelude)),
        Err(error) => return (None, String::new(), Some(error.to_string())),
    };
    let mut read = Vec::new();
    while let Some(piece) = body.frame().await {
        match piece {
            Ok(piece) => read.extend_from_slice(&piece.into_data().expect("data")),
            Err(error) => {
                assert!(body.is_end_stream());
                return (prelude, text(&read), Some(error.to_string()));
            }
        }
    }
    assert!(body.is_end_stream());
    (prelude, text(&read), None)
}

#[tokio::test]
async fn a_prelude_and_a_body() {
    let prelude = br#"{"statusCode":201}"#;
    let whole = [&prelude[..], &[0; 8], b"abc"].concat();
    for size in 1..=whole.len() {
        let mut stream = whole.chunks(size).map(chunk).collect::<Vec<_>>();
        stream.push(complete("{}"));
        for wanted in [Wanted::Yes, Wanted::Maybe] {
            let (head, body, end) = streamed(wanted, &stream).await;
            assert_eq!(head.as_deref(), Some(r#"{"statusCode":201}"#), "{size}");
            assert_eq!((body.as_str(), end), ("abc", None), "{size}");
        }
        let (head, body, end) = streamed(Wanted::No, &stream).await;
        assert_eq!((head, body.len(), end), (None, whole.len(), None), "{size}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_whole_ends_in_an_error() {
    let failed = r#"{"ErrorCode":"Unhandled","ErrorDetails":"{\"errorMessage\":\"broken\"}"}"#;
    let timed_out = r#"{"ErrorCode":"Sandbox.Timedout","ErrorDetails":"after 3 seconds"}"#;
    let exception = frame(
        &[(":message-type", "exception"), (":exception-type", "KMSDisabledException")],
        br#"{"Message":"no key"}"#,
    );
    let unknown = frame(&[(":message-type", "event"), (":event-type", "News")], b"x");
    for (end, expected) in [
        (vec![complete("{}")], None),
        (vec![unknown, chunk(b""), complete("{}")], None),
        (vec![complete(failed)], Some("the function failed (Unhandled): broken")),
        (
            vec![complete(timed_out)],
            Some("the function failed (Sandbox.Timedout): after 3 seconds"),
        ),
        (vec![exception], Some("the Invoke API failed (KMSDisabledException): no key")),
        (vec![], Some("the function's answer broke off")),
        (vec![complete("{}")[..20].to_vec()], Some("the function's answer broke off")),
        (vec![complete("{}"), vec![0; 3]], Some("the function's answer broke off")),
        (vec![complete("{}"), chunk(b"x")], Some("the function's answer goes on behind its end")),
        (
            vec![vec![0; 12]],
            Some("the function's answer is no event stream: wrong is a frame's checksum"),
        ),
    ] {
        let stream = [vec![chunk(b"abc")], end.clone()].concat();
        let (_, body, error) = streamed(Wanted::No, &stream).await;
        assert_eq!((body.as_str(), error.as_deref()), ("abc", expected));
        // In front of the first byte there is no answer yet.
        let (_, body, error) = streamed(Wanted::No, &end).await;
        if expected != Some("the function's answer goes on behind its end") {
            assert_eq!((body.as_str(), error.as_deref()), ("", expected));
        }
    }
    let (.., error) = streamed(Wanted::Yes, &[chunk(b"{}\0\0"), complete("{}")]).await;
    let expected = "the function's answer: status and headers do not end with eight NUL bytes";
    assert_eq!(error.as_deref(), Some(expected));
}

#[test]
fn types_say_whether_there_is_a_prelude() {
    for (value, wanted, passed_on) in [
        (None, Wanted::Maybe, "application/octet-stream"),
        (Some("application/vnd.amazon.eventstream"), Wanted::Maybe, "application/octet-stream"),
        (Some("application/octet-stream"), Wanted::No, "application/octet-stream"),
        (Some("text/event-stream; charset=utf-8"), Wanted::No, "text/event-stream; charset=utf-8"),
    ] {
        let mut headers = HeaderMap::new();
        if let Some(value) = value {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(value));
        }
        assert_eq!(content_type(&headers), (wanted, HeaderValue::from_static(passed_on)));
    }
    let mut headers = HeaderMap::new();
    let value = "Application/vnd.awslambda.HTTP-integration-response ; a=b";
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(value));
    assert_eq!(content_type(&headers).0, Wanted::Yes);
}

#[test]
fn preludes_say_status_and_headers() {
    let shown = |prelude: &str| {
        let head = StreamedHead::Prelude(Bytes::copy_from_slice(prelude.as_bytes()));
        let response = streamed_answer(&head).map_err(|fault| fault.to_string())?;
        let headers = response
            .headers()
            .iter()
            .map(|(name, value)| format!(" {name}={}", value.to_str().expect("a text")));
        Ok::<_, String>(format!("{}{}", response.status().as_u16(), headers.collect::<String>()))
    };
    for (prelude, expected) in [
        ("{}", Ok("200 content-type=application/octet-stream")),
        (
            r#"{"statusCode":404,"headers":{"Content-Type":"text/html","content-length":"5"}}"#,
            Ok("404 content-type=text/html"),
        ),
        (
            r#"{"cookies":["a=b"],"headers":{"x":1,"Content-Type":"a/b"},"multiValueHeaders":{"x":["2","3"]}}"#,
            Ok("200 set-cookie=a=b content-type=a/b x=1 x=2 x=3"),
        ),
        (r#"{"statusCode":99}"#, Err("the function's answer has an invalid statusCode")),
        (r#"{"statusCode":101}"#, Err("the function's answer has an invalid statusCode")),
        (
            r#"{"headers":{"a":"b\r\nc: d"}}"#,
            Err("the function's answer has an invalid header \"a\""),
        ),
        (
            r#"{"headers":{"a\r\nb":"c"}}"#,
            Err("the function's answer has an invalid header \"a\\r\\nb\""),
        ),
        (r#"{"cookies":["a\nb"]}"#, Err("the function's answer has an invalid cookies")),
        (r#"{"headers":[]}"#, Err("the function's answer has an invalid headers")),
        ("[]", Err("the function's answer begins with no JSON object")),
        ("", Err("the function's answer begins with no JSON object")),
    ] {
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(shown(prelude), expected, "{prelude}");
    }
}
