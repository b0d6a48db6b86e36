use aws_lc_rs::hmac;
use serde_json::{Value, json};

use super::signer::{Signer, b64};
use super::{ClaimedToken, Requirements, VerifiedToken};
use crate::jwt::{Algorithm, JwtError, KeySet};

const NOW: i64 = 1_750_000_000;
const ISSUER: &str = "https://issuer.example/";

fn requirements() -> Requirements {
    Requirements {
        issuer: ISSUER.to_owned(),
        audience: vec!["app".to_owned(), "other".to_owned()],
        algorithms: Algorithm::ALL.to_vec(),
    }
}

fn key_set(keys: &[Value]) -> KeySet {
    KeySet::parse(&json!({"keys": keys}).to_string()).expect("a key set")
}

fn verify(
    token: &str,
    keys: &KeySet,
    requirements: &Requirements,
    now: i64,
) -> Result<VerifiedToken, JwtError> {
    ClaimedToken::parse(token, &requirements.algorithms)?.verify(keys, requirements, now)
}

fn good_claims() -> Value {
    json!({"iss": ISSUER, "aud": "app", "exp": NOW + 1, "sub": "me"})
}

fn good_header(algorithm: Algorithm) -> String {
    json!({"alg": algorithm.as_str(), "kid": "k"}).to_string()
}

/// What becomes of an RS256 token with these claims.
struct Issuer {
    signer: Signer,
    keys: KeySet,
}

impl Issuer {
    fn new() -> Self {
        let signer = Signer::rsa();
        let keys = key_set(&[signer.jwk("k")]);
        Self { signer, keys }
    }

    fn verify(&self, token: &str) -> Result<VerifiedToken, JwtError> {
        verify(token, &self.keys, &requirements(), NOW)
    }

    fn claims(&self, claims: &str) -> Result<VerifiedToken, JwtError> {
        let header = good_header(Algorithm::Rs256);
        self.verify(&self.signer.token(&header, claims, Algorithm::Rs256))
    }

    /// Good claims with some changed; `null` takes one away.
    fn changed(&self, changes: &Value) -> Result<VerifiedToken, JwtError> {
        let mut claims = good_claims();
        let all = claims.as_object_mut().expect("an object");
        for (name, value) in changes.as_object().expect("an object") {
            match value {
                Value::Null => drop(all.remove(name)),
                value => drop(all.insert(name.clone(), value.clone())),
            }
        }
        self.claims(&claims.to_string())
    }
}

#[test]
fn every_algorithm_verifies_its_own_and_no_other() {
    let signers = Algorithm::ALL.map(|algorithm| (algorithm, Signer::of(algorithm)));
    for (algorithm, signer) in &signers {
        let token = signer.token(&good_header(*algorithm), &good_claims().to_string(), *algorithm);
        let keys = key_set(&[signer.jwk("k")]);
        let found = verify(&token, &keys, &requirements(), NOW);
        assert!(found.is_ok(), "{algorithm:?}: {found:?}");

        let mut narrow = requirements();
        narrow.algorithms.retain(|allowed| allowed != algorithm);
        let refused = JwtError::SigningMethod(algorithm.as_str().to_owned());
        assert_eq!(verify(&token, &keys, &narrow, NOW), Err(refused));

        // A key that names another algorithm, and keys of other kinds under the same id.
        let mut named = signer.jwk("k");
        named["alg"] = json!("RS1");
        assert_eq!(
            verify(&token, &key_set(&[named]), &requirements(), NOW),
            Err(JwtError::UnknownKey)
        );
        for (other, signer) in &signers {
            let found = verify(&token, &key_set(&[signer.jwk("k")]), &requirements(), NOW);
            if other != algorithm {
                let expected = [Err(JwtError::UnknownKey), Err(JwtError::Signature)];
                assert!(expected.contains(&found), "{algorithm:?} with {other:?}: {found:?}");
            }
        }
    }
}

