//! HTTP/1.1 and 1.0 (RFC 9112): hyper, behind a scanner that refuses what proxies and servers have
//! disagreed on.

mod guarded_stream;
mod head_scanner;

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;

use http::header::{HOST, HeaderValue};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper_util::rt::TokioIo;

use crate::Service;
use crate::answer::Caller;
use crate::refusal::HeadFault;
use crate::response_body::ResponseBody;
use crate::socket::Socket;
use crate::sweeper::{End, Phase, Watched};
use crate::tcp::ClientStream;
use guarded_stream::{GuardedStream, Seen};

/// Room for the largest head and the beginning of a body.
const READ_BUFFER_BYTES_MAX: usize = 64 * 1024;

/// How connections are served.
pub(crate) fn builder() -> Builder {
    let mut builder = Builder::new();
    // One send for head and small body (performance.md 9).
    builder.writev(false).max_buf_size(READ_BUFFER_BYTES_MAX).half_close(false);
    // As API Gateway sends them on HTTP/1.1 (spec/http-api-runtime.md section 3.1).
    builder.title_case_headers(true);
    builder
}

/// Serves a connection until it ends; whether the client may still be sending then.
pub(crate) async fn serve<S: Service + 'static, T: ClientStream>(
    builder: &Builder,
    socket: Socket<'_, T>,
    caller: Rc<Caller<S>>,
    watched: Rc<Watched>,
) -> bool {
    let seen = Rc::new(Seen::default());
    let io = TokioIo::new(GuardedStream::new(socket, watched.clone(), seen.clone()));
    let peer = caller.peer.address;
    let answer = {
        let (watched, seen) = (watched.clone(), seen.clone());
        hyper::service::service_fn(move |request| {
            answer(caller.clone(), request, watched.clone(), seen.fault.take())
        })
    };
    {
        let mut serving = pin!(builder.serve_connection(io, answer));
        let mut draining = false;
        let ended = poll_fn(|cx| {
            watched.watch(cx.waker());
            match watched.end() {
                End::Now => return Poll::Ready(Ok(())),
                End::Gracefully if !draining => {
                    draining = true;
                    serving.as_mut().graceful_shutdown();
                }
                End::Gracefully | End::No => {}
            }
            serving.as_mut().poll(cx)
        });
        if let Err(error) = ended.await {
            tracing::debug!(%peer, %error, "connection ended");
        }
    }
    seen.is_unfinished.get()
}

async fn answer<S: Service>(
    caller: Rc<Caller<S>>,
    mut request: Request<Incoming>,
    watched: Rc<Watched>,
    fault: Option<HeadFault>,
) -> Result<Response<ResponseBody<S::Body>>, Infallible> {
    watched.enter(Phase::Answering);
    watched.answer_pending.set(true);
    let fault = fault.or_else(|| settle_host(&mut request).err());
    Ok(caller.answer(request, fault, watched).await)
}

/// Puts the host of an absolute target in the place of `Host`, which a proxy has to pass over then
/// (RFC 9112 section 3.2.2): what comes behind sees one.
fn settle_host<B>(request: &mut Request<B>) -> Result<(), HeadFault> {
    let Some(authority) = request.uri().authority() else {
        return Ok(());
    };
    // Without a scheme it is CONNECT's form. User information is no part of an http URI (RFC 9110
    // section 4.2.4).
    if request.uri().scheme().is_none() || authority.as_str().contains('@') {
        return Err(HeadFault::Malformed);
    }
    let authority = HeaderValue::from_str(authority.as_str()).map_err(|_| HeadFault::Malformed)?;
    // One has to be there all the same; none or two are for the service to refuse.
    if let http::header::Entry::Occupied(mut hosts) = request.headers_mut().entry(HOST)
        && hosts.iter().count() == 1
    {
        hosts.insert(authority);
    }
    Ok(())
}
