//! The same answer, read by hyper's client and by ours.
//!
//! hyper's reader has years of hostile traffic behind it. Ours may refuse more, never understand
//! differently: wherever it accepts an answer, status, headers, body and trailers are hyper's.

mod corpus;

use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response};
use http_body::Body;
use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::testing::{connection, upload_of};
use super::{BodyDecoder, Exchange};
use crate::ResponseBody;

/// What a client makes of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Understood {
    status: u16,
    version: http::Version,
    reason: Option<hyper::ext::ReasonPhrase>,
    headers: HeaderMap,
    /// Body and trailers, if they came whole.
    body: Option<(Vec<u8>, Option<HeaderMap>)>,
}

impl Understood {
    async fn of<B: Body<Data = Bytes> + Unpin>(response: Response<B>) -> Self {
        let (parts, mut body) = response.into_parts();
        let (mut bytes, mut trailers) = (Vec::new(), None);
        let whole = loop {
            match body.frame().await {
                None => break true,
                Some(Err(_)) => break false,
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => bytes.extend_from_slice(&data),
                    Err(frame) => trailers = frame.into_trailers().ok(),
                },
            }
        };
        Self {
            status: parts.status.as_u16(),
            version: parts.version,
            reason: parts.extensions.get().cloned(),
            headers: parts.headers,
            body: whole.then_some((bytes, trailers)),
        }
    }
}

fn request(method: &Method) -> Request<Empty<Bytes>> {
    let request = Request::builder().method(method).uri("/").header("host", "h");
    request.body(Empty::new()).expect("a request")
}

/// Waits for a request, answers it with bytes in pieces, and closes.
async fn upstream(mut stream: DuplexStream, pieces: &[&[u8]]) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.expect("a request"));
    }
    for piece in pieces {
        if stream.write_all(piece).await.is_err() {
            return;
        }
        // The other side reads what there is before more comes.
        for _ in 0..3 {
            tokio::task::yield_now().await;
        }
    }
    drop(stream);
}

async fn by_us(method: &Method, pieces: &[&[u8]]) -> Option<Understood> {
    let (connection, theirs) = connection(1 << 20);
    let upload = upload_of(request(method)).expect("an upload");
    let mut exchange = Exchange::new(connection, Box::new(upload));
    let understood = async {
        let answer = poll_fn(|cx| exchange.poll_head(cx)).await.ok()?;
        let decoder = BodyDecoder::new(answer.framing);
        let timeout = Duration::from_secs(60);
        let body = ResponseBody::arriving(exchange, decoder, None, timeout);
        Some(Understood::of(answer.response.map(|()| body)).await)
    };
    tokio::join!(understood, upstream(theirs, pieces)).0
}

async fn by_hyper(method: &Method, pieces: &[&[u8]]) -> Option<Understood> {
    let (ours, theirs) = tokio::io::duplex(1 << 20);
    let handshake = hyper::client::conn::http1::handshake(TokioIo::new(ours));
    let (mut sender, connection) = handshake.await.expect("a connection");
    let connection = tokio::spawn(connection);
    let understood = async {
        let response = sender.send_request(request(method)).await.ok()?;
        Some(Understood::of(response).await)
    };
    let understood = tokio::join!(understood, upstream(theirs, pieces)).0;
    connection.abort();
    understood
}

/// Holds ours against hyper's; whether ours accepted the answer with its body.
async fn compare(method: &Method, pieces: &[&[u8]], seed: u64) -> Option<Understood> {
    let ours = by_us(method, pieces).await;
    if let Some(ours) = &ours {
        let told = || {
            let pieces = pieces.iter().map(|piece| String::from_utf8_lossy(piece));
            format!("seed {seed}: {method} {:?}", pieces.collect::<Vec<_>>())
        };
        let Some(mut hypers) = by_hyper(method, pieces).await else {
            panic!("only ours accepts {}: {ours:?}", told());
        };
        corpus::without_connection(&mut hypers.headers);
        match (&ours.body, &mut hypers.body) {
            // Ours may refuse a body that hyper takes.
            (None, body) => *body = None,
            (Some(_), Some((_, Some(trailers)))) => corpus::without_forbidden(trailers),
            _ => {}
        }
        if let Some((_, trailers)) = &mut hypers.body
            && trailers.as_ref().is_some_and(HeaderMap::is_empty)
        {
            *trailers = None;
        }
        assert_eq!(*ours, hypers, "{}", told());
    }
    ours
}

fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(test);
}

#[test]
fn the_corpus_is_understood_alike_however_it_is_cut() {
    run(async {
        for answer in corpus::answers() {
            compare(&Method::HEAD, &[&answer], 0).await;
            let whole = compare(&Method::GET, &[&answer], 0).await;
            let accepted = |found: Option<Understood>| found.filter(|found| found.body.is_some());
            // A head that is refused is so however it comes; mutations are cut, too.
            if whole.is_none() {
                continue;
            }
            let whole = accepted(whole);
            for cut in 0..answer.len() {
                let (left, right) = answer.split_at(cut);
                let found = by_us(&Method::GET, &[left, right]).await;
                assert_eq!(accepted(found), whole, "cut at {cut}");
            }
        }
    });
}

#[test]
fn mutated_answers_are_understood_alike() {
    let number = |name, default| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let first = number("DIFFERENTIAL_SEED", 1);
    run(async {
        let answers = corpus::answers();
        let mut accepted = 0;
        for seed in first..first + number("DIFFERENTIAL_ROUNDS", 1000) {
            let mut random = fastrand::Rng::with_seed(seed);
            let answer = corpus::mutated(&answers, &mut random);
            let method = if random.u8(..) < 32 { Method::HEAD } else { Method::GET };
            let (left, right) = answer.split_at(random.usize(..=answer.len()));
            for pieces in [&[&answer[..]][..], &[left, right]] {
                let understood = compare(&method, pieces, seed).await;
                accepted += usize::from(understood.is_some_and(|found| found.body.is_some()));
            }
        }
        // Mutations that nobody accepts would test nothing.
        assert!(accepted > 50, "{accepted} accepted");
    });
}

#[test]
fn we_refuse_more_on_purpose() {
    run(async {
        for (answer, why) in corpus::REFUSED_BY_US {
            let whole = |found: Option<Understood>| found.is_some_and(|found| found.body.is_some());
            let ours = by_us(&Method::GET, &[answer.as_bytes()]).await;
            assert!(!whole(ours), "ours accepts {answer:?}: {why}");
            let hypers = by_hyper(&Method::GET, &[answer.as_bytes()]).await;
            assert!(whole(hypers), "hyper refuses {answer:?}, too: {why}");
        }
    });
}
