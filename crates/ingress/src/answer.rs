//! From a request to its answer, whatever the protocol.

use std::rc::Rc;

use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use hyper::body::Incoming;

use crate::refusal::{self, HeadFault};
use crate::response_body::ResponseBody;
use crate::sweeper::{Phase, Watched};
use crate::trusted_proxies::TrustedProxies;
use crate::{Peer, RequestBody, Service};

/// A client and the service that answers it.
pub(crate) struct Caller<S> {
    pub(crate) service: Rc<S>,
    pub(crate) peer: Rc<Peer>,
    /// There where the peer is one of them.
    pub(crate) proxies: Option<Rc<TrustedProxies>>,
    pub(crate) body_bytes_max: u64,
}

impl<S: Service> Caller<S> {
    /// The service's answer, or the refusal of a request with a fault.
    pub(crate) async fn answer(
        &self,
        request: Request<Incoming>,
        fault: Option<HeadFault>,
        watched: Rc<Watched>,
    ) -> Response<ResponseBody<S::Body>> {
        if let Some(fault) = fault {
            return refuse(fault, watched);
        }
        let request =
            request.map(|body| RequestBody::new(body, self.body_bytes_max, watched.clone()));
        let peer = match &self.proxies {
            None => self.peer.clone(),
            Some(proxies) => Rc::new(proxies.client_of(Peer::clone(&self.peer), request.headers())),
        };
        let response = self.service.call(request, peer).await;
        watched.enter(Phase::Answering);
        response.map(|body| ResponseBody::of_service(body, watched))
    }
}

fn refuse<B>(fault: HeadFault, watched: Rc<Watched>) -> Response<ResponseBody<B>> {
    let (status, message) = refusal::of_head(fault);
    let mut response = Response::new(ResponseBody::refusal(message, watched));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    // What follows on this connection cannot be trusted. (HTTP/2 has frames, and no such header.)
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    headers.insert("apigw-requestid", gatewright_observe::RequestId::generate().header_value());
    response
}
