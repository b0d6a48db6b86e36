//! The feed over HTTP, the data plane's end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use gatewright_egress::{Egress, EgressError, OwnTls, SendError, Timeouts, origin_of};
use gatewright_types::{Origin, Scheme, limits};
use http::header::{AUTHORIZATION, HOST, HeaderValue};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty};
use tokio::sync::watch;

use crate::wire::{self, FORMAT, Record};
use crate::{Applier, ApplyError, Batch, CatalogueSink, Entry, Options, OptionsError, Position};

/// Three heartbeats missed: the connection is dead, whatever TCP says.
const SILENCE_MAX: Duration = Duration::from_secs(15);
const BACKOFF_MIN: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// Follows a control plane.
#[derive(Debug)]
pub struct FeedClient {
    egress: Egress,
    tls: OwnTls,
    origin: Origin,
    host: HeaderValue,
    /// Absent where a certificate is enough.
    token_file: Option<PathBuf>,
}

/// The feed cannot be followed as configured.
#[derive(Debug, thiserror::Error)]
pub enum FeedClientError {
    /// A key is missing.
    #[error("{0} must be set")]
    Missing(&'static str),
    /// Not a URL.
    #[error("feed.url: '{0}' is not http(s)://host:port without a path")]
    Url(String),
    /// A key that only TLS needs.
    #[error("{0}: feed.url is not https://")]
    NotTls(&'static str),
    /// Keys that do not go together.
    #[error(transparent)]
    Options(#[from] OptionsError),
    /// A file cannot be used.
    #[error(transparent)]
    Tls(#[from] EgressError),
}

/// One connection to the control plane ended.
#[derive(Debug, thiserror::Error)]
enum Ended {
    #[error("feed.token_file cannot be read")]
    Token(#[source] std::io::Error),
    #[error(transparent)]
    Tls(#[from] EgressError),
    #[error("its files could not be read")]
    Thread(#[from] tokio::task::JoinError),
    #[error("the control plane cannot be reached")]
    Send(#[from] SendError),
    #[error("the control plane answered {0}")]
    Status(StatusCode),
    #[error("the request cannot be made")]
    Request(#[from] http::Error),
    #[error("the feed broke off")]
    Body(#[from] gatewright_egress::ResponseBodyError),
    #[error("the feed ended")]
    End,
    #[error("a line of the feed has more than {} bytes", limits::FEED_LINE_BYTES_MAX)]
    LineTooLong,
    #[error(transparent)]
    Line(#[from] wire::WireError),
    #[error("the control plane speaks format {0} of the feed, this version {FORMAT}")]
    Format(u32),
    #[error("changes not applied")]
    Apply(#[from] ApplyError),
}

impl FeedClient {
    /// A client for the control plane that the options name. Runs on a local runtime. The files of
    /// TLS are read once here, so that what cannot work is told at the start.
    ///
    /// # Errors
    ///
    /// [`FeedClientError`] names the key.
    pub fn new(options: &Options, egress: &Egress) -> Result<Self, FeedClientError> {
        let url = options.url.as_deref().filter(|url| !url.is_empty());
        let url = url.ok_or(FeedClientError::Missing("feed.url"))?;
        let (tls, token_file) = (options.own_tls()?, options.token_file.clone());
        if token_file.is_none() && tls.certificate.is_none() {
            return Err(FeedClientError::Missing("feed.token_file, or feed.client_cert_file,"));
        }
        let (origin, host) = parse_url(url).ok_or_else(|| FeedClientError::Url(url.to_owned()))?;
        if origin.scheme == Scheme::Http {
            let certificate = tls.certificate.as_ref().map(|(certificate, _)| certificate);
            if let Some(file) = tls.ca_file.as_ref().or(certificate) {
                return Err(FeedClientError::NotTls(file.key));
            }
            tracing::warn!(url, "the feed is not encrypted");
        }
        egress.for_the_operator_with(&tls)?;
        Ok(Self { egress: egress.clone(), tls, origin, host, token_file })
    }

    /// Applies what comes until `shutdown` turns true; reconnects for as long as it takes.
    pub async fn run<K: CatalogueSink>(
        &self,
        mut applier: Applier<K>,
        mut shutdown: watch::Receiver<bool>,
    ) {
        let mut backoff = BACKOFF_MIN;
        loop {
            let before = applier.position().cloned();
            let ended = tokio::select! {
                ended = self.follow(&mut applier) => ended,
                _ = shutdown.wait_for(|stop| *stop) => return,
            };
            if matches!(ended, Ended::Apply(_)) {
                applier.start_over();
            }
            if applier.position() != before.as_ref() {
                backoff = BACKOFF_MIN;
            }
            tracing::warn!(error = &ended as &dyn std::error::Error, "feed lost, serving on");
            // Half fixed, half random: replicas that lost it together do not return together.
            let wait = backoff / 2 + backoff.mul_f64(fastrand::f64() / 2.0);
            backoff = (backoff * 2).min(BACKOFF_MAX);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                _ = shutdown.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// One connection, to its end.
    async fn follow<K: CatalogueSink>(&self, applier: &mut Applier<K>) -> Ended {
        match self.try_follow(applier).await {
            Ok(()) => Ended::End,
            Err(ended) => ended,
        }
    }

    async fn try_follow<K: CatalogueSink>(&self, applier: &mut Applier<K>) -> Result<(), Ended> {
        let request = self.request(applier.position())?;
        let egress = self.egress_as_files_are().await?;
        let (client, upstream) = (egress.worker(), egress.upstream(&self.origin));
        let timeouts = Timeouts { head: SILENCE_MAX, piece: SILENCE_MAX };
        let response = client.send(&upstream, request, timeouts).await?;
        if response.status() != StatusCode::OK {
            return Err(Ended::Status(response.status()));
        }
        let mut body = response.into_body();
        let mut buffer = BytesMut::new();
        let mut entries = Vec::new();
        while let Some(frame) = body.frame().await {
            let Ok(data) = frame?.into_data() else {
                continue;
            };
            let mut searched = buffer.len();
            buffer.extend_from_slice(&data);
            while let Some(end) = buffer[searched..].iter().position(|byte| *byte == b'\n') {
                let line = buffer.split_to(searched + end + 1);
                searched = 0;
                take(wire::parse(&line)?, &mut entries, applier).await?;
            }
            if buffer.len() > limits::FEED_LINE_BYTES_MAX {
                return Err(Ended::LineTooLong);
            }
        }
        Ok(())
    }

    /// Certificates and trust change on disk; a connection that stands goes on with what it has. Read
    /// on another thread, since a file system may hang.
    async fn egress_as_files_are(&self) -> Result<Egress, Ended> {
        let (egress, tls) = (self.egress.clone(), self.tls.clone());
        let read = tokio::task::spawn_blocking(move || egress.for_the_operator_with(&tls));
        Ok(read.await??)
    }

    fn request(&self, position: Option<&Position>) -> Result<Request<Empty<Bytes>>, Ended> {
        let target = match position {
            Some(Position { source, revision }) => {
                format!("/feed?after={revision}&source={source}")
            }
            None => "/feed?after=0".to_owned(),
        };
        let mut request = Request::get(target).header(HOST, &self.host);
        if let Some(path) = &self.token_file {
            let token = first_token(path).map_err(Ended::Token)?;
            let mut bearer =
                HeaderValue::try_from(format!("Bearer {token}")).map_err(http::Error::from)?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        Ok(request.body(Empty::new())?)
    }
}

async fn take<K: CatalogueSink>(
    record: Record,
    entries: &mut Vec<Entry>,
    applier: &mut Applier<K>,
) -> Result<(), Ended> {
    match record {
        // An older control plane says less, not something else.
        Record::Hello { format } if !(1..=FORMAT).contains(&format) => {
            return Err(Ended::Format(format));
        }
        Record::Hello { .. } => {}
        Record::Stage(record) => entries.push(record.into()),
        Record::AccessKey(record) => entries.push(record.into()),
        Record::DomainName(record) => entries.push(record.into()),
        Record::Synced { source, revision, complete } => {
            let position = Position { source, revision };
            applier.apply(Batch { position, complete, entries: std::mem::take(entries) }).await?;
            applier.confirm();
        }
        Record::Heartbeat {} => applier.confirm(),
    }
    Ok(())
}

fn first_token(path: &Path) -> std::io::Result<String> {
    let tokens = std::fs::read_to_string(path)?;
    let first = tokens.lines().map(str::trim).find(|line| !line.is_empty());
    first.map(str::to_owned).ok_or_else(|| std::io::Error::other("it holds no token"))
}

fn parse_url(url: &str) -> Option<(Origin, HeaderValue)> {
    let uri = url.parse::<Uri>().ok()?;
    if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
        return None;
    }
    let host = HeaderValue::try_from(uri.authority()?.as_str()).ok()?;
    Some((origin_of(&uri)?, host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_taken_apart() {
        let origin =
            |url| parse_url(url).map(|(origin, _)| (origin.scheme, origin.host, origin.port));
        let plain = (Scheme::Http, "control".to_owned(), 8082);
        assert_eq!(origin("http://control:8082"), Some(plain.clone()));
        assert_eq!(origin("http://control:8082/"), Some(plain));
        assert_eq!(origin("https://[::1]"), Some((Scheme::Https, "::1".to_owned(), 443)));
        for broken in ["control:8082", "ftp://x", "http://x/feed", "http://x?y", ""] {
            assert_eq!(origin(broken), None, "{broken}");
        }
    }
}
