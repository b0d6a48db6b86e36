//! The whole client against upstreams on loopback sockets.

use gatewright_observe::Metrics;
use gatewright_types::{Origin, Scheme};
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::http1::testing::{Script, Step, acceptor, connections};
use crate::{AnswerError, Egress, Loopback, Options, ResponseBodyError};

/// A client, and an upstream that the test plays.
struct Bench {
    client: Client<Script>,
    upstream: Arc<Upstream>,
    listener: TcpListener,
    metrics: Metrics,
}

impl Bench {
    async fn new(scheme: Scheme) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a socket");
        let port = listener.local_addr().expect("an address").port();
        let certificate = concat!(env!("CARGO_MANIFEST_DIR"), "/src/client/tests/certificate.pem");
        let options = Options { ca_files: vec![certificate.into()], ..Options::default() };
        let metrics = Metrics::new();
        let egress = Egress::new(&options, Loopback::Allowed, metrics.upstream());
        let egress = egress.expect("an egress");
        let upstream = egress.upstream(&Origin { scheme, host: "127.0.0.1".to_owned(), port });
        Self { client: egress.worker(), upstream, listener, metrics }
    }

    async fn send(
        &self,
        method: Method,
        body: Script,
    ) -> Result<Response<ResponseBody<Script>>, SendError> {
        let request = Request::builder().method(method).uri("/x").header("host", "h").body(body);
        let timeouts = Timeouts { head: Duration::from_secs(10), piece: Duration::from_secs(10) };
        self.client.send(&self.upstream, request.expect("a request"), timeouts).await
    }

    async fn get(&self) -> Result<Response<ResponseBody<Script>>, SendError> {
        self.send(Method::GET, Script::default()).await
    }

    async fn accept(&self) -> TcpStream {
        self.listener.accept().await.expect("a connection").0
    }

    /// A request that is answered with these bytes on a connection that stands already, or a new
    /// one; its text, and the connection.
    async fn exchange(&self, stream: Option<TcpStream>, answer: &str) -> (String, TcpStream) {
        let upstream = async {
            let mut stream = match stream {
                Some(stream) => stream,
                None => self.accept().await,
            };
            head(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.expect("a client");
            stream
        };
        let client = async { text(self.get().await.expect("an answer")).await };
        tokio::join!(client, upstream)
    }

    /// Connections opened so far, and of these the ones still open.
    fn connections(&self) -> (u64, u64) {
        connections(&self.metrics)
    }
}

/// Reads a request's head.
async fn head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a request"));
    }
    String::from_utf8(head).expect("text")
}

async fn text(response: Response<ResponseBody<Script>>) -> String {
    let body = response.into_body().collect().await.expect("a body").to_bytes();
    String::from_utf8(body.to_vec()).expect("text")
}

/// Waits until the client has closed its end.
async fn closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    // A reset is an end, too.
    let _ = stream.read_to_end(&mut rest).await;
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test(flavor = "local")]
async fn connections_are_used_again() {
    let bench = Bench::new(Scheme::Http).await;
    let (body, stream) = bench.exchange(None, OK).await;
    assert_eq!(body, "ok");
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n";
    let (body, stream) = bench.exchange(Some(stream), chunked).await;
    assert_eq!(body, "ab");
    let trailers = chunked.replace("0\r\n\r\n", "0\r\nx: y\r\n\r\n");
    let (_, stream) = bench.exchange(Some(stream), &trailers).await;
    let (_, stream) = bench.exchange(Some(stream), "HTTP/1.1 204 No Content\r\n\r\n").await;
    let large = format!("HTTP/1.1 200 OK\r\ncontent-length: 300000\r\n\r\n{}", "x".repeat(300_000));
    let (body, stream) = bench.exchange(Some(stream), &large).await;
    assert_eq!(body.len(), 300_000);
    let (_, _stream) = bench.exchange(Some(stream), OK).await;
    assert_eq!(bench.connections(), (1, 1));
}

