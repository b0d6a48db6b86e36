//! Takes events of format 1.0 as AWS's own types have them, and answers with what they found, or as
//! the path's variable `answer` says.

use lambda_http::aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse};
use lambda_http::http::header::{CONTENT_TYPE, HeaderValue, SET_COOKIE};
use lambda_http::lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(answer)).await
}

async fn answer(event: LambdaEvent<ApiGatewayProxyRequest>) -> Result<Value, Error> {
    let event = event.payload;
    let mut answer = ApiGatewayProxyResponse::default();
    answer.status_code = 200;
    match event.path_parameters.get("answer").map(String::as_str) {
        None => {
            answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            answer.body = Some(found(&event).to_string().into());
        }
        Some("text") => {
            answer.status_code = 201;
            answer.body = Some("grüezi".into());
        }
        Some("binary") => {
            answer.headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
            answer.body = Some(vec![0x89, b'P', 0, 0xff].into());
            answer.is_base64_encoded = true;
        }
        Some("cookies") => {
            let cookies = ["sid=1; Path=/; HttpOnly", "theme=dark"].map(HeaderValue::from_static);
            answer.multi_value_headers.extend(cookies.map(|cookie| (SET_COOKIE, cookie)));
        }
        Some("many") => {
            answer.headers.insert("x-many", HeaderValue::from_static("one"));
            answer.multi_value_headers.append("x-many", HeaderValue::from_static("two"));
            answer.multi_value_headers.append("x-many", HeaderValue::from_static("three"));
        }
        Some("inferred") => return Ok(json!({"name": "John Doe"})),
        Some("panic") => panic!("as it was told"),
        Some(_) => return Err("as it was told".into()),
    }
    Ok(serde_json::to_value(answer)?)
}

/// The event written anew, and the members that its types do not know.
fn found(event: &ApiGatewayProxyRequest) -> Value {
    let context = &event.request_context;
    let others = [&event.other, &context.other, &context.identity.other].into_iter();
    json!({
        "event": event,
        "unknown": others.flat_map(|members| members.keys()).collect::<Vec<_>>(),
    })
}