#[test]
fn claims_in_awss_order() {
    let issuer = Issuer::new();
    let good = issuer.changed(&json!({})).expect("good");
    assert_eq!(good.claims["sub"], "me");
    assert_eq!(good.expires, (NOW + 1) as f64);
    let rows = [
        // Whose.
        (json!({"iss": "https://issuer.example"}), JwtError::Issuer),
        (json!({"iss": "https://issuer.example//"}), JwtError::Issuer),
        (json!({"iss": "HTTPS://issuer.example/"}), JwtError::Issuer),
        (json!({"iss": null}), JwtError::Issuer),
        (json!({"iss": [ISSUER]}), JwtError::Issuer),
        (json!({"iss": "x", "aud": "x", "exp": 0}), JwtError::Issuer),
        // For whom.
        (json!({"aud": "App"}), JwtError::Audience),
        (json!({"aud": ""}), JwtError::Audience),
        (json!({"aud": ["x", "y"]}), JwtError::Audience),
        (json!({"aud": []}), JwtError::Audience),
        (json!({"aud": [["app"]]}), JwtError::Audience),
        (json!({"aud": {"app": true}}), JwtError::Audience),
        (json!({"aud": 5}), JwtError::Audience),
        (json!({"aud": "x", "client_id": "app"}), JwtError::Audience),
        (json!({"aud": null}), JwtError::Audience),
        (json!({"aud": null, "client_id": "x"}), JwtError::Audience),
        (json!({"aud": null, "client_id": ["app"]}), JwtError::Audience),
        (json!({"aud": "x", "exp": 0}), JwtError::Audience),
        // When.
        (json!({"exp": NOW}), JwtError::Expired),
        (json!({"exp": NOW - 1}), JwtError::Expired),
        (json!({"exp": 0}), JwtError::Expired),
        (json!({"exp": -1}), JwtError::Expired),
        (json!({"exp": null}), JwtError::Expired),
        (json!({"exp": (NOW + 100).to_string()}), JwtError::Expired),
        (json!({"exp": [NOW + 100]}), JwtError::Expired),
        (json!({"exp": 0, "nbf": NOW + 9}), JwtError::Expired),
        (json!({"nbf": NOW + 1}), JwtError::NotYet),
        (json!({"nbf": NOW as f64 + 0.5}), JwtError::NotYet),
        (json!({"nbf": "0"}), JwtError::NotYet),
        (json!({"iat": NOW + 1}), JwtError::Issued),
        (json!({"iat": true}), JwtError::Issued),
        (json!({"nbf": NOW + 1, "iat": NOW + 1}), JwtError::NotYet),
    ];
    for (changes, expected) in rows {
        assert_eq!(issuer.changed(&changes), Err(expected), "{changes}");
    }
    for changes in [
        json!({"aud": "other"}),
        json!({"aud": ["x", "app"]}),
        json!({"aud": [5, "app"]}),
        json!({"aud": null, "client_id": "app"}),
        json!({"exp": NOW as f64 + 0.5}),
        json!({"exp": 1e300}),
        json!({"nbf": NOW}),
        json!({"nbf": NOW - 1, "iat": NOW}),
        json!({"iat": 0.5}),
    ] {
        assert!(issuer.changed(&changes).is_ok(), "{changes}");
    }
}

