//! AWS's own test suite (tests/README.md): every vector, each of its texts, and the verifier's
//! answer to the signed request.
//!
//! botocore leaves four of them out (`TESTS_TO_IGNORE` of its test_sigv4.py); here they run:
//! - `normalize-path/get-space`: Python's HTTP parser chokes on a space in a request line. No server
//!   of ours would take that line either, but the verifier only sees a path.
//! - `get-vanilla-query-order-key`, `-key-case` and `-value`: names that are there twice are not
//!   supported by its SDKs.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::canonical::Reading;
use crate::signature::{payload_hash, string_to_sign};
use crate::testing::sign;
use crate::{
    Authorization, Request, RequestHead, SignedRequest, SigningTime, Verification, VerifyError,
};

const ACCESS_KEY_ID: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TIME: &str = "20150830T123600Z";

/// Signed over another path than the one that is sent, which is a mismatch here (canonical.rs says
/// why): the path that was signed.
const NORMALISED: [(&str, &str); 6] = [
    ("get-relative", "/"),
    ("get-relative-relative", "/"),
    ("get-slash", "/"),
    ("get-slash-dot-slash", "/"),
    ("get-slash-pointless-dot", "/example"),
    ("get-slashes", "/example/"),
];

/// Its session token is added after signing, as some services have it. For `execute-api` it is a
/// header `x-amz-*` that must be signed.
const TOKEN_AFTER: &str = "post-sts-header-after";

/// Its signed request bears the signature of `get-vanilla`; only its .authz is right, and botocore
/// does not look at signed requests.
const WRONG_SIGNATURE: &str = "get-vanilla-with-session-token";

#[test]
fn every_vector_holds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/aws4_testsuite");
    let vectors = vectors(&folder);
    assert_eq!(vectors.len(), 34);
    for vector in vectors {
        let name = vector.file_stem().and_then(|name| name.to_str()).expect("a name");
        let text = |extension| {
            std::fs::read_to_string(vector.with_extension(extension)).expect("a file of the suite")
        };
        let request = Message::read(&text("req"));
        let mut message = Message::read(&text("sreq"));
        if name == TOKEN_AFTER {
            let unsigned = VerifyError::UnsignedHeader("x-amz-security-token".to_owned());
            assert_eq!(message.verified(), Err(unsigned), "{name}");
            message.headers.retain(|(name, _)| name != "x-amz-security-token");
        }
        if name == WRONG_SIGNATURE {
            assert_eq!(message.verified(), Err(VerifyError::Mismatch), "{name}");
            message.set_header("authorization", &text("authz"));
        }
        if let Some((_, signed)) = NORMALISED.iter().find(|(known, _)| *known == name) {
            assert_eq!(message.verified(), Err(VerifyError::Mismatch), "{name}");
            message.path = (*signed).to_owned();
        }

        let authorization = message.header("authorization");
        assert_eq!(authorization, text("authz"), "{name}");
        let authorization = Authorization::parse(&authorization).expect("well-formed");
        let headers = message.borrowed();
        let canonical =
            message.head(&headers).canonical(&authorization.signed_headers, Reading::Form);
        let canonical = String::from_utf8(canonical).expect("UTF-8") + &payload_hash(&message.body);
        assert_eq!(canonical, text("creq"), "{name}");
        let time = SigningTime::parse(TIME).expect("a time");
        let hash = Sha256::digest(canonical.as_bytes());
        assert_eq!(string_to_sign(time, &authorization.scope(), &hash), text("sts"), "{name}");
        assert_eq!(message.verified(), Ok(ACCESS_KEY_ID.to_owned()), "{name}");

        // Signing gives the same, and what is signed is the request, but for a token that is added.
        let unsigned = message.without_authorization();
        if request.header("x-amz-security-token") == unsigned.header("x-amz-security-token") {
            assert_eq!(request.headers, unsigned.headers, "{name}");
        }
        assert_eq!(unsigned.signed(), text("authz"), "{name}");
    }
}

/// The vectors' requests.
fn vectors(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of the suite") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(vectors(&path));
        } else if path.extension().is_some_and(|extension| extension == "req") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// A request, read as RFC 9112 has it, though its request line may have anything in its path.
#[derive(Clone)]
struct Message {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
}

impl Message {
    fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap_or_else(|| (text.trim_end(), ""));
        // A folded line is one line with a space.
        let mut lines = Vec::<String>::new();
        for line in head.lines() {
            match lines.last_mut() {
                Some(last) if line.starts_with([' ', '\t']) => {
                    last.push(' ');
                    last.push_str(line.trim());
                }
                _ => lines.push(line.to_owned()),
            }
        }
        let (method, rest) = lines[0].split_once(' ').expect("a method");
        let (target, _) = rest.rsplit_once(' ').expect("a version");
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let headers = lines[1..].iter().map(|line| {
            let (name, value) = line.split_once(':').expect("a header");
            (name.to_ascii_lowercase(), value.trim().as_bytes().to_vec())
        });
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: headers.collect(),
            body: body.as_bytes().to_vec(),
        }
    }

    fn header(&self, name: &str) -> String {
        let value =
            self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
        String::from_utf8(value.unwrap_or_default()).expect("UTF-8")
    }

    fn set_header(&mut self, name: &str, value: &str) {
        let header = self.headers.iter_mut().find(|(key, _)| key == name);
        header.expect("a header").1 = value.as_bytes().to_vec();
    }

    fn without_authorization(&self) -> Self {
        let mut message = self.clone();
        message.headers.retain(|(name, _)| name != "authorization");
        message
    }

    fn borrowed(&self) -> Vec<(&str, &[u8])> {
        self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect()
    }

    fn head<'a>(&'a self, headers: &'a [(&'a str, &'a [u8])]) -> RequestHead<'a> {
        RequestHead { method: &self.method, path: &self.path, query: &self.query, headers }
    }

    fn verified(&self) -> Result<String, VerifyError> {
        let headers = self.borrowed();
        let against = Verification {
            service: "service",
            region: Some("us-east-1"),
            secret: SECRET,
            now: SigningTime::parse(TIME).expect("a time"),
            skew_seconds_max: 0,
        };
        let request = SignedRequest::read(self.head(&headers)).expect("a signature");
        let verified = request.verify_head(&against)?.verify(&self.body)?;
        Ok(verified.access_key_id().to_owned())
    }

    fn signed(&self) -> String {
        let headers = self.borrowed();
        let Self { method, path, query, body, .. } = self;
        let request = Request { method, path, query, headers: &headers, body };
        let now = SigningTime::parse(TIME).expect("a time");
        sign(&request, (ACCESS_KEY_ID, SECRET), ("us-east-1", "service"), now)
    }
}
