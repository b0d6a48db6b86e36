//! The admin port: `/livez`, `/readyz`, `/metrics`.

use std::rc::Rc;

use bytes::Bytes;
use gatewright_ingress::{Peer, RequestBody, Service};
use gatewright_observe::Metrics;
use gatewright_sync::FeedStatus;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;

/// Answers health checks and Prometheus.
#[derive(Debug)]
pub(crate) struct Admin {
    metrics: Metrics,
    /// Absent where nothing is served to clients.
    feed: Option<FeedStatus>,
}

impl Admin {
    pub(crate) fn new(metrics: Metrics, feed: Option<FeedStatus>) -> Self {
        Self { metrics, feed }
    }

    fn readiness(&self) -> (StatusCode, String) {
        match &self.feed {
            Some(feed) if !feed.is_ready() => {
                let why = feed.refused().unwrap_or_else(|| "no catalogue yet".to_owned());
                (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n"))
            }
            Some(feed) => match feed.refused() {
                Some(why) => (StatusCode::OK, format!("ready, serving the last good: {why}\n")),
                None => (StatusCode::OK, "ready\n".to_owned()),
            },
            None => (StatusCode::OK, "ready\n".to_owned()),
        }
    }
}

impl Service for Admin {
    type Body = Full<Bytes>;

    async fn call(&self, request: Request<RequestBody>, _peer: Rc<Peer>) -> Response<Full<Bytes>> {
        let mut content_type = "text/plain; charset=utf-8";
        let (status, text) = match (request.method(), request.uri().path()) {
            (&Method::GET | &Method::HEAD, "/livez") => (StatusCode::OK, "live\n".to_owned()),
            (&Method::GET | &Method::HEAD, "/readyz") => self.readiness(),
            (&Method::GET | &Method::HEAD, "/metrics") => {
                if let Some(feed) = &self.feed {
                    feed.refresh_age();
                }
                content_type = "text/plain; version=0.0.4";
                (StatusCode::OK, self.metrics.encode())
            }
            (_, "/livez" | "/readyz" | "/metrics") => {
                (StatusCode::METHOD_NOT_ALLOWED, "GET only\n".to_owned())
            }
            _ => (StatusCode::NOT_FOUND, "/livez, /readyz or /metrics\n".to_owned()),
        };
        let mut response = Response::new(Full::new(text.into()));
        *response.status_mut() = status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        response
    }
}
