//! instant-acme's requests, by our own way out.
//!
//! Its client has to be `Send`; ours stays on its thread. Between the two is a queue.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use gatewright_egress::{Client, Egress, ResponseBodyError, SendError, Timeouts, origin_of};
use http::header::{HOST, HeaderValue};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// How long an authority may take for an answer, and between its pieces.
const TIMEOUT: Duration = Duration::from_secs(30);
const ANSWER_BYTES_MAX: usize = 1024 * 1024;
const QUEUE_MAX: usize = 16;

type Body = BodyWrapper<Bytes>;
type Question = (Request<Body>, oneshot::Sender<Result<Response<Bytes>, HttpError>>);

/// An authority did not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("'{0}' is not a URL to ask")]
    Url(String),
    #[error("{url} cannot be asked: {}", text(.source))]
    Send { url: String, source: SendError },
    #[error("the answer of {0} has more than {ANSWER_BYTES_MAX} bytes")]
    TooLarge(String),
    #[error("the answer of {url} broke off")]
    Broken { url: String, source: ResponseBodyError },
    #[error("nobody asks any more")]
    Over,
}

/// Puts requests into the queue.
pub(crate) struct Requests(mpsc::Sender<Question>);

impl HttpClient for Requests {
    fn request(
        &self,
        request: Request<Body>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        let queue = self.0.clone();
        Box::pin(async move {
            let over = || Error::Other(Box::new(HttpError::Over));
            let (answer, answered) = oneshot::channel();
            queue.send((request, answer)).await.map_err(|_| over())?;
            match answered.await {
                Ok(Ok(response)) => Ok(BytesResponse::from(response.map(Full::new))),
                Ok(Err(error)) => Err(Error::Other(Box::new(error))),
                Err(_) => Err(over()),
            }
        })
    }
}

/// A queue, and what empties it for as long as anybody asks.
pub(crate) fn requests(egress: &Egress) -> (Requests, impl Future<Output = ()> + use<>) {
    let (sender, mut questions) = mpsc::channel::<Question>(QUEUE_MAX);
    let egress = egress.clone();
    let answering = async move {
        let client = std::rc::Rc::new(egress.worker());
        let mut asking = JoinSet::new();
        loop {
            tokio::select! {
                Some(_) = asking.join_next() => {}
                question = questions.recv() => {
                    let Some((request, answer)) = question else { return };
                    let (egress, client) = (egress.clone(), client.clone());
                    // Who does not wait any more needs no answer.
                    asking.spawn_local(async move {
                        drop(answer.send(ask(&egress, &client, request).await));
                    });
                }
            }
        }
    };
    (Requests(sender), answering)
}

async fn ask(
    egress: &Egress,
    client: &Client<Body>,
    mut request: Request<Body>,
) -> Result<Response<Bytes>, HttpError> {
    let uri = std::mem::take(request.uri_mut());
    let url = || uri.to_string();
    let origin = origin_of(&uri).filter(|_| uri.scheme_str() == Some("https"));
    let origin = origin.ok_or_else(|| HttpError::Url(url()))?;
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = HeaderValue::from_str(authority).map_err(|_| HttpError::Url(url()))?;
    request.headers_mut().insert(HOST, host);
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    *request.uri_mut() = target.parse::<Uri>().map_err(|_| HttpError::Url(url()))?;
    let timeouts = Timeouts { head: TIMEOUT, piece: TIMEOUT };
    let response = client.send(&egress.upstream(&origin), request, timeouts).await;
    let response = response.map_err(|source| HttpError::Send { url: url(), source })?;
    let (head, body) = response.into_parts();
    match Limited::new(body, ANSWER_BYTES_MAX).collect().await {
        Ok(body) => Ok(Response::from_parts(head, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(HttpError::TooLarge(url())),
        Err(error) => Err(match error.downcast::<ResponseBodyError>() {
            Ok(source) => HttpError::Broken { url: url(), source: *source },
            Err(_) => HttpError::Over,
        }),
    }
}

/// An error with its causes, for who shows one line.
fn text(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
