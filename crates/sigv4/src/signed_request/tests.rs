//! The SigV4 half of the security table: a request that verifies, what is done to it, and what
//! becomes of it. The requests that verify were signed by botocore 1.44.8.

mod authorization;
mod headers;
mod payload;
mod presigned;
mod request_line;
mod sizes;
mod time;

use super::*;

/// A name, what is done to a request that verifies, and the outcome.
type Row = (&'static str, fn(&mut Sent), &'static str);

/// A request as it arrives, and when.
#[derive(Clone, Debug)]
struct Sent {
    method: &'static str,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    /// Seconds since it was signed.
    age: i64,
}

/// The only one that knows how requests are verified. An outcome is `verified`, or the step that
/// refuses and the error's variant.
fn outcome(sent: &Sent) -> String {
    let headers = sent.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
    let headers = headers.collect::<Vec<_>>();
    let Sent { method, path, query, body, .. } = sent;
    let head = RequestHead { method, path, query, headers: &headers };
    let request = match SignedRequest::read(head) {
        Ok(request) => request,
        Err(error) => return format!("read: {error:?}"),
    };
    if request.authorization().access_key_id != "AKIDEXAMPLE" {
        return "unknown key".to_owned();
    }
    let signed = SigningTime::parse("20260102T030405Z").expect("a time");
    let against = Verification {
        service: "execute-api",
        region: Some("eu-west-1"),
        secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        now: signed.plus_seconds(sent.age),
        skew_seconds_max: 300,
    };
    let variant = |error: VerifyError| {
        let text = format!("{error:?}");
        text.split(" {").next().expect("a name").to_owned()
    };
    let unverified = match request.verify_head(&against) {
        Ok(unverified) => unverified,
        Err(error) => return format!("head: {}", variant(error)),
    };
    match unverified.verify(body) {
        Ok(_) => "verified".to_owned(),
        Err(error) => format!("body: {}", variant(error)),
    }
}

fn check(good: &Sent, rows: &[Row]) {
    assert_eq!(outcome(good), "verified");
    for (name, tamper, expected) in rows {
        let mut sent = good.clone();
        tamper(&mut sent);
        assert_eq!(outcome(&sent), *expected, "{name}");
    }
}

impl Sent {
    fn new(method: &'static str, query: &str, headers: &[(&str, &str)], body: &str) -> Self {
        let host = ("host", "a1b2c3.execute-api.eu-west-1.amazonaws.com");
        let headers = std::iter::once(&host).chain(headers).copied();
        Self {
            method,
            path: "/prod/pets/a%2Fb".to_owned(),
            query: query.to_owned(),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
                .collect(),
            body: body.as_bytes().to_vec(),
            age: 0,
        }
    }

    /// Signed in the header.
    fn by_header() -> Self {
        let headers = [
            ("content-type", "application/json"),
            ("x-amz-meta", "one two"),
            ("x-amz-date", "20260102T030405Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/execute-api/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-meta, Signature=ec94efe003efc6031b00d87ab29f305842643aaafa4cd7f9ffe6698562ec00de",
            ),
        ];
        Self::new("POST", "tag=b%20c&tag=a&empty=", &headers, r#"{"name":"Rex"}"#)
    }

    /// Signed in the header, and its payload's hash with it.
    fn with_hash() -> Self {
        let headers = [
            ("content-type", "application/json"),
            ("x-amz-meta", "one two"),
            (
                "x-amz-content-sha256",
                "3b7fdbc0b236195b6bf45611b4d3d52dbc54612faeca2cda8696aa9b5ed4ebfa",
            ),
            ("x-amz-date", "20260102T030405Z"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/execute-api/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date;x-amz-meta, Signature=3920cdc9546e629c25b0425ed02561db582347a54ac1dee614e9f83b6dbafd11",
            ),
        ];
        Self::new("POST", "tag=b%20c&tag=a&empty=", &headers, r#"{"name":"Rex"}"#)
    }

    /// Signed in the header, without `x-amz-date`.
    fn with_date() -> Self {
        let headers = [
            ("content-type", "application/json"),
            ("date", "Fri, 02 Jan 2026 03:04:05 -0000"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-1/execute-api/aws4_request, SignedHeaders=content-type;date;host, Signature=8f25c4158149884d292274ac6653a096d41f55dbe5bd4fca2180a16d74ceb62b",
            ),
        ];
        Self::new("POST", "tag=b%20c&tag=a&empty=", &headers, r#"{"name":"Rex"}"#)
    }

    /// Signed in the query, for five minutes.
    fn presigned() -> Self {
        let query = "empty=&tag=b%20c&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Feu-west-1%2Fexecute-api%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Signature=ebc3b072c674fec3249c0a07b9857ce710ad7b91188b81a378b30f5622b04241";
        Self::new("GET", query, &[], "")
    }

    /// Signed in the query, with a session's token.
    fn presigned_with_token() -> Self {
        let query = "empty=&tag=b%20c&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260102%2Feu-west-1%2Fexecute-api%2Faws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Security-Token=tok%2Fen&X-Amz-Signature=151b4e2026de26910d6be8e73b9f1a7a2129bb3ad2561bb7d54a4a7f14e69cad";
        Self::new("GET", query, &[], "")
    }

    fn value(&mut self, name: &str) -> &mut Vec<u8> {
        &mut self.headers.iter_mut().find(|(key, _)| key == name).expect("a header").1
    }

    fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        *self.value(name) = value.as_ref().to_vec();
    }

    fn add(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.as_bytes().to_vec()));
    }

    fn remove(&mut self, name: &str) {
        self.value(name);
        self.headers.retain(|(key, _)| key != name);
    }

    /// Replaces a part of the header `authorization`, which must have it.
    fn authorization(&mut self, part: &str, by: &str) {
        let value = String::from_utf8(self.value("authorization").clone()).expect("text");
        assert!(value.contains(part), "{part}");
        self.set("authorization", value.replacen(part, by, 1));
    }

    /// Replaces a part of the query, which must have it.
    fn query(&mut self, part: &str, by: &str) {
        assert!(self.query.contains(part), "{part}");
        self.query = self.query.replacen(part, by, 1);
    }
}

#[test]
fn a_body_that_is_awaited_shows_no_key() {
    let good = Sent::by_header();
    let headers = good.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
    let headers = headers.collect::<Vec<_>>();
    let Sent { method, path, query, .. } = &good;
    let request = SignedRequest::read(RequestHead { method, path, query, headers: &headers });
    let against = Verification {
        service: "execute-api",
        region: None,
        secret: "secret",
        now: SigningTime::parse("20260102T030405Z").expect("a time"),
        skew_seconds_max: 300,
    };
    let unverified = request.expect("a signature").verify_head(&against).expect("no body yet");
    assert_eq!(format!("{unverified:?}"), r#"UnverifiedBody { access_key_id: "AKIDEXAMPLE", .. }"#);
    assert_eq!(unverified.verify(&good.body), Err(VerifyError::Mismatch));
}
