//! From what a function gave back to an HTTP answer (`http-api-develop-integrations-lambda`;
//! spec/http-api-runtime.md sections 6.5 and 6.6).

use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine, alphabet};
use bytes::Bytes;
use gatewright_snapshot::PayloadFormat;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue, SET_COOKIE};
use http::{HeaderMap, Response, StatusCode};
use serde_json::{Map, Value};

use crate::StreamedHead;

/// What a function gave back is no answer: 500.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnswerFault {
    /// Format 1.0 knows only objects with a `statusCode`.
    #[error("the function's answer is no JSON object with a statusCode")]
    NotStructured,
    /// A member that cannot be what it is.
    #[error("the function's answer has an invalid {0}")]
    Member(&'static str),
    /// What stands in front of a streamed answer is none of that.
    #[error("the function's answer begins with no JSON object")]
    Prelude,
    /// A header that cannot be one.
    #[error("the function's answer has an invalid header {0:?}")]
    Header(String),
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");
/// As many tools write it: with padding or without.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The answer.
///
/// # Errors
///
/// [`AnswerFault`].
pub fn answer(format: PayloadFormat, payload: &Bytes) -> Result<Response<Bytes>, AnswerFault> {
    let object = match serde_json::from_slice(payload) {
        Ok(Value::Object(object)) if object.contains_key("statusCode") => object,
        _ if format == PayloadFormat::V1 => return Err(AnswerFault::NotStructured),
        // Whatever else it is, valid JSON or not, is the body; a text without its quotes.
        Ok(Value::String(text)) => return Ok(inferred(text.into())),
        _ => return Ok(inferred(payload.clone())),
    };
    let mut response = Response::new(body(&object)?);
    *response.status_mut() = status(&object["statusCode"])?;
    let headers = response.headers_mut();
    match format {
        PayloadFormat::V1 => {
            singles(&object, headers)?;
            multiples(&object, headers)?;
        }
        PayloadFormat::V2 => {
            cookies(&object, headers)?;
            singles(&object, headers)?;
        }
    }
    if !response.body().is_empty() {
        response.headers_mut().entry(CONTENT_TYPE).or_insert(TEXT);
    }
    Ok(response)
}

/// The answer whose body a function streams (`response-transfer-mode-lambda`,
/// `config-rs-write-functions-handler`). Unlike in an answer that is given whole, no status means 200,
/// and cookies and headers of several values are there in both formats.
///
/// # Errors
///
/// [`AnswerFault`].
pub fn streamed_answer(head: &StreamedHead) -> Result<Response<()>, AnswerFault> {
    let mut response = Response::new(());
    let prelude = match head {
        StreamedHead::Raw(content_type) => {
            response.headers_mut().insert(CONTENT_TYPE, content_type.clone());
            return Ok(response);
        }
        StreamedHead::Prelude(prelude) => prelude,
    };
    let object = serde_json::from_slice::<Map<String, Value>>(prelude);
    let object = object.map_err(|_| AnswerFault::Prelude)?;
    if let Some(code) = object.get("statusCode") {
        *response.status_mut() = status(code)?;
    }
    let headers = response.headers_mut();
    cookies(&object, headers)?;
    singles(&object, headers)?;
    multiples(&object, headers)?;
    headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/octet-stream"));
    Ok(response)
}

fn inferred(body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}

/// A number without a fraction, or one in quotes; no interim answer.
fn status(value: &Value) -> Result<StatusCode, AnswerFault> {
    let code = match value {
        Value::Number(number) => number.as_u64().and_then(|number| u16::try_from(number).ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let code = code.filter(|code| (200..=599).contains(code));
    code.and_then(|code| StatusCode::from_u16(code).ok()).ok_or(AnswerFault::Member("statusCode"))
}

fn body(object: &Map<String, Value>) -> Result<Bytes, AnswerFault> {
    let text = match object.get("body") {
        None | Some(Value::Null) => return Ok(Bytes::new()),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    if object.get("isBase64Encoded").is_some_and(|value| *value == Value::Bool(true)) {
        return BASE64.decode(text).map(Bytes::from).map_err(|_| AnswerFault::Member("body"));
    }
    Ok(text.into())
}

fn cookies(object: &Map<String, Value>, headers: &mut HeaderMap) -> Result<(), AnswerFault> {
    match object.get("cookies") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Array(cookies)) => cookies.iter().try_for_each(|cookie| {
            append(headers, SET_COOKIE, cookie).ok_or(AnswerFault::Member("cookies"))
        }),
        Some(_) => Err(AnswerFault::Member("cookies")),
    }
}

fn singles(object: &Map<String, Value>, headers: &mut HeaderMap) -> Result<(), AnswerFault> {
    each(object, "headers", |name, value| append(headers, name, value))
}

fn multiples(object: &Map<String, Value>, headers: &mut HeaderMap) -> Result<(), AnswerFault> {
    each(object, "multiValueHeaders", |name, values| {
        values.as_array()?.iter().try_for_each(|value| append(headers, name.clone(), value))
    })
}

/// Every header of a member that a function may set.
fn each(
    object: &Map<String, Value>,
    member: &'static str,
    mut add: impl FnMut(HeaderName, &Value) -> Option<()>,
) -> Result<(), AnswerFault> {
    let entries = match object.get(member) {
        None | Some(Value::Null) => return Ok(()),
        Some(Value::Object(entries)) => entries,
        Some(_) => return Err(AnswerFault::Member(member)),
    };
    for (text, value) in entries {
        let invalid = || AnswerFault::Header(text.clone());
        let name = HeaderName::try_from(text).map_err(|_| invalid())?;
        if !is_the_gateways(&name) {
            add(name, value).ok_or_else(invalid)?;
        }
    }
    Ok(())
}

fn append(headers: &mut HeaderMap, name: HeaderName, value: &Value) -> Option<()> {
    let value = match value {
        Value::String(text) => HeaderValue::try_from(text).ok()?,
        Value::Number(number) => HeaderValue::try_from(number.to_string()).ok()?,
        Value::Bool(true) => HeaderValue::from_static("true"),
        Value::Bool(false) => HeaderValue::from_static("false"),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    headers.try_append(name, value).ok().map(drop)
}

/// Headers that say how the answer is sent, which is not for functions to say.
fn is_the_gateways(name: &HeaderName) -> bool {
    *name == CONTENT_LENGTH || *name == DATE || name.as_str().starts_with("apigw-")
}

#[cfg(test)]
mod tests;
