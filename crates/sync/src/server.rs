//! The feed over HTTP, the control plane's end: `GET /feed?after=<revision>&source=<id>`.

use std::convert::Infallible;
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use gatewright_ingress::{Peer, RequestBody, Service};
use http::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{Method, Request, Response, StatusCode};
use http_body::{Body, Frame};
use subtle::ConstantTimeEq;
use tokio::sync::{mpsc, watch};

use crate::wire::{self, FORMAT, Record};
use crate::{FeedPort, FeedSource, FeedSourceError, Position};

const HEARTBEAT_INTERVAL: Duration = Duration::from_secs(5);

/// Serves the feed of a source.
#[derive(Debug)]
pub struct FeedServer<S> {
    source: Rc<S>,
    /// Absent where the port has let in only who has a certificate.
    token_file: Option<PathBuf>,
    shutdown: watch::Receiver<bool>,
}

/// The stream of lines.
#[derive(Debug)]
pub struct FeedBody(Option<mpsc::Receiver<Bytes>>);

impl<S: FeedSource + 'static> FeedServer<S> {
    /// A feed for whoever knows a line of the port's token file, which is read anew for each
    /// connection so that tokens rotate. Streams end when `shutdown` turns true.
    pub fn new(source: S, port: &FeedPort, shutdown: watch::Receiver<bool>) -> Self {
        Self { source: Rc::new(source), token_file: port.token_file.clone(), shutdown }
    }

    async fn is_known(&self, authorization: Option<&HeaderValue>) -> bool {
        let Some(path) = self.token_file.clone() else {
            return true;
        };
        let Some(token) = authorization.and_then(|value| value.as_bytes().strip_prefix(b"Bearer "))
        else {
            return false;
        };
        let read = tokio::task::spawn_blocking(move || std::fs::read_to_string(path)).await;
        match read {
            Ok(Ok(tokens)) => tokens
                .lines()
                .map(str::trim)
                .filter(|known| !known.is_empty())
                .fold(false, |found, known| found | bool::from(known.as_bytes().ct_eq(token))),
            other => {
                tracing::error!(?other, "feed.token_file cannot be read");
                false
            }
        }
    }
}

impl<S: FeedSource + 'static> Service for FeedServer<S> {
    type Body = FeedBody;

    async fn call(&self, request: Request<RequestBody>, peer: Rc<Peer>) -> Response<FeedBody> {
        let peer = peer.address;
        if request.uri().path() != "/feed" {
            return refusal(StatusCode::NOT_FOUND);
        }
        if request.method() != Method::GET {
            let mut response = refusal(StatusCode::METHOD_NOT_ALLOWED);
            response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET"));
            return response;
        }
        if !self.is_known(request.headers().get(AUTHORIZATION)).await {
            tracing::warn!(%peer, "feed refused: no known token");
            let mut response = refusal(StatusCode::UNAUTHORIZED);
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            return response;
        }
        let position = position(request.uri().query().unwrap_or_default());
        // One batch waits for a slow reader; the next is not read before it is taken.
        let (lines, body) = mpsc::channel(1);
        let (source, shutdown) = (self.source.clone(), self.shutdown.clone());
        tracing::info!(%peer, ?position, "data plane connected");
        tokio::task::spawn_local(async move {
            if let Err(error) = stream(&*source, position, &lines, shutdown).await {
                tracing::warn!(%peer, error = &*error, "feed ended");
            }
        });
        let mut response = Response::new(FeedBody(Some(body)));
        let ndjson = HeaderValue::from_static("application/x-ndjson");
        response.headers_mut().insert(CONTENT_TYPE, ndjson);
        response
    }
}

type StreamError = Box<dyn std::error::Error + Send + Sync>;

/// Sends until the reader is gone or the process stops.
async fn stream<S: FeedSource>(
    source: &S,
    mut position: Option<Position>,
    lines: &mpsc::Sender<Bytes>,
    mut shutdown: watch::Receiver<bool>,
) -> Result<(), StreamError> {
    let mut text = wire::line(&Record::Hello { format: FORMAT })?;
    loop {
        let batch = source.changes_after(position.as_ref()).await.map_err(unboxed)?;
        let news = batch.complete
            || !batch.entries.is_empty()
            || position.as_ref() != Some(&batch.position);
        position = Some(batch.position.clone());
        text.push_str(&if news { wire::lines(batch)? } else { wire::line(&Record::Heartbeat {})? });
        if lines.send(std::mem::take(&mut text).into()).await.is_err() {
            return Ok(());
        }
        let seen = position.as_ref().map_or(0, |position| position.revision);
        tokio::select! {
            () = source.wait_beyond(seen) => {}
            () = tokio::time::sleep(HEARTBEAT_INTERVAL) => {}
            () = lines.closed() => return Ok(()),
            _ = shutdown.wait_for(|stop| *stop) => return Ok(()),
        }
    }
}

fn unboxed(error: FeedSourceError) -> StreamError {
    error.0
}

/// Where the reader stands; absent when it has nothing yet.
fn position(query: &str) -> Option<Position> {
    let value = |name: &str| {
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find_map(|(key, value)| (key == name && !value.is_empty()).then(|| value.to_owned()))
    };
    let revision = value("after")?.parse().ok()?;
    Some(Position { source: value("source")?, revision })
}

fn refusal(status: StatusCode) -> Response<FeedBody> {
    let mut response = Response::new(FeedBody(None));
    *response.status_mut() = status;
    response
}

impl Body for FeedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut self.0 {
            None => Poll::Ready(None),
            Some(lines) => lines.poll_recv(cx).map(|line| line.map(|line| Ok(Frame::data(line)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_none()
    }
}
