//! Requests that botocore signed, header and query (README.md), through the verifier.

use gatewright_sigv4::{RequestHead, SignedRequest, SigningTime, Verification};
use serde_json::Value;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
/// 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045;

#[test]
fn what_botocore_signs_is_verified() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/botocore.json");
    let cases = std::fs::read_to_string(path).expect("a file");
    let cases: Vec<Value> = serde_json::from_str(&cases).expect("JSON");
    for case in &cases {
        let outcome = outcome(case);
        // Without the fields of a variant that has named ones.
        let variant = outcome.split(" {").next();
        assert_eq!(variant, case["expected"].as_str(), "{case}");
    }
}

fn outcome(case: &Value) -> String {
    let text = |name: &str| case[name].as_str().expect("a text");
    let headers = case["headers"].as_array().expect("headers").iter().map(|header| {
        let part = |index: usize| header[index].as_str().expect("a text");
        (part(0), part(1).as_bytes())
    });
    let headers = headers.collect::<Vec<_>>();
    let body = text("body").as_bytes().chunks(2).map(|digits| {
        let digits = std::str::from_utf8(digits).expect("ASCII");
        u8::from_str_radix(digits, 16).expect("hexadecimal")
    });
    let body = body.collect::<Vec<_>>();
    let head = RequestHead {
        method: text("method"),
        path: text("path"),
        query: text("query"),
        headers: &headers,
    };
    let against = Verification {
        service: "execute-api",
        region: Some("eu-west-1"),
        secret: SECRET,
        now: SigningTime::from_unix_seconds(NOW),
        skew_seconds_max: 300,
    };
    let request = match SignedRequest::read(head) {
        Ok(request) => request,
        Err(error) => return format!("{error:?}"),
    };
    let token = request.session_token().map(<[u8]>::to_vec);
    match request.verify_head(&against).and_then(|unverified| unverified.verify(&body)) {
        Ok(verified) => {
            assert_eq!(verified.access_key_id(), "AKIDEXAMPLE");
            assert_eq!(token.as_deref(), case["token"].as_str().map(str::as_bytes), "{case}");
            "verified".to_owned()
        }
        Err(error) => format!("{error:?}"),
    }
}
