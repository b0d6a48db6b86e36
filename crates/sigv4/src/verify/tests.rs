use super::*;
use crate::testing::sign;

const KEY: (&str, &str) = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
const NOW: &str = "20260102T030405Z";

fn now() -> SigningTime {
    SigningTime::parse(NOW).expect("a time")
}

fn request<'a>(headers: &'a [(&'a str, &'a [u8])]) -> Request<'a> {
    Request {
        method: "GET",
        path: "/v2/apis",
        query: "maxResults=5&nextToken=a%2Fb%3D",
        headers,
        body: b"",
    }
}

const HEADERS: &[(&str, &[u8])] = &[("host", b"localhost:8081"), ("x-amz-date", NOW.as_bytes())];

const OTHER_HOST: &[(&str, &[u8])] = &[("host", b"other"), ("x-amz-date", NOW.as_bytes())];

fn against(now: SigningTime) -> Verification<'static> {
    Verification { service: "apigateway", region: None, secret: KEY.1, now, skew_seconds_max: 300 }
}

/// Signatures that botocore 1.40 made for the same requests, keys and time.
#[test]
fn signatures_are_botocores() {
    let content_type: &[(&str, &[u8])] =
        &[("content-type", b"application/json"), HEADERS[0], HEADERS[1]];
    let rows = [
        (request(HEADERS), "908d0a49ce08e3b7b4fce5f7bae12b4a48667297ad70897f704fd9a39cc5ce23"),
        (
            Request {
                method: "POST",
                path: "/v2/apis/abc/routes/x",
                query: "",
                headers: content_type,
                body: "{\"routeKey\":\"GET /péts\"}".as_bytes(),
            },
            "3b219d7f48de1dc081a17969c55f1eec4949968c18c6926f15cb21bcb8e53f5c",
        ),
        (
            Request {
                method: "DELETE",
                path: "/v2/apis/abc/stages/%24default",
                query: "",
                headers: HEADERS,
                body: b"",
            },
            "2716e4b1fe1db72d6086078e28f8dd98c9b173b824a51a87c86a7d5c755f0072",
        ),
    ];
    for (request, signature) in rows {
        let header = sign(&request, KEY, ("eu-west-1", "apigateway"), now());
        assert!(header.ends_with(signature), "{header}");
        let authorization = Authorization::parse(&header).expect("well-formed");
        assert_eq!(verify(&request, &authorization, &against(now())), Ok(()));
    }
}

fn signed(headers: &[(&str, &[u8])]) -> Authorization {
    let header = sign(&request(headers), KEY, ("eu-west-1", "apigateway"), now());
    Authorization::parse(&header).expect("well-formed")
}

#[test]
fn any_change_is_a_mismatch() {
    let authorization = signed(HEADERS);
    let changed = [
        Request { method: "POST", ..request(HEADERS) },
        Request { path: "/v2/api", ..request(HEADERS) },
        Request { query: "maxResults=6", ..request(HEADERS) },
        Request { body: b"x", ..request(HEADERS) },
        request(OTHER_HOST),
    ];
    for request in changed {
        let refused = verify(&request, &authorization, &against(now()));
        assert_eq!(refused, Err(VerifyError::Mismatch), "{request:?}");
    }
    let other = Verification { secret: "other", ..against(now()) };
    assert_eq!(verify(&request(HEADERS), &authorization, &other), Err(VerifyError::Mismatch));
}

#[test]
fn the_clock_may_be_five_minutes_off() {
    let authorization = signed(HEADERS);
    let at =
        |offset| verify(&request(HEADERS), &authorization, &against(now().plus_seconds(offset)));
    assert_eq!((at(300), at(-300)), (Ok(()), Ok(())));
    let expired = at(301).expect_err("too old").to_string();
    assert_eq!(
        expired,
        "Signature expired: 20260102T030405Z is now earlier than 20260102T030406Z (20260102T030906Z - 5 min.)"
    );
    assert!(matches!(at(-301), Err(VerifyError::NotYetCurrent { .. })));
}

#[test]
fn what_must_be_signed_is_demanded() {
    let with_token: &[(&str, &[u8])] = &[HEADERS[0], HEADERS[1], ("x-amz-security-token", b"t")];
    let refused = verify(&request(with_token), &signed(HEADERS), &against(now()));
    assert_eq!(refused, Err(VerifyError::UnsignedHeader("x-amz-security-token".to_owned())));
    let date_only = &HEADERS[1..];
    let refused = verify(&request(date_only), &signed(date_only), &against(now()));
    assert_eq!(refused, Err(VerifyError::UnsignedHeader("host".to_owned())));
    let refused = verify(&request(&HEADERS[..1]), &signed(HEADERS), &against(now()));
    assert_eq!(refused, Err(VerifyError::NoDate));
}

#[test]
fn the_scope_is_held_to() {
    let mut authorization = signed(HEADERS);
    authorization.date = "20260103".to_owned();
    let refused = verify(&request(HEADERS), &authorization, &against(now()));
    assert_eq!(refused, Err(VerifyError::ScopeDate));
    let here = Verification { region: Some("eu-west-1"), ..against(now()) };
    assert_eq!(verify(&request(HEADERS), &signed(HEADERS), &here), Ok(()));
    let there = Verification { region: Some("us-east-1"), ..against(now()) };
    let refused = verify(&request(HEADERS), &signed(HEADERS), &there);
    assert_eq!(refused, Err(VerifyError::ScopeRegion("eu-west-1".to_owned())));
    let other = Verification { service: "execute-api", ..against(now()) };
    let refused = verify(&request(HEADERS), &signed(HEADERS), &other);
    assert_eq!(refused, Err(VerifyError::ScopeService("execute-api".to_owned())));
}

#[test]
fn a_date_will_do_where_there_is_no_x_amz_date() {
    let headers: &[(&str, &[u8])] = &[HEADERS[0], ("date", b"Fri, 02 Jan 2026 03:04:05 GMT")];
    assert_eq!(verify(&request(headers), &signed(headers), &against(now())), Ok(()));
    let headers: &[(&str, &[u8])] = &[HEADERS[0], ("date", b"20260102T030405Z")];
    let refused = verify(&request(headers), &signed(headers), &against(now()));
    assert_eq!(refused, Err(VerifyError::NoDate));
}

/// The management API hashes the body itself: the header may say so, and nothing else.
#[test]
fn the_payload_is_hashed_whatever_its_header_says() {
    let empty = b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let said: &[(&str, &[u8])] = &[HEADERS[0], HEADERS[1], ("x-amz-content-sha256", empty)];
    assert_eq!(verify(&request(said), &signed(said), &against(now())), Ok(()));
    let body = Request { body: b"x", ..request(said) };
    assert_eq!(verify(&body, &signed(said), &against(now())), Err(VerifyError::Mismatch));
}

/// The management API reads `+` as itself, and so it is signed.
#[test]
fn a_plus_sign_is_no_space() {
    let query = |query| Request { query, ..request(HEADERS) };
    let header = sign(&query("a=b%2Bc"), KEY, ("eu-west-1", "apigateway"), now());
    let authorization = Authorization::parse(&header).expect("well-formed");
    assert_eq!(verify(&query("a=b+c"), &authorization, &against(now())), Ok(()));
    let refused = verify(&query("a=b%20c"), &authorization, &against(now()));
    assert_eq!(refused, Err(VerifyError::Mismatch));
}
