//! The management API as one value: its parts, and a request's way through them.

use std::cell::OnceCell;
use std::net::IpAddr;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use gatewright_ingress::Truststores;
use gatewright_secrets::MasterKey;
use gatewright_sigv4::Authorization;
use gatewright_snapshot::Environment;
use gatewright_store::Store;
use gatewright_types::{Account, Api, Clock, IdSource, ProtocolType, limits};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, USER_AGENT};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};

use crate::audit::AuditLine;
use crate::authentication::missing_token;
use crate::call::{Answer, AnswerBody, Call};
use crate::condition_keys::ConditionKeys;
use crate::error::OperationError;
use crate::router::{self, Routed};
use crate::{
    AccessKeys, StoreFeed, authentication, authorization, error_response, operations, sts,
};

/// The control plane of one account and region.
#[derive(Debug)]
pub struct ControlPlane {
    pub(crate) store: Store,
    pub(crate) settings: Settings,
    pub(crate) access_keys: AccessKeys,
    /// Seals the values of API keys.
    pub(crate) master_key: Arc<MasterKey>,
    pub(crate) clock: Arc<dyn ClockDebug>,
    pub(crate) ids: Arc<dyn IdSourceDebug>,
}

/// What a control plane is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whom it speaks for.
    pub account: Account,
    /// Where its APIs answer.
    pub api_endpoint: ApiEndpoint,
    /// The most milliseconds that an integration of an HTTP API may ask for
    /// (`limits.integration_timeout_ms`).
    pub integration_timeout_ms_max: u32,
    /// `http://` issuers of tokens that authorizers may name, by exact URL (`jwt.insecure_issuers`).
    pub insecure_issuers: Vec<String>,
    /// What ARNs in resources mean.
    pub environment: Environment,
    /// What URIs in `mutualTlsAuthentication` mean.
    pub truststores: Truststores,
}

/// How `apiEndpoint` is made.
#[derive(Clone, Debug)]
pub struct ApiEndpoint {
    /// `http` or `https`.
    pub scheme: &'static str,
    /// What follows `{apiId}.`: `execute-api.{region}.{base domain}`.
    pub domain: String,
    /// The port, where it is not the scheme's own.
    pub port: Option<u16>,
}

/// A [`Clock`] that can stand in a struct that derives `Debug`.
pub trait ClockDebug: Clock + std::fmt::Debug {}
impl<T: Clock + std::fmt::Debug> ClockDebug for T {}

/// An [`IdSource`], likewise.
pub trait IdSourceDebug: IdSource + std::fmt::Debug {}
impl<T: IdSource + std::fmt::Debug> IdSourceDebug for T {}

impl ApiEndpoint {
    pub(crate) fn url(&self, api: &Api) -> String {
        let port = self.port.map(|port| format!(":{port}")).unwrap_or_default();
        let scheme = match (api.protocol_type, self.scheme) {
            (ProtocolType::Http, scheme) => scheme,
            (ProtocolType::Websocket, "http") => "ws",
            (ProtocolType::Websocket, _) => "wss",
        };
        format!("{scheme}://{}.{}{port}", api.api_id, self.domain)
    }
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

impl ControlPlane {
    /// A control plane over a store whose schema is up to date.
    #[must_use]
    pub fn new(
        store: Store,
        settings: Settings,
        access_keys: AccessKeys,
        clock: Arc<dyn ClockDebug>,
        ids: Arc<dyn IdSourceDebug>,
    ) -> Self {
        let master_key = access_keys.master_key();
        Self { store, settings, access_keys, master_key, clock, ids }
    }

    /// What data planes follow.
    #[must_use]
    pub fn feed(&self) -> StoreFeed {
        StoreFeed::new(self.store.clone(), self.access_keys.clone())
    }