#[tokio::test(flavor = "local")]
async fn a_connection_that_is_not_clean_is_closed() {
    let bench = Bench::new(Scheme::Http).await;
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nX",
        "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
        "HTTP/1.0 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok",
    ] {
        let (body, stream) = bench.exchange(None, answer).await;
        assert_eq!(body, "ok", "{answer}");
        closed(stream).await;
        assert_eq!(bench.connections().1, 0, "{answer}");
    }
    let (_, stream) = bench.exchange(None, "HTTP/1.1 204 No\r\ncontent-length: 1\r\n\r\n").await;
    closed(stream).await;
}

#[tokio::test(flavor = "local")]
async fn a_body_may_end_with_its_connection() {
    let bench = Bench::new(Scheme::Http).await;
    let upstream = async {
        let mut stream = bench.accept().await;
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\nuntil ").await.expect("a client");
        stream.write_all(b"close").await.expect("a client");
    };
    let client = async { text(bench.get().await.expect("an answer")).await };
    assert_eq!(tokio::join!(client, upstream).0, "until close");
    assert_eq!(bench.connections(), (1, 0));
}

#[tokio::test(flavor = "local")]
async fn a_body_that_breaks_off_is_not_whole() {
    let bench = Bench::new(Scheme::Http).await;
    for answer in [
        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\nx\r\n",
    ] {
        let upstream = async {
            let mut stream = bench.accept().await;
            head(&mut stream).await;
            stream.write_all(answer.as_bytes()).await.expect("a client");
        };
        let client = async {
            let response = bench.get().await.expect("an answer");
            response.into_body().collect().await.expect_err("no whole body")
        };
        let (error, ()) = tokio::join!(client, upstream);
        assert!(matches!(error, ResponseBodyError::Broken(_)), "{answer}: {error:?}");
        assert_eq!(bench.connections().1, 0);
    }
}

#[tokio::test(flavor = "local")]
async fn a_connection_closed_while_unused_costs_nothing() {
    let bench = Bench::new(Scheme::Http).await;
    let (_, stream) = bench.exchange(None, OK).await;
    drop(stream);
    let (body, _stream) = bench.exchange(None, OK).await;
    assert_eq!((body.as_str(), bench.connections()), ("ok", (2, 1)));
}

#[tokio::test(flavor = "local")]
async fn a_request_is_repeated_once_and_only_if_it_may_be() {
    let rows = [(Method::GET, true), (Method::POST, false)];
    for (method, repeated) in rows {
        let bench = Bench::new(Scheme::Http).await;
        let (_, mut stream) = bench.exchange(None, OK).await;
        let upstream = async {
            // Closed upon the next request, as if that and the end had crossed.
            head(&mut stream).await;
            drop(stream);
            if repeated {
                let mut stream = bench.accept().await;
                assert!(head(&mut stream).await.starts_with("GET /x HTTP/1.1\r\nhost: h\r\n"));
            }
        };
        let client = bench.send(method.clone(), Script::default());
        let (error, ()) = tokio::join!(client, upstream);
        let error = error.expect_err("no answer");
        assert!(matches!(error, SendError::Broken(AnswerError::Closed)), "{method}: {error:?}");
        assert_eq!(bench.connections(), (1 + u64::from(repeated), 0));
    }
}

#[tokio::test(flavor = "local")]
async fn whoever_gives_up_closes_the_connection() {
    let bench = Bench::new(Scheme::Http).await;
    // Before the head.
    let mut sending = Box::pin(bench.get());
    let asked = async {
        let mut stream = bench.accept().await;
        head(&mut stream).await;
        stream
    };
    let stream = tokio::select! {
        _ = &mut sending => panic!("there is no answer"),
        stream = asked => stream,
    };
    drop(sending);
    closed(stream).await;
    // Within the body.
    let answered = async {
        let mut stream = bench.accept().await;
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok").await.expect("room");
        stream
    };
    let (response, stream) = tokio::join!(bench.get(), answered);
    drop(response);
    closed(stream).await;
    assert_eq!(bench.connections(), (2, 0));
}

