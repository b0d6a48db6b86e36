//! A request's head, from HTTP/2's form to the one all that follows knows.

use gatewright_types::limits;
use http::header::{CONTENT_LENGTH, COOKIE, Entry, HOST, HeaderValue};
use http::{HeaderMap, Request};

use crate::refusal::HeadFault;

/// Measures the head, makes `Host` from `:authority`, and one line of the pieces of `Cookie`.
///
/// h2 has refused what RFC 9113 section 8 calls malformed in names and in pseudo-headers; the rest of
/// it is here.
pub(crate) fn settle<B>(request: &mut Request<B>) -> Result<(), HeadFault> {
    if bytes(request) > limits::REQUEST_HEAD_BYTES_MAX {
        return Err(HeadFault::TooLarge);
    }
    settle_host(request)?;
    let headers = request.headers_mut();
    // Of two lengths, readers behind us could take either.
    if headers.get_all(CONTENT_LENGTH).iter().nth(1).is_some() || headers.values().any(is_padded) {
        return Err(HeadFault::Malformed);
    }
    join_cookies(headers)
}

/// What the head would have on HTTP/1.1: one limit for both.
fn bytes<B>(request: &Request<B>) -> usize {
    let uri = request.uri();
    let line = request.method().as_str().len()
        + uri.path_and_query().map_or(1, |target| target.as_str().len())
        + "  HTTP/1.1\r\n".len();
    let host = uri.authority().map_or(0, |host| host.as_str().len() + "host: \r\n".len());
    let fields = request.headers().iter();
    let fields = fields.map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    line + host + fields.sum::<usize>() + "\r\n".len()
}

/// A `Host` that differs from `:authority` names two hosts (RFC 9113 section 8.3.1).
fn settle_host<B>(request: &mut Request<B>) -> Result<(), HeadFault> {
    let Some(authority) = request.uri().authority() else {
        return Ok(());
    };
    if authority.as_str().contains('@') {
        return Err(HeadFault::Malformed);
    }
    let authority = HeaderValue::from_str(authority.as_str()).map_err(|_| HeadFault::Malformed)?;
    match request.headers_mut().entry(HOST) {
        Entry::Vacant(host) => {
            host.insert(authority);
        }
        Entry::Occupied(hosts) => {
            let same =
                |host: &HeaderValue| host.as_bytes().eq_ignore_ascii_case(authority.as_bytes());
            if hosts.iter().count() > 1 || !hosts.iter().all(same) {
                return Err(HeadFault::Malformed);
            }
        }
    }
    Ok(())
}

/// Values neither begin nor end with white space (RFC 9113 section 8.2.1).
fn is_padded(value: &HeaderValue) -> bool {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    is_space(value.as_bytes().first()) || is_space(value.as_bytes().last())
}

/// Browsers send a field for each cookie; on HTTP/1.1 there is one (RFC 9113 section 8.2.3).
fn join_cookies(headers: &mut HeaderMap) -> Result<(), HeadFault> {
    let mut cookies = headers.get_all(COOKIE).iter();
    if let (Some(first), Some(second)) = (cookies.next(), cookies.next()) {
        let all = [first, second].into_iter().chain(cookies).map(HeaderValue::as_bytes);
        let joined = all.collect::<Vec<_>>().join(&b"; "[..]);
        let joined = HeaderValue::from_bytes(&joined).map_err(|_| HeadFault::Malformed)?;
        headers.insert(COOKIE, joined);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head as it goes on, or its fault.
    fn settled(uri: &str, fields: &[(&str, &str)]) -> Result<Vec<String>, HeadFault> {
        let mut request = Request::get(uri).body(()).expect("a request");
        for (name, value) in fields {
            let name = http::HeaderName::from_bytes(name.as_bytes()).expect("a name");
            request.headers_mut().append(name, HeaderValue::from_str(value).expect("a value"));
        }
        settle(&mut request)?;
        let lines = request.headers().iter();
        Ok(lines
            .map(|(name, value)| format!("{name}: {}", value.to_str().expect("text")))
            .collect())
    }

    #[test]
    fn one_host_is_left() {
        let malformed = Err(HeadFault::Malformed);
        assert_eq!(settled("http://a/", &[]), Ok(vec!["host: a".to_owned()]));
        assert_eq!(settled("http://a/", &[("host", "A")]), Ok(vec!["host: A".to_owned()]));
        assert_eq!(settled("/", &[("host", "b")]), Ok(vec!["host: b".to_owned()]));
        assert_eq!(settled("http://a/", &[("host", "b")]), malformed);
        assert_eq!(settled("http://a/", &[("host", "a"), ("host", "a")]), malformed);
        assert_eq!(settled("http://u@a/", &[]), malformed);
    }

    #[test]
    fn what_readers_could_see_differently_is_refused() {
        for fields in [
            &[("content-length", "1"), ("content-length", "1")][..],
            &[("x", " a")],
            &[("x", "a\t")],
        ] {
            assert_eq!(settled("http://a/", fields), Err(HeadFault::Malformed), "{fields:?}");
        }
    }

    #[test]
    fn cookies_are_one_line() {
        let fields = [("cookie", "a=1"), ("x", "y"), ("cookie", "b=2"), ("cookie", "c=3")];
        let expected = ["cookie: a=1; b=2; c=3", "x: y", "host: a"].map(str::to_owned);
        assert_eq!(settled("http://a/", &fields), Ok(expected.to_vec()));
    }

    #[test]
    fn heads_are_measured_as_on_http_1() {
        let frame = "GET /p HTTP/1.1\r\nhost: a\r\nx: \r\n\r\n".len();
        let room = limits::REQUEST_HEAD_BYTES_MAX - frame;
        assert!(settled("http://a/p", &[("x", &"v".repeat(room))]).is_ok());
        let larger = settled("http://a/p", &[("x", &"v".repeat(room + 1))]);
        assert_eq!(larger, Err(HeadFault::TooLarge));
    }
}
