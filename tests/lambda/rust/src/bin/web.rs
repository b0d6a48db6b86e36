//! An HTTP server as `lambda_http` lets one write it, which tells the formats apart by itself: answers
//! with the request that it made of the event.

use lambda_http::http::header::{CONTENT_TYPE, SET_COOKIE};
use lambda_http::request::RequestContext;
use lambda_http::{Body, Error, Request, RequestExt, Response, run, service_fn};
use serde_json::json;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(answer)).await
}

async fn answer(request: Request) -> Result<Response<Body>, Error> {
    let query = request.query_string_parameters();
    let headers = request.headers().iter();
    let headers =
        headers.map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes())));
    let context = request.request_context_ref();
    let found = json!({
        "format": match context {
            Some(RequestContext::ApiGatewayV1(_)) => "1.0",
            Some(RequestContext::ApiGatewayV2(_)) => "2.0",
            _ => "another",
        },
        "method": request.method().as_str(),
        "uri": request.uri().to_string(),
        "query": query.iter().collect::<Vec<_>>(),
        "path": request.path_parameters().iter().collect::<Vec<_>>(),
        "variables": request.stage_variables().iter().collect::<Vec<_>>(),
        "headers": headers.collect::<Vec<_>>(),
        "body": request.body().to_vec(),
    });
    let answer = Response::builder()
        .status(202)
        .header(CONTENT_TYPE, "application/vnd.found+json")
        .header(SET_COOKIE, "a=b")
        .header(SET_COOKIE, "c=d");
    Ok(answer.body(found.to_string().into())?)
}
