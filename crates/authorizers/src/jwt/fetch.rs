//! An issuer's keys over the network (OpenID Connect Discovery 1.0 section 4): bounded in time and
//! size as AWS does it, without redirects, through the address guard like any upstream.

use std::time::Duration;

use bytes::Bytes;
use gatewright_egress::{Client, Egress, Timeouts, origin_of};
use gatewright_types::{Origin, Scheme};
use http::header::{ACCEPT, HOST};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Empty, Limited};
use serde::Deserialize;

use super::{FetchError, Issuer, KeySet};

/// For each of the two requests, and all of it.
const TIMEOUT: Duration = Duration::from_millis(1500);
/// Of either document.
const BYTES_MAX: usize = 150_000;

#[derive(Deserialize)]
struct OpenIdConfiguration {
    jwks_uri: String,
}

/// Why a document could not be had; for the log.
#[derive(Debug, thiserror::Error)]
enum GetError {
    #[error("not an https URL")]
    Url,
    #[error("no answer in time")]
    TimedOut,
    #[error("the issuer cannot be reached")]
    Send(#[from] gatewright_egress::SendError),
    #[error("the request cannot be made")]
    Request(#[from] http::Error),
    #[error("the issuer answered {0}")]
    Status(StatusCode),
    #[error("the answer broke off, or has more than {BYTES_MAX} bytes")]
    Body(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Asks an issuer for its configuration, and then for the keys that this names.
pub(super) async fn fetch_key_set(
    egress: &Egress,
    client: &Client<Empty<Bytes>>,
    issuer: &Issuer,
) -> Result<KeySet, FetchError> {
    let base = issuer.url().strip_suffix('/').unwrap_or_else(|| issuer.url());
    let configuration = format!("{base}/.well-known/openid-configuration");
    let insecure = issuer.is_insecure();
    let text = get(egress, client, &configuration, insecure).await.map_err(|error| {
        log(issuer, &configuration, &error);
        FetchError::Discovery
    })?;
    let configuration = serde_json::from_slice::<OpenIdConfiguration>(&text).map_err(|error| {
        log(issuer, &configuration, &error);
        FetchError::Discovery
    })?;
    let jwks_uri = &configuration.jwks_uri;
    let text = get(egress, client, jwks_uri, insecure).await.map_err(|error| {
        log(issuer, jwks_uri, &error);
        FetchError::Jwks
    })?;
    let text = String::from_utf8_lossy(&text);
    KeySet::parse(&text).map_err(|error| {
        log(issuer, jwks_uri, &error);
        FetchError::Jwks
    })
}

fn log(issuer: &Issuer, url: &str, error: &(dyn std::error::Error + 'static)) {
    tracing::warn!(issuer = issuer.url(), url, error, "cannot fetch from the issuer");
}

async fn get(
    egress: &Egress,
    client: &Client<Empty<Bytes>>,
    url: &str,
    insecure: bool,
) -> Result<Bytes, GetError> {
    let uri = url.parse::<Uri>().map_err(|_| GetError::Url)?;
    let allowed = |origin: &Origin| origin.scheme == Scheme::Https || insecure;
    let origin = origin_of(&uri).filter(allowed).ok_or(GetError::Url)?;
    let authority = uri.authority().ok_or(GetError::Url)?;
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let request = Request::get(target)
        .header(HOST, authority.as_str())
        .header(ACCEPT, "application/json")
        .body(Empty::new())?;
    let upstream = egress.upstream(&origin);
    let timeouts = Timeouts { head: TIMEOUT, piece: TIMEOUT };
    let answered = tokio::time::timeout(TIMEOUT, async {
        let response = client.send(&upstream, request, timeouts).await?;
        if response.status() != StatusCode::OK {
            return Err(GetError::Status(response.status()));
        }
        let body = Limited::new(response.into_body(), BYTES_MAX).collect().await;
        Ok(body.map_err(GetError::Body)?.to_bytes())
    });
    answered.await.unwrap_or(Err(GetError::TimedOut))
}
