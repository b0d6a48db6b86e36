//! Refusals that no service sees: hyper's own answers to what it cannot parse, in our words.

use http::StatusCode;

/// What is wrong with a head, though hyper would take it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HeadFault {
    /// Larger than AWS allows: 431.
    TooLarge,
    /// Two readers could see two different requests in it: 400.
    Malformed,
}

/// The body of a refusal (spec/http-api-runtime.md section 3.1).
#[must_use]
pub fn refusal_body(message: &str) -> String {
    format!("{{\"message\":\"{message}\"}}")
}

/// Status and text of a fault in a head.
pub(crate) fn of_head(fault: HeadFault) -> (StatusCode, &'static str) {
    match fault {
        HeadFault::TooLarge => {
            (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "Request Header Fields Too Large")
        }
        HeadFault::Malformed => (StatusCode::BAD_REQUEST, "Bad Request"),
    }
}

/// The bytes to send in place of an answer that hyper made by itself.
pub(crate) fn in_place_of(automatic: &[u8]) -> Vec<u8> {
    let status = automatic.get(9..12).and_then(|digits| StatusCode::from_bytes(digits).ok());
    let (status, text) = match status {
        Some(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE) => of_head(HeadFault::TooLarge),
        Some(StatusCode::URI_TOO_LONG) => of_head(HeadFault::TooLarge),
        _ => of_head(HeadFault::Malformed),
    };
    let body = refusal_body(text);
    format!(
        "HTTP/1.1 {status}\r\n{}Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\nApigw-Requestid: {}\r\n\r\n{body}",
        date_line(automatic),
        body.len(),
        gatewright_observe::RequestId::generate(),
    )
    .into_bytes()
}

/// The line of an answer's `Date`, its end included; hyper keeps the time formatted.
fn date_line(answer: &[u8]) -> &str {
    let text = std::str::from_utf8(answer).unwrap_or_default();
    let line = text
        .split_inclusive("\r\n")
        .find(|line| line.get(..5).is_some_and(|name| name.eq_ignore_ascii_case("date:")));
    line.unwrap_or_default()
}
