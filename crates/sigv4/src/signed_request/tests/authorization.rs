//! The header `authorization`: its form, its scope and its signature.

use super::*;

const NO_ALGORITHM: &str =
    r#"read: Authorization(MalformedAuthorization { missing: "AWS4-HMAC-SHA256" })"#;
const NO_CREDENTIAL: &str =
    r#"read: Authorization(MalformedAuthorization { missing: "Credential" })"#;
const NO_SIGNED_HEADERS: &str =
    r#"read: Authorization(MalformedAuthorization { missing: "SignedHeaders" })"#;
const NO_SIGNATURE: &str =
    r#"read: Authorization(MalformedAuthorization { missing: "Signature" })"#;

const FORM: &[Row] = &[
    ("no spaces", |sent| sent.authorization(", Signature", ",Signature"), "verified"),
    (
        "a parameter nobody knows",
        |sent| sent.authorization("Credential", "X=1,Credential"),
        "verified",
    ),
    ("none", |sent| sent.remove("authorization"), "read: Missing"),
    ("empty", |sent| sent.set("authorization", ""), NO_ALGORITHM),
    ("no text", |sent| sent.value("authorization").push(0xff), NO_ALGORITHM),
    ("a token", |sent| sent.set("authorization", "Bearer x"), NO_ALGORITHM),
    ("two", |sent| sent.add("authorization", "Bearer x"), r#"read: Doubled("authorization")"#),
    ("SHA-1", |sent| sent.authorization("SHA256", "SHA1"), NO_ALGORITHM),
    ("SigV4A", |sent| sent.authorization("HMAC-SHA256", "ECDSA-P256-SHA256"), NO_ALGORITHM),
    ("algorithm in lower case", |sent| sent.authorization("AWS4", "aws4"), NO_ALGORITHM),
    ("algorithm that goes on", |sent| sent.authorization("256 ", "256-X "), NO_ALGORITHM),
    ("no credential", |sent| sent.authorization("Credential=", "X="), NO_CREDENTIAL),
    ("no signed headers", |sent| sent.authorization("SignedHeaders=", "X="), NO_SIGNED_HEADERS),
    ("no signature", |sent| sent.authorization("Signature=", "X="), NO_SIGNATURE),
    ("name in lower case", |sent| sent.authorization("Signature=", "signature="), NO_SIGNATURE),
    (
        "two credentials",
        |sent| sent.authorization("Signature", "Credential=A/20260102/r/s/aws4_request, Signature"),
        NO_CREDENTIAL,
    ),
    (
        "two lists",
        |sent| sent.authorization("Signature", "SignedHeaders=host, Signature"),
        NO_SIGNED_HEADERS,
    ),
    (
        "two signatures",
        |sent| sent.authorization("Signature", "Signature=0, Signature"),
        NO_SIGNATURE,
    ),
    (
        "joined with another",
        |sent| {
            let value = sent.value("authorization");
            let again = [b", ", value.as_slice()].concat();
            value.extend(again);
        },
        NO_SIGNED_HEADERS,
    ),
    ("and a presigned query", |sent| sent.query = Sent::presigned().query, "read: HeaderAndQuery"),
];

const SCOPE: &[Row] = &[
    ("another key", |sent| sent.authorization("AKIDEXAMPLE", "AKIDOTHER"), "unknown key"),
    ("a slash in the key", |sent| sent.authorization("AKID", "AKID/"), "unknown key"),
    ("a key that is no text", |sent| sent.authorization("AKID", "ÄKID"), "unknown key"),
    ("no key", |sent| sent.authorization("AKIDEXAMPLE", ""), NO_CREDENTIAL),
    ("a part less", |sent| sent.authorization("AKIDEXAMPLE/", ""), NO_CREDENTIAL),
    ("another day", |sent| sent.authorization("20260102", "20260103"), "head: ScopeDate"),
    ("a month for a day", |sent| sent.authorization("20260102", "202601"), "head: ScopeDate"),
    ("no day", |sent| sent.authorization("20260102", ""), NO_CREDENTIAL),
    (
        "another region",
        |sent| sent.authorization("eu-west-1", "us-east-1"),
        r#"head: ScopeRegion("us-east-1")"#,
    ),
    (
        "region in upper case",
        |sent| sent.authorization("eu-west-1", "EU-WEST-1"),
        r#"head: ScopeRegion("EU-WEST-1")"#,
    ),
    ("no region", |sent| sent.authorization("eu-west-1", ""), NO_CREDENTIAL),
    (
        "another service",
        |sent| sent.authorization("execute-api", "apigateway"),
        r#"head: ScopeService("execute-api")"#,
    ),
    (
        "another terminator",
        |sent| sent.authorization("aws4_request", "aws5_request"),
        NO_CREDENTIAL,
    ),
    ("no terminator", |sent| sent.authorization("/aws4_request", ""), NO_CREDENTIAL),
    (
        "a slash at the end",
        |sent| sent.authorization("aws4_request", "aws4_request/"),
        NO_CREDENTIAL,
    ),
];

const SIGNATURE: &[Row] = &[
    ("another digit", |sent| sent.authorization("=ec94", "=fc94"), "body: Mismatch"),
    ("a digit less", |sent| sent.authorization("00de", "00d"), "body: Mismatch"),
    ("a digit more", |sent| sent.authorization("00de", "00de0"), "body: Mismatch"),
    (
        "the first digit",
        |sent| {
            sent.authorization(
                "ec94efe003efc6031b00d87ab29f305842643aaafa4cd7f9ffe6698562ec00d",
                "",
            )
        },
        "body: Mismatch",
    ),
    ("in upper case", |sent| sent.authorization("ec94", "EC94"), "body: Mismatch"),
    ("no digits", |sent| sent.authorization("ec94", "éé"), "body: Mismatch"),
    (
        "empty",
        |sent| {
            sent.authorization(
                "ec94efe003efc6031b00d87ab29f305842643aaafa4cd7f9ffe6698562ec00de",
                "",
            )
        },
        NO_SIGNATURE,
    ),
    (
        "of another request",
        |sent| {
            sent.authorization(
                "ec94efe003efc6031b00d87ab29f305842643aaafa4cd7f9ffe6698562ec00de",
                "3920cdc9546e629c25b0425ed02561db582347a54ac1dee614e9f83b6dbafd11",
            );
        },
        "body: Mismatch",
    ),
];

#[test]
fn a_signature_is_clear_for_here_and_right() {
    for rows in [FORM, SCOPE, SIGNATURE] {
        check(&Sent::by_header(), rows);
    }
}