#[tokio::test(flavor = "local")]
async fn an_early_answer_ends_the_connection_but_not_the_answer() {
    let bench = Bench::new(Scheme::Http).await;
    let upstream = async {
        let mut stream = bench.accept().await;
        head(&mut stream).await;
        stream.write_all(OK.as_bytes()).await.expect("a client");
        stream
    };
    let client = bench.send(Method::POST, Script::new([Step::data("a"), Step::Never]));
    let (response, stream) = tokio::join!(client, upstream);
    assert_eq!(text(response.expect("an answer")).await, "ok");
    closed(stream).await;
    assert_eq!(bench.connections(), (1, 0));
}

#[tokio::test(flavor = "local")]
async fn an_upstream_may_answer_while_it_reads() {
    // Both ways hold more than any socket buffer, so that each has to move for the other to.
    let piece = vec![b'x'; 256 * 1024];
    let total = 64 * piece.len() as u64;
    let bench = Bench::new(Scheme::Http).await;
    let upstream = async {
        let mut stream = bench.accept().await;
        head(&mut stream).await;
        let (mut reads, mut writes) = stream.split();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {total}\r\n\r\n");
        writes.write_all(head.as_bytes()).await.expect("a client");
        tokio::io::copy(&mut (&mut reads).take(total), &mut writes).await.expect("an echo");
        stream
    };
    let body = Script::new((0..64).map(|_| Step::data(piece.clone()))).of_length(total);
    let client = async {
        let response = bench.send(Method::POST, body).await.expect("an answer");
        text(response).await.len() as u64
    };
    let (length, _stream) = tokio::join!(client, upstream);
    // Both directions have ended: it can be used again.
    assert_eq!((length, bench.connections()), (total, (1, 1)));
    let (body, _stream) = bench.exchange(Some(_stream), OK).await;
    assert_eq!((body.as_str(), bench.connections()), ("ok", (1, 1)));
}

#[tokio::test(flavor = "local")]
async fn heads_and_pieces_have_deadlines() {
    let bench = Bench::new(Scheme::Http).await;
    let (short, long) = (Duration::from_millis(30), Duration::from_secs(10));
    let send = |head, piece| {
        let request = Request::get("/").body(Script::default()).expect("a request");
        bench.client.send(&bench.upstream, request, Timeouts { head, piece })
    };
    let (silent, _stream) = tokio::join!(send(short, long), bench.accept());
    assert!(matches!(silent, Err(SendError::TimedOut)), "{silent:?}");
    let upstream = async {
        let mut stream = bench.accept().await;
        head(&mut stream).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok").await.expect("room");
        stream
    };
    let (response, stream) = tokio::join!(send(long, short), upstream);
    let stalled = response.expect("an answer").into_body().collect().await.expect_err("no body");
    assert!(matches!(stalled, ResponseBodyError::TimedOut), "{stalled:?}");
    closed(stream).await;
    assert_eq!(bench.connections(), (2, 0));
}

#[tokio::test(flavor = "local")]
async fn tls_connections_are_used_again_and_checked() {
    let bench = Bench::new(Scheme::Https).await;
    let acceptor = acceptor(&[]);
    let upstream = async {
        for requests in [2, 1] {
            let mut stream = acceptor.accept(bench.accept().await).await.expect("TLS");
            for _ in 0..requests {
                head(&mut stream).await;
                stream.write_all(OK.as_bytes()).await.expect("a client");
                stream.flush().await.expect("a client");
            }
            stream.shutdown().await.expect("a client");
        }
    };
    let client = async {
        for _ in 0..3 {
            let response = bench.get().await.expect("an answer");
            assert_eq!(response.status(), StatusCode::OK);
            assert_eq!(text(response).await, "ok");
        }
    };
    tokio::join!(client, upstream);
    assert_eq!(bench.connections().0, 2);
}