#[test]
fn duplicate_claims_and_broken_ones_are_refused() {
    let issuer = Issuer::new();
    let twice = good_claims().to_string().replace(r#""sub":"me""#, r#""sub":"me","sub":"you""#);
    let expired = good_claims().to_string().replace(r#""sub""#, r#""exp":9999999999,"sub""#);
    for claims in ["", "[]", "null", "{", "5", "\"text\"", &twice, &expired] {
        assert_eq!(issuer.claims(claims), Err(JwtError::Malformed), "{claims}");
    }
}

#[test]
fn what_a_token_says_of_its_key_is_not_believed() {
    let (issuer, attacker) = (Issuer::new(), Signer::rsa());
    let claims = good_claims().to_string();
    let jwk = attacker.jwk("k");
    let forged = |header: Value| attacker.token(&header.to_string(), &claims, Algorithm::Rs256);
    let headers = [
        (json!({"alg": "RS256", "kid": "k"}), JwtError::Signature),
        (json!({"alg": "RS256", "kid": "k", "jwk": jwk}), JwtError::Signature),
        (
            json!({"alg": "RS256", "kid": "k", "jku": "https://attacker.example/k"}),
            JwtError::Signature,
        ),
        (
            json!({"alg": "RS256", "kid": "k", "x5u": "https://attacker.example/k"}),
            JwtError::Signature,
        ),
        (json!({"alg": "RS256", "kid": "k", "x5c": ["MIIB"]}), JwtError::Signature),
        (json!({"alg": "RS256", "jwk": jwk}), JwtError::UnknownKey),
        (json!({"alg": "RS256"}), JwtError::UnknownKey),
        (json!({"alg": "RS256", "kid": ""}), JwtError::UnknownKey),
        (json!({"alg": "RS256", "kid": "K"}), JwtError::UnknownKey),
        (json!({"alg": "RS256", "kid": "k\u{0}"}), JwtError::UnknownKey),
        (json!({"alg": "RS256", "kid": "../../dev/null"}), JwtError::UnknownKey),
        (json!({"alg": "RS256", "kid": "k' or '1'='1"}), JwtError::UnknownKey),
        (json!({"alg": "RS256", "kid": "k", "crit": ["b64"], "b64": false}), JwtError::Malformed),
    ];
    for (header, expected) in headers {
        assert_eq!(issuer.verify(&forged(header.clone())), Err(expected), "{header}");
    }
}

#[test]
fn algorithms_cannot_be_confused() {
    let issuer = Issuer::new();
    let claims = good_claims().to_string();
    let signing = |name: &str| JwtError::SigningMethod(name.to_owned());
    for (name, shown) in [
        ("none", "none"),
        ("None", "None"),
        ("NONE", "NONE"),
        ("nOnE", "nOnE"),
        ("", ""),
        ("HS256", "HS256"),
        ("HS384", "HS384"),
        ("HS512", "HS512"),
        ("rs256", "rs256"),
        ("RS256 ", "RS256"),
        ("RS1", "RS1"),
        ("PS384", "PS384"),
        ("ES256K", "ES256K"),
        ("dir", "dir"),
        ("RSA-OAEP", "RSAOAEP"),
        ("a\"b\r\nset-cookie: x=1", "absetcookiex1"),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaa"),
    ] {
        let header = json!({"alg": name, "kid": "k"}).to_string();
        let token = issuer.signer.token(&header, &claims, Algorithm::Rs256);
        assert_eq!(issuer.verify(&token), Err(signing(shown)), "{name}");
        let (unsigned, _) = token.rsplit_once('.').expect("three parts");
        assert_eq!(issuer.verify(&format!("{unsigned}.")), Err(signing(shown)), "{name}");
        let claimed = ClaimedToken::parse(&token, &Algorithm::ALL);
        assert_eq!(claimed.err(), Some(signing(shown)), "no key is asked for");
    }

    // HMAC with the public key as its secret.
    let signed =
        format!("{}.{}", b64(json!({"alg": "HS256", "kid": "k"}).to_string()), b64(&claims));
    let secret = hmac::Key::new(hmac::HMAC_SHA256, &issuer.signer.modulus());
    let token = format!("{signed}.{}", b64(hmac::sign(&secret, signed.as_bytes())));
    assert_eq!(issuer.verify(&token), Err(signing("HS256")));

    // Signed by one algorithm, said to be of another.
    for (said, really) in [
        (Algorithm::Rs256, Algorithm::Rs512),
        (Algorithm::Rs384, Algorithm::Rs256),
        (Algorithm::Ps256, Algorithm::Rs256),
        (Algorithm::Rs256, Algorithm::Ps256),
    ] {
        let token = issuer.signer.token(&good_header(said), &claims, really);
        assert_eq!(issuer.verify(&token), Err(JwtError::Signature), "{said:?} {really:?}");
    }
    for said in [Algorithm::Es256, Algorithm::Es512, Algorithm::EdDsa] {
        let token = issuer.signer.token(&good_header(said), &claims, Algorithm::Rs256);
        assert_eq!(issuer.verify(&token), Err(JwtError::UnknownKey), "{said:?}");
    }
}

#[test]
fn tampered_and_truncated_tokens_are_refused() {
    let issuer = Issuer::new();
    let header = good_header(Algorithm::Rs256);
    let token = issuer.signer.token(&header, &good_claims().to_string(), Algorithm::Rs256);
    assert!(issuer.verify(&token).is_ok());
    let parts = token.split('.').collect::<Vec<_>>();
    let other_claims = b64(json!({"iss": ISSUER, "aud": "app", "exp": NOW + 9}).to_string());
    let joined =
        |header: &str, claims: &str, signature: &str| format!("{header}.{claims}.{signature}");
    let refused = [
        (joined(parts[0], &other_claims, parts[2]), JwtError::Signature),
        (joined(&b64(r#"{"kid":"k","alg":"RS256"}"#), parts[1], parts[2]), JwtError::Signature),
        (joined(parts[0], parts[1], ""), JwtError::Signature),
        (joined(parts[0], parts[1], &parts[2][..parts[2].len() - 4]), JwtError::Signature),
        (joined(parts[0], parts[1], &format!("{}AAAA", parts[2])), JwtError::Signature),
        (joined(parts[0], parts[1], &format!("{}=", parts[2])), JwtError::Signature),
        (joined(parts[0], parts[1], "!"), JwtError::Signature),
        (joined("", parts[1], parts[2]), JwtError::Malformed),
        (joined(parts[0], "", parts[2]), JwtError::Signature),
        (format!("{token}."), JwtError::Segments),
        (format!("{token}.{}", parts[2]), JwtError::Segments),
        (format!("{}.{}", parts[0], parts[1]), JwtError::Segments),
        (format!(" {token}"), JwtError::Malformed),
        (format!("{token} "), JwtError::Signature),
        (String::new(), JwtError::Segments),
    ];
    for (token, expected) in refused {
        assert_eq!(issuer.verify(&token), Err(expected), "{token}");
    }
    for end in (0..token.len()).step_by(7) {
        assert!(issuer.verify(&token[..end]).is_err(), "the first {end} bytes");
    }
}

#[test]
fn keys_that_are_no_keys() {
    let signer = Signer::rsa();
    let token =
        signer.token(&good_header(Algorithm::Rs256), &good_claims().to_string(), Algorithm::Rs256);
    let with = |change: fn(&mut Value)| {
        let mut jwk = signer.jwk("k");
        change(&mut jwk);
        verify(&token, &key_set(&[jwk]), &requirements(), NOW).err()
    };
    assert_eq!(with(|_| ()), None);
    assert_eq!(with(|key| key["use"] = json!("enc")), Some(JwtError::UnknownKey));
    assert_eq!(with(|key| key["kty"] = json!("oct")), Some(JwtError::UnknownKey));
    assert_eq!(with(|key| key["kid"] = json!(5)), Some(JwtError::UnknownKey));
    assert_eq!(with(|key| key["n"] = json!("!")), Some(JwtError::BrokenKey));
    assert_eq!(with(|key| key["alg"] = json!("RS512")), Some(JwtError::UnknownKey));
    assert_eq!(with(|key| key["alg"] = json!("RS256")), None);
    assert!(KeySet::parse("{}").is_err() && KeySet::parse("[]").is_err());
    // Unknown keys beside a good one are passed over.
    let keys = key_set(&[json!(5), json!({"kty": "new"}), signer.jwk("k")]);
    assert!(verify(&token, &keys, &requirements(), NOW).is_ok());
}

#[test]
fn scopes_open_routes() {
    let issuer = Issuer::new();
    let token = issuer.changed(&json!({"scope": "read write"})).expect("good");
    let scopes = |scopes: &[&str]| scopes.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    assert!(token.has_scope(&[]));
    assert!(token.has_scope(&scopes(&["admin", "write"])));
    assert!(!token.has_scope(&scopes(&["admin"])));
    assert!(!token.has_scope(&scopes(&["read write"])));
}
