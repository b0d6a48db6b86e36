//! Both directions of one connection at once.

use std::future::poll_fn;

use http::{Method, Request, StatusCode};
use tokio::io::{AsyncWriteExt, DuplexStream};

use super::*;
use crate::http1::testing::{Script, Step, connection, expect, upload_of};

fn exchange(method: Method, body: Script) -> (Exchange<Script>, DuplexStream) {
    let (ours, theirs) = connection(1024);
    let request = Request::builder().method(method).uri("/").body(body).expect("a request");
    (Exchange::new(ours, Box::new(upload_of(request).expect("an upload"))), theirs)
}

async fn head(exchange: &mut Exchange<Script>) -> Result<Answer, ExchangeError> {
    poll_fn(|cx| exchange.poll_head(cx)).await
}

/// The status that an upstream's bytes are understood as, after which it closes.
async fn status(bytes: &[u8]) -> Result<u16, String> {
    let (mut exchange, mut theirs) = exchange(Method::GET, Script::default());
    theirs.write_all(bytes).await.expect("room");
    theirs.shutdown().await.expect("an end");
    match head(&mut exchange).await {
        Ok(answer) => Ok(answer.response.status().as_u16()),
        Err(ExchangeError::Answer(AnswerError::Malformed(error))) => Err(format!("{error:?}")),
        Err(error) => Err(format!("{error:?}")),
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";

#[tokio::test]
async fn interim_answers_are_skipped_and_bounded() {
    for interim in ["100 Continue", "102 Processing", "103 Early Hints\r\nlink: </a>"] {
        let bytes = format!("HTTP/1.1 {interim}\r\n\r\n{OK}");
        assert_eq!(status(bytes.as_bytes()).await, Ok(200), "{interim}");
    }
    let many = |count: usize| format!("{}{OK}", "HTTP/1.1 102 P\r\n\r\n".repeat(count));
    let max = limits::UPSTREAM_INTERIM_ANSWERS_MAX;
    assert_eq!(status(many(max).as_bytes()).await, Ok(200));
    let refused = Err("TooManyInterimAnswers".to_owned());
    assert_eq!(status(many(max + 1).as_bytes()).await, refused);
}

#[tokio::test]
async fn an_answer_that_ends_early_is_none() {
    let closed = Err("Answer(Closed)".to_owned());
    assert_eq!(status(b"").await, closed);
    assert_eq!(status(b"HTTP/1.1 200 OK\r\n").await, closed);
    assert_eq!(status(b"HTTP/1.1 100 Continue\r\n\r\n").await, closed);
    assert_eq!(status(OK.as_bytes()).await, Ok(200));
}

#[tokio::test]
async fn an_early_answer_is_delivered_while_the_request_goes_on() {
    let body = Script::new([Step::data("abc"), Step::Never]);
    let (mut exchange, mut theirs) = exchange(Method::POST, body);
    theirs.write_all(OK.as_bytes()).await.expect("room");
    let answer = head(&mut exchange).await.expect("an answer");
    assert_eq!(answer.response.status(), StatusCode::OK);
    assert!(!exchange.upload.is_over());
    expect(&mut theirs, b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n").await;
}

#[tokio::test]
async fn who_refuses_a_body_is_still_heard() {
    // More than the stream holds, so that the rest meets a closed end.
    let body = Script::new([Step::data(vec![b'x'; 4096])]).of_length(4096);
    let (mut exchange, mut theirs) = exchange(Method::POST, body);
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(exchange.poll_head(&mut context).is_pending());
    theirs.write_all(b"HTTP/1.1 413 Too Large\r\nconnection: close\r\n\r\n").await.expect("room");
    drop(theirs);
    let answer = head(&mut exchange).await.expect("an answer");
    assert_eq!(answer.response.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert!(exchange.upload.is_over() && !exchange.upload.is_done() && !answer.keep);
}

#[tokio::test]
async fn what_the_connection_broke_with_is_told() {
    let body = Script::new([Step::data(vec![b'x'; 4096])]).of_length(4096);
    let (mut exchange, mut theirs) = exchange(Method::POST, body);
    let mut context = Context::from_waker(std::task::Waker::noop());
    assert!(exchange.poll_head(&mut context).is_pending());
    expect(&mut theirs, b"POST / HTTP/1.1\r\ncontent-length: 4096\r\n\r\n").await;
    drop(theirs);
    let error = head(&mut exchange).await.expect_err("no answer");
    assert!(matches!(&error, ExchangeError::Answer(error) if error.is_closed()), "{error:?}");
    assert!(exchange.into_repeatable(&error).is_none());
}

#[tokio::test]
async fn a_failing_body_is_not_the_upstreams_fault() {
    let body = Script::new([Step::data("abc"), Step::Later, Step::Fails]);
    let (mut exchange, _theirs) = exchange(Method::POST, body);
    let error = head(&mut exchange).await.expect_err("no answer");
    assert!(matches!(error, ExchangeError::RequestBody(_)), "{error:?}");
}

#[tokio::test]
async fn only_silence_lets_a_request_be_repeated() {
    let empty = Script::default;
    let rows = [
        (Method::GET, empty(), "", true),
        (Method::PUT, empty(), "", true),
        (Method::POST, empty(), "", false),
        (Method::PUT, Script::new([Step::data("x")]), "", false),
        (Method::GET, empty(), "H", false),
        (Method::GET, empty(), "HTTP/1.1 100 Continue\r\n\r\n", false),
        (Method::GET, empty(), "nonsense", false),
    ];
    for (method, body, bytes, expected) in rows {
        let (mut exchange, mut theirs) = exchange(method.clone(), body);
        theirs.write_all(bytes.as_bytes()).await.expect("room");
        theirs.shutdown().await.expect("an end");
        let error = head(&mut exchange).await.expect_err("no answer");
        let again = exchange.into_repeatable(&error);
        assert_eq!(again.is_some(), expected, "{method} {bytes:?} {error:?}");
    }
}

#[tokio::test]
async fn a_request_of_which_nothing_was_sent_can_be_repeated() {
    let body = Script::new([Step::data("abc")]).of_length(3);
    let (mut exchange, theirs) = exchange(Method::POST, body);
    drop(theirs);
    let error = head(&mut exchange).await.expect_err("no answer");
    let mut again = exchange.into_repeatable(&error).expect("it can be repeated");
    let (mut ours, mut theirs) = connection(1024);
    assert!(poll_fn(|cx| again.poll_send(cx, &mut ours.stream)).await.is_ok());
    expect(&mut theirs, b"POST / HTTP/1.1\r\ncontent-length: 3\r\n\r\nabc").await;
}
