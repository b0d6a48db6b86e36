//! The client against HTTP/2 upstreams on loopback sockets: hyper's server.

use std::cell::Cell;
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gatewright_observe::Metrics;
use gatewright_types::{Origin, Scheme};
use http::{HeaderMap, Method, Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::rt::Executor;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};

use crate::http1::testing::{Script, Step, acceptor, connections};
use crate::{
    AnswerError, Client, Egress, Loopback, Options, ResponseBody, ResponseBodyError, SendError,
    Timeouts, Upstream,
};

type Answered = Result<Response<ResponseBody<Script>>, SendError>;

/// A client, and the socket of an upstream.
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
        let origin = Origin { scheme, host: "127.0.0.1".to_owned(), port };
        let certificate = concat!(env!("CARGO_MANIFEST_DIR"), "/src/client/tests/certificate.pem");
        let options = Options {
            http2_origins: vec![origin.clone()],
            ca_files: vec![certificate.into()],
            idle_timeout_ms: 1_000,
            ..Options::default()
        };
        let metrics = Metrics::new();
        let egress = Egress::new(&options, Loopback::Allowed, metrics.upstream());
        let egress = egress.expect("an egress");
        Self { client: egress.worker(), upstream: egress.upstream(&origin), listener, metrics }
    }

    async fn send(&self, method: Method, body: Script) -> Answered {
        let request = Request::builder().method(method).uri("/x?y=z").header("host", "shop");
        let request = request.header("content-type", "text/plain").body(body).expect("a request");
        let timeouts = Timeouts { head: Duration::from_secs(5), piece: Duration::from_secs(1) };
        self.client.send(&self.upstream, request, timeouts).await
    }

    async fn accept(&self) -> TcpStream {
        self.listener.accept().await.expect("a connection").0
    }

    /// Connections opened so far, and of these the ones still open.
    fn connections(&self) -> (u64, u64) {
        connections(&self.metrics)
    }
}

#[derive(Clone)]
struct Local;

impl<F: Future<Output = ()> + 'static> Executor<F> for Local {
    fn execute(&self, future: F) {
        tokio::task::spawn_local(future);
    }
}