    /// Answers one request of a client at an address.
    pub async fn handle<B>(&self, request: Request<B>, source: IpAddr) -> Response<Full<Bytes>>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (parts, body) = request.into_parts();
        let request_id = request_id();
        let mut seen = Seen {
            source,
            changes: None,
            resource: String::new(),
            access_key_id: None,
            user: None,
            is_sts: false,
        };
        let outcome = Box::pin(self.call(&parts, body, &mut seen, &request_id)).await;
        let (status, error_type, body) = match outcome {
            Ok((status, body)) => (status, None, body),
            Err(error) => {
                let (status, name) = error_response::shape(&error);
                if status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED {
                    tracing::error!(
                        request_id,
                        method = %parts.method,
                        path = parts.uri.path(),
                        error = &error as &dyn std::error::Error,
                        "management call failed"
                    );
                } else {
                    tracing::debug!(request_id, path = parts.uri.path(), %error, "refused");
                }
                let body = if seen.is_sts {
                    let message = error.to_string();
                    sts::refusal(status, name, &message, &request_id).into_bytes()
                } else {
                    error_response::body(&error)
                };
                let content_type = if seen.is_sts { XML } else { JSON };
                (status, Some(name), Some(AnswerBody { bytes: body, content_type }))
            }
        };
        if let Some(operation) = seen.changes {
            let line = AuditLine {
                request_id: &request_id,
                access_key_id: seen.access_key_id.as_deref(),
                user: seen.user.as_deref(),
                source,
                operation,
                resource: &seen.resource,
                status,
                error: error_type,
            };
            line.write();
        }
        let content_type = body.as_ref().map(|body| body.content_type);
        let bytes = body.map(|body| body.bytes).unwrap_or_default();
        let mut response = Response::new(Full::new(Bytes::from(bytes)));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if let Some(content_type) = content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        }
        if let Ok(value) = HeaderValue::from_str(&request_id) {
            headers.insert(REQUEST_ID, value);
        }
        if let Some(name) = error_type {
            headers.insert(ERROR_TYPE, HeaderValue::from_static(name));
        }
        response
    }

    /// From the front door to the operation; `seen` is filled on the way, for what is said of a
    /// call that is refused on it.
    async fn call<B>(
        &self,
        parts: &http::request::Parts,
        body: B,
        seen: &mut Seen,
        request_id: &str,
    ) -> Result<(StatusCode, Answer), OperationError>
    where
        B: http_body::Body<Data = Bytes>,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (claim, routed) = match self.front_door(parts, seen) {
            Ok(passed) => passed,
            Err(refusal) => {
                // Read all the same: what is left of it would end the connection.
                drain(body).await;
                return Err(refusal);
            }
        };
        let body = whole(body).await?;
        let path = parts.uri.path();
        let service = if seen.is_sts { sts::SERVICE } else { SERVICE };
        let caller = self.authenticate(parts, &claim, service, &body).await?;
        seen.user = Some(caller.user_name.clone());
        if seen.is_sts {
            let answer = sts::answer(self, &caller, &body, request_id)?;
            return Ok((
                StatusCode::OK,
                Some(AnswerBody { bytes: answer.into_bytes(), content_type: XML }),
            ));
        }
        let Some(routed) = routed else {
            return if is_empty_label(parts) {
                Ok((StatusCode::OK, Some(AnswerBody::json("{}"))))
            } else if path == "/" {
                Err(missing_token())
            } else {
                Err(OperationError::not_found("Not Found"))
            };
        };
        let context = ConditionKeys {
            account: &self.settings.account,
            caller: &caller,
            source: seen.source,
            now: self.clock.now(),
            region: &claim.region,
            user_agent: parts.headers.get(USER_AGENT).and_then(|value| value.to_str().ok()),
            body: &body,
            tags: OnceCell::new(),
        };
        authorization::authorize(&routed, &context)?;
        let status = status(&routed)?;
        let query = parts.uri.query().unwrap_or_default();
        let call = Call::new(self, routed, query, &body);
        Ok((status, operations::dispatch(&call).await?))
    }

    /// What can be said of a call before its body is read: who claims to make it, and which
    /// operation it names.
    fn front_door(
        &self,
        parts: &http::request::Parts,
        seen: &mut Seen,
    ) -> Result<(Authorization, Option<Routed>), OperationError> {
        let path = parts.uri.path();
        let trailing_slash = path.strip_suffix('/').is_some_and(router::is_path);
        let routed = router::route(parts.method.as_str(), path);
        if let Some(routed) = &routed {
            seen.resource = authorization::resource_arn(routed, &self.settings.account);
            seen.changes = (routed.operation.method != "GET").then_some(routed.operation.name);
        }
        if routed.is_none() && !is_empty_label(parts) && !trailing_slash && path != "/" {
            return Err(missing_token());
        }
        let claim = authentication::authorization(parts)?;
        seen.access_key_id = Some(claim.access_key_id.clone());
        seen.is_sts = path == "/" && claim.service == sts::SERVICE;
        Ok((claim, routed))
    }
}

const JSON: &str = "application/json";
const XML: &str = "text/xml";

/// The service in a signature's scope.
const SERVICE: &str = "apigateway";

/// What became known of a call on its way.
#[derive(Debug)]
struct Seen {
    source: IpAddr,
    /// The operation, when it is one that changes something.
    changes: Option<&'static str>,
    resource: String,
    access_key_id: Option<String>,
    user: Option<String>,
    is_sts: bool,
}

/// The rule that botocore's `get_api(ApiId="")` meets on AWS.
fn is_empty_label(parts: &http::request::Parts) -> bool {
    parts.method == http::Method::GET && parts.uri.path() == "/v2/apis/"
}

fn status(routed: &Routed) -> Result<StatusCode, OperationError> {
    StatusCode::from_u16(routed.operation.status)
        .map_err(|error| OperationError::Internal(error.into()))
}

/// The whole body, bounded. One that is too large is read to its end all the same (the listener has
/// a bound of its own): a client that is still sending would not see its refusal.
async fn whole<B>(body: B) -> Result<Bytes, OperationError>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let mut body = pin!(body);
    let mut bytes = BytesMut::new();
    let mut too_large = false;
    while let Some(frame) = body.as_mut().frame().await {
        let Ok(data) = frame.map_err(|_| OperationError::Incomplete)?.into_data() else {
            continue;
        };
        too_large |= bytes.len() + data.len() > limits::MANAGEMENT_BODY_BYTES_MAX;
        if !too_large {
            bytes.extend_from_slice(&data);
        }
    }
    if too_large { Err(OperationError::RequestEntityTooLarge) } else { Ok(bytes.freeze()) }
}

/// Reads a body to its end, or to its client's.
async fn drain<B: http_body::Body>(body: B) {
    let mut body = pin!(body);
    while let Some(Ok(_)) = body.as_mut().frame().await {}
}

/// A random UUID (RFC 9562 version 4), as AWS gives its requests.
fn request_id() -> String {
    let mut bytes = [0_u8; 16];
    if let Err(error) = getrandom::fill(&mut bytes) {
        tracing::error!(%error, "no random bytes for a request id");
    }
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = u128::from_be_bytes(bytes);
    let text = format!("{hex:032x}");
    format!("{}-{}-{}-{}-{}", &text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..])
}

impl gatewright_ingress::Service for ControlPlane {
    type Body = Full<Bytes>;

    async fn call(
        &self,
        request: Request<gatewright_ingress::RequestBody>,
        peer: Rc<gatewright_ingress::Peer>,
    ) -> Response<Self::Body> {
        self.handle(request, peer.address.ip()).await
    }
}
