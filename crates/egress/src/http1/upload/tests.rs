//! What of a request goes over the wire, and when.

use std::future::poll_fn;

use http::Request;
use tokio::io::AsyncReadExt;

use super::*;
use crate::http1::testing::{Script, Step, connection, upload_of};

fn request(headers: &[(&str, &str)], body: Script) -> Result<Upload<Script>, BodyLengthError> {
    let mut request = Request::post("/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    upload_of(request.body(body).expect("a request"))
}

/// The wire's bytes of a request; what was wrong with it behind them.
async fn sent(upload: Result<Upload<Script>, BodyLengthError>) -> String {
    let (mut ours, mut theirs) = connection(1 << 20);
    let outcome = match upload {
        Err(error) => format!("{error:?}"),
        Ok(mut upload) => {
            let outcome = poll_fn(|cx| upload.poll_send(cx, &mut ours.stream)).await;
            assert_eq!(outcome.is_ok(), upload.is_done());
            match outcome {
                Ok(()) => String::new(),
                Err(UploadError::Body(error)) => format!("{error}"),
                Err(UploadError::Connection(error)) => format!("{error}"),
            }
        }
    };
    drop(ours);
    let mut wire = String::new();
    theirs.read_to_string(&mut wire).await.expect("text");
    wire + &outcome
}

const HEAD: &str = "POST / HTTP/1.1\r\n";

#[track_caller]
fn check(headers: &[(&str, &str)], body: Script, expected: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let wire = runtime.block_on(sent(request(headers, body)));
    assert_eq!(wire, expected.replace("HEAD ", HEAD));
}

#[test]
fn a_known_length_is_announced() {
    let (data, later) = (|text: &str| Step::data(text), || Step::Later);
    check(&[], Script::new([data("abc")]).of_length(3), "HEAD content-length: 3\r\n\r\nabc");
    check(
        &[("content-length", "3")],
        Script::new([later(), data("a"), later(), later(), data("bc")]),
        "HEAD content-length: 3\r\n\r\nabc",
    );
    check(&[], Script::default(), "HEAD content-length: 0\r\n\r\n");
    check(&[("content-length", "0")], Script::default(), "HEAD content-length: 0\r\n\r\n");
    let trailers = Script::new([data("abc"), Step::Trailers]).of_length(3);
    check(&[], trailers, "HEAD content-length: 3\r\n\r\nabc");
}

#[test]
fn an_unknown_length_goes_in_chunks() {
    let chunked = "HEAD transfer-encoding: chunked\r\n\r\n";
    let data = |text: &str| Step::data(text);
    check(&[], Script::new([data("abc")]), &format!("{chunked}3\r\nabc\r\n0\r\n\r\n"));
    check(
        // Ours to say, whatever the headers do.
        &[("transfer-encoding", "gzip")],
        Script::new([data("a"), data(""), Step::Later, data("0123456789abcdef"), Step::Trailers]),
        &format!("{chunked}1\r\na\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"),
    );
    check(&[], Script::new([Step::Later]), &format!("{chunked}0\r\n\r\n"));
}

#[test]
fn a_length_that_is_not_true_is_the_clients_fault() {
    let body = || Script::new([Step::data("abc")]);
    for length in ["4", "2", "0", "+3", "3,3", "x", "", "99999999999999999999"] {
        check(&[("content-length", length)], body().of_length(3), "Announced");
    }
    check(&[("content-length", "3")], Script::default(), "Announced");
    let short = "the request's body is shorter than announced";
    check(&[("content-length", "4")], body(), short);
    let long = "the request's body is longer than announced";
    check(&[("content-length", "2")], body(), long);
    let later = Script::new([Step::data("ab"), Step::Later, Step::Later, Step::data("c")]);
    check(&[("content-length", "2")], later, &format!("HEAD content-length: 2\r\n\r\nab{long}"));
}

#[test]
fn a_body_that_fails_is_the_clients_fault() {
    let body = Script::new([Step::data("abc"), Step::Later, Step::Later, Step::Fails]).of_length(9);
    check(&[], body, "HEAD content-length: 9\r\n\r\nabcthe client is gone");
}

#[test]
fn large_pieces_are_not_copied_and_arrive() {
    let large = "x".repeat(COPIED_BYTES_MAX + 1);
    let pieces = || [Step::data("a"), Step::data(large.clone()), Step::data("b")];
    check(
        &[],
        Script::new(pieces()).of_length(large.len() as u64 + 2),
        &format!("HEAD content-length: {}\r\n\r\na{large}b", large.len() + 2),
    );
    check(
        &[],
        Script::new(pieces()),
        &format!(
            "HEAD transfer-encoding: chunked\r\n\r\n1\r\na\r\n{:x}\r\n{large}\r\n1\r\nb\r\n0\r\n\r\n",
            large.len()
        ),
    );
}

/// A stream that notes what each write was given.
#[derive(Default)]
struct Writes(std::rc::Rc<std::cell::RefCell<Vec<usize>>>);

impl tokio::io::AsyncRead for Writes {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        _: &mut tokio::io::ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

impl tokio::io::AsyncWrite for Writes {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.0.borrow_mut().push(bytes.len());
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn head_and_first_bytes_are_one_write() {
    let head = "POST / HTTP/1.1\r\ncontent-length: 4096\r\n\r\n".len();
    let rows = [
        (vec![Step::data([b'x'; 4096])], vec![head + 4096]),
        // What has arrived meanwhile goes with the head, what comes later does not hold it up.
        (vec![Step::Later, Step::data([b'x'; 4096])], vec![head + 4096]),
        (vec![Step::Later, Step::Later, Step::data([b'x'; 4096])], vec![head, 4096]),
        (
            vec![Step::data([b'x'; 96]), Step::Later, Step::Later, Step::data([b'x'; 4000])],
            vec![head + 96, 4000],
        ),
    ];
    for (steps, expected) in rows {
        let writes = Writes::default();
        let seen = writes.0.clone();
        let mut stream = Stream::Layered(Box::new(writes));
        let mut upload = request(&[], Script::new(steps).of_length(4096)).expect("an upload");
        assert!(poll_fn(|cx| upload.poll_send(cx, &mut stream)).await.is_ok());
        assert_eq!(*seen.borrow(), expected);
    }
}

#[tokio::test]
async fn only_what_may_be_sent_twice_is_rewound() {
    for (method, body, expected) in [
        (Method::GET, vec![], true),
        (Method::DELETE, vec![], true),
        (Method::POST, vec![], false),
        (Method::PATCH, vec![], false),
        (Method::GET, vec![Step::data("x")], false),
    ] {
        let request = Request::builder().method(&method).uri("/").body(Script::new(body));
        let mut upload = upload_of(request.expect("a request")).expect("an upload");
        assert!(upload.rewind(), "nothing was sent");
        let mut wires = Vec::new();
        for _ in 0..2 {
            let (mut ours, mut theirs) = connection(1024);
            assert!(poll_fn(|cx| upload.poll_send(cx, &mut ours.stream)).await.is_ok());
            drop(ours);
            let mut wire = String::new();
            theirs.read_to_string(&mut wire).await.expect("text");
            wires.push(wire);
            assert_eq!(upload.rewind(), expected, "{method}");
            if !expected {
                break;
            }
        }
        assert!(wires[0].starts_with(method.as_str()));
        assert_eq!(wires.first(), wires.last());
    }
}
