//! Takes events of format 2.0 as AWS's own types have them, and answers with what they found, or as
//! the path's variable `answer` says.

use lambda_http::aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use lambda_http::http::header::{CONTENT_TYPE, HeaderValue};
use lambda_http::lambda_runtime::{Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    run(service_fn(answer)).await
}

async fn answer(event: LambdaEvent<ApiGatewayV2httpRequest>) -> Result<Value, Error> {
    let event = event.payload;
    let mut answer = ApiGatewayV2httpResponse::default();
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
            answer.cookies = vec!["sid=1; Path=/; HttpOnly".to_owned(), "theme=dark".to_owned()];
        }
        Some("many") => {
            answer.headers.insert("x-many", HeaderValue::from_static("one"));
            answer.multi_value_headers.append("x-many", HeaderValue::from_static("two"));
        }
        Some("inferred") => return Ok(json!({"name": "John Doe"})),
        Some("panic") => panic!("as it was told"),
        Some(_) => return Err("as it was told".into()),
    }
    Ok(serde_json::to_value(answer)?)
}

/// The event written anew, and the members that its types do not know.
fn found(event: &ApiGatewayV2httpRequest) -> Value {
    let context = &event.request_context;
    let authorizer = context.authorizer.as_ref();
    let jwt = authorizer.and_then(|authorizer| authorizer.jwt.as_ref());
    let others = [&event.other, &context.other, &context.http.other].into_iter();
    let others =
        others.chain(authorizer.map(|found| &found.other)).chain(jwt.map(|found| &found.other));
    json!({
        "event": event,
        "unknown": others.flat_map(|members| members.keys()).collect::<Vec<_>>(),
    })
}
