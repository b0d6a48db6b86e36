use super::*;
use crate::{Authorization, Verification, VerifyError, verify};

const NOW: &str = "20260102T030405Z";

fn now() -> SigningTime {
    SigningTime::parse(NOW).expect("a time")
}

fn credentials(session_token: Option<&str>) -> Credentials {
    Credentials {
        access_key_id: "AKIDEXAMPLE".to_owned(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned(),
        session_token: session_token.map(str::to_owned),
    }
}

const FORM: Request<'_> = Request {
    method: "POST",
    path: "/",
    query: "",
    headers: &[
        ("host", b"sqs.example:9324"),
        ("content-type", b"application/x-www-form-urlencoded; charset=utf-8"),
    ],
    body: b"Action=SendMessage&MessageBody=h%C3%A9",
};

const JSON: Request<'_> = Request {
    method: "POST",
    path: "/",
    query: "",
    headers: &[
        ("content-type", b"application/x-amz-json-1.1"),
        ("host", b"kinesis.example"),
        ("x-amz-target", b"Kinesis_20131202.PutRecord"),
    ],
    body: b"{\"Data\":\"aGk=\"}",
};

const GET: Request<'_> = Request {
    method: "GET",
    path: "/applications/a%20b/environments/e/configurations/c%2Fd",
    query: "client_id=x%2By",
    headers: &[("host", b"appconfig.example")],
    body: b"",
};

/// Signatures that botocore 1.44 made for the same requests, keys and time.
#[test]
fn signatures_are_botocores() {
    let token = Some("token/+=");
    let rows = [
        (FORM, None, "sqs", "ed2d11e565961c4474af70e532e38149d6a961cb6c16a89640655f77af5491e3"),
        (FORM, token, "sqs", "d56058abc9da3f2d09cf075fa79de8bc3150f7a30f935ffa461c99f39ce17a7b"),
        (
            JSON,
            token,
            "kinesis",
            "99b9abb55550a00d5f381e4b0d901ab7dbc3af42edcd0468929f785fd7eb7dc9",
        ),
        (
            GET,
            None,
            "appconfig",
            "36d50f46a823c624df93a801aa50ca0ec14059a41f1258b478f07ccf620570b5",
        ),
    ];
    for (request, token, service, signature) in rows {
        let key = SigningKey::derive(&credentials(token), "eu-west-1", service, now());
        let signed = key.sign(&request, now());
        assert!(signed.authorization.ends_with(signature), "{service}: {signed:?}");
        assert_eq!((&*signed.date, signed.security_token.as_deref()), (NOW, token));
    }
}

/// What is signed here is what the other end of this crate takes.
#[test]
fn signatures_verify() {
    for (request, token) in [(FORM, None), (JSON, Some("t")), (GET, Some("t"))] {
        let credentials = credentials(token);
        let signed =
            SigningKey::derive(&credentials, "eu-west-1", "any", now()).sign(&request, now());
        let authorization = Authorization::parse(&signed.authorization).expect("well-formed");
        let mut headers = request.headers.to_vec();
        headers.push(("x-amz-date", signed.date.as_bytes()));
        if let Some(token) = &signed.security_token {
            headers.push(("x-amz-security-token", token.as_bytes()));
        }
        let sent = Request { headers: &headers, ..request };
        let against = |secret| Verification {
            service: "any",
            region: None,
            secret,
            now: now(),
            skew_seconds_max: 0,
        };
        let secret = &*credentials.secret_access_key;
        assert_eq!(verify(&sent, &authorization, &against(secret)), Ok(()));
        let refused = verify(&sent, &authorization, &against("other"));
        assert_eq!(refused, Err(VerifyError::Mismatch));
        assert_eq!(authorization.scope(), "20260102/eu-west-1/any/aws4_request");
    }
}

#[test]
fn a_key_is_good_for_a_day() {
    let key = SigningKey::derive(&credentials(None), "eu-west-1", "sqs", now());
    for (time, expected) in [
        ("20260102T000000Z", true),
        ("20260102T235959Z", true),
        ("20260103T000000Z", false),
        ("20260101T235959Z", false),
    ] {
        let time = SigningTime::parse(time).expect("a time");
        assert_eq!(key.is_of_the_day(time), expected, "{time}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let credentials = credentials(Some("the-token"));
    let key = SigningKey::derive(&credentials, "eu-west-1", "sqs", now());
    let shown = format!("{credentials:?} {key:?} {:?}", key.sign(&FORM, now()));
    assert!(shown.contains("AKIDEXAMPLE"), "{shown}");
    for secret in ["wJalr", "the-token", &format!("{:?}", key.key)] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