/// Answers everything on a connection until it ends.
async fn serve<S, F, A>(stream: S, answer: F)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
    F: Fn(Request<Incoming>) -> A + 'static,
    A: Future<Output = Response<Script>> + 'static,
{
    let answer = Rc::new(answer);
    let service = hyper::service::service_fn(move |request| {
        let answer = answer.clone();
        async move { Ok::<_, Infallible>(answer(request).await) }
    });
    let server = hyper::server::conn::http2::Builder::new(Local);
    // It ends as the test does.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

fn ok(body: impl IntoIterator<Item = Step>) -> Response<Script> {
    Response::new(Script::new(body))
}

async fn text(answered: Answered) -> String {
    let body = answered.expect("an answer").into_body().collect().await.expect("a body");
    String::from_utf8(body.to_bytes().to_vec()).expect("text")
}

#[tokio::test(flavor = "local")]
async fn requests_share_a_connection() {
    let bench = Bench::new(Scheme::Http).await;
    let upstream = async {
        let stream = bench.accept().await;
        tokio::task::spawn_local(serve(stream, async |request| {
            let (head, body) = request.into_parts();
            let body = body.collect().await.expect("a body").to_bytes();
            let header =
                |name: &str| head.headers.get(name).map_or("-", |v| v.to_str().expect("text"));
            let names = ["host", "content-type", "te"].map(header).join(" ");
            let said = format!("{} {} {names} {}", head.method, head.uri, body.len());
            ok([Step::data(said)])
        }));
    };
    let large = Script::new([Step::data(vec![b'x'; 300_000]), Step::Later, Step::data("y")]);
    let client = async {
        let (get, post) = tokio::join!(
            bench.send(Method::GET, Script::default()),
            bench.send(Method::POST, large),
        );
        (text(get).await, text(post).await)
    };
    let ((get, post), ()) = tokio::join!(client, upstream);
    assert_eq!(get, "GET http://shop/x?y=z - text/plain trailers 0");
    assert_eq!(post, "POST http://shop/x?y=z - text/plain trailers 300001");
    assert_eq!(bench.connections(), (1, 1));
}

#[tokio::test(flavor = "local")]
async fn trailers_come_through() {
    let bench = Bench::new(Scheme::Http).await;
    let upstream = async {
        let stream = bench.accept().await;
        tokio::task::spawn_local(async move {
            let service = hyper::service::service_fn(async |_: Request<Incoming>| {
                let mut trailers = HeaderMap::new();
                trailers.insert("grpc-status", "0".parse().expect("a value"));
                let body = Full::new(Bytes::from("ok")).with_trailers(async { Some(Ok(trailers)) });
                Ok::<_, Infallible>(Response::new(body))
            });
            let server = hyper::server::conn::http2::Builder::new(Local);
            // It ends as the test does.
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    };
    let (answered, ()) = tokio::join!(bench.send(Method::GET, Script::default()), upstream);
    let body = answered.expect("an answer").into_body().collect().await.expect("a body");
    assert_eq!(body.trailers().expect("trailers")["grpc-status"], "0");
    assert_eq!(body.to_bytes(), "ok");
}

/// Serves one request of a connection, and tells the client to go elsewhere with the next ones.
async fn serve_one(stream: TcpStream, body: &'static str) {
    let service = hyper::service::service_fn(move |_: Request<Incoming>| async move {
        Ok::<_, Infallible>(ok([Step::data(body)]))
    });
    let server = hyper::server::conn::http2::Builder::new(Local);
    let mut serving = std::pin::pin!(server.serve_connection(TokioIo::new(stream), service));
    let served = tokio::time::timeout(Duration::from_millis(200), serving.as_mut()).await;
    assert!(served.is_err(), "the client keeps the connection");
    serving.as_mut().graceful_shutdown();
    serving.await.expect("a clean end");
}

#[tokio::test(flavor = "local")]
async fn a_connection_that_has_ended_is_made_again() {
    let bench = Bench::new(Scheme::Http).await;
    for body in ["one", "two"] {
        let upstream = async { serve_one(bench.accept().await, body).await };
        let client = bench.send(Method::POST, Script::new([Step::data("x")]));
        let (answered, ()) = tokio::join!(async { text(client.await).await }, upstream);
        assert_eq!(answered, body);
    }
    assert_eq!(bench.connections().0, 2);
}

/// A connection that ends without a word as soon as a second request has come.
async fn serve_one_and_leave(stream: TcpStream) {
    let (second, came) = tokio::sync::oneshot::channel::<()>();
    let second = Rc::new(Cell::new(Some(second)));
    let served = Rc::new(Cell::new(0));
    let serving = serve(stream, move |_| {
        let (served, second) = (served.clone(), second.clone());
        async move {
            served.set(served.get() + 1);
            if served.get() == 2 {
                drop(second.take());
                std::future::pending::<()>().await;
            }
            ok([Step::data("one")])
        }
    });
    tokio::select! { () = serving => {} _ = came => {} }
}

#[tokio::test(flavor = "local")]
async fn only_what_may_be_repeated_is() {
    for (method, body, repeated) in [
        (Method::GET, Script::default(), true),
        (Method::DELETE, Script::default(), true),
        (Method::POST, Script::default(), false),
        (Method::PUT, Script::new([Step::data("x")]), false),
    ] {
        let bench = Bench::new(Scheme::Http).await;
        let upstream = async {
            serve_one_and_leave(bench.accept().await).await;
            if repeated {
                let stream = bench.accept().await;
                tokio::task::spawn_local(serve(stream, async |_| ok([Step::data("two")])));
            }
        };
        let client = async {
            assert_eq!(text(bench.send(Method::GET, Script::default()).await).await, "one");
            bench.send(method.clone(), body).await
        };
        let upstream = tokio::time::timeout(Duration::from_secs(3), upstream);
        let (answered, _) = tokio::join!(client, upstream);
        if repeated {
            assert_eq!(text(answered).await, "two", "{method}");
        } else {
            let error = answered.expect_err("no answer");
            assert!(
                matches!(error, SendError::Broken(AnswerError::Http2(_))),
                "{method} {error:?}"
            );
        }
    }
}

#[tokio::test(flavor = "local")]
async fn who_is_to_blame_is_told() {
    let bench = Bench::new(Scheme::Http).await;
    let (leave, told) = tokio::sync::oneshot::channel::<()>();
    let upstream = async {
        let serving = serve(bench.accept().await, async |request| {
            // Who waits for a body that fails never answers.
            if request.into_body().collect().await.is_err() {
                std::future::pending::<()>().await;
            }
            ok([Step::data("begun"), Step::Never])
        });
        tokio::select! { () = serving => {} _ = told => {} }
    };
    let client = async {
        let failing = Script::new([Step::data("x"), Step::Later, Step::Fails]);
        let error = bench.send(Method::POST, failing).await.expect_err("no answer");
        let cause = if let SendError::RequestBody(cause) = error { Some(cause) } else { None };
        assert_eq!(cause.expect("the client's side").to_string(), "the client is gone");
        assert_eq!(bench.connections(), (1, 1), "a stream failed, the connection did not");

        let answered = bench.send(Method::GET, Script::default()).await.expect("an answer");
        drop(leave);
        let error = answered.into_body().collect().await.expect_err("half a body");
        assert!(matches!(error, ResponseBodyError::Broken(AnswerError::Http2(_))), "{error:?}");
    };
    tokio::join!(client, upstream);
}

#[tokio::test(flavor = "local")]
async fn an_answer_that_stalls_is_given_up() {
    let bench = Bench::new(Scheme::Http).await;
    let upstream = async {
        let stream = bench.accept().await;
        tokio::task::spawn_local(serve(stream, async |_| ok([Step::data("x"), Step::Never])));
    };
    let (answered, ()) = tokio::join!(bench.send(Method::GET, Script::default()), upstream);
    let error = answered.expect("an answer").into_body().collect().await.expect_err("half a body");
    assert!(matches!(error, ResponseBodyError::TimedOut), "{error:?}");
}

#[tokio::test(flavor = "local")]
async fn an_unused_connection_is_closed() {
    let bench = Bench::new(Scheme::Http).await;
    let upstream = async {
        let stream = bench.accept().await;
        serve(stream, async |_| ok([Step::data("x")])).await;
    };
    let client = async { text(bench.send(Method::GET, Script::default()).await).await };
    // The upstream ends when the client has closed the connection, or the test never does.
    let (answered, ()) = tokio::join!(client, upstream);
    assert_eq!(answered, "x");
}

#[tokio::test(flavor = "local")]
async fn over_tls_both_have_to_want_it() {
    for (offered, agrees) in [(&[][..], false), (&[&b"h2"[..]], true), (&[b"http/1.1"], false)] {
        let bench = Bench::new(Scheme::Https).await;
        let upstream = async {
            if let Ok(stream) = acceptor(offered).accept(bench.accept().await).await {
                let serving = serve(stream, async |_| ok([Step::data("agreed")]));
                tokio::task::spawn_local(serving);
            }
        };
        let (answered, ()) = tokio::join!(bench.send(Method::GET, Script::default()), upstream);
        if agrees {
            assert_eq!(text(answered).await, "agreed");
        } else {
            let error = answered.expect_err("no answer");
            assert!(matches!(error, SendError::NotHttp2 | SendError::Tls(_)), "{error:?}");
        }
    }
}
