//! A signature in the query: a presigned URL.
//!
//! Follows "Add the signature to the request" of the IAM user guide: six parameters, each of them
//! once, and a session's token where there is one. All of them but the signature are signed.

use std::borrow::Cow;

use crate::authorization::{ALGORITHM, Authorization, names};
use crate::canonical::{Reading, SIGNATURE, parameters};
use crate::signed_request::ReadError;
use crate::signing_time::SigningTime;

/// Seconds a presigned query may hold at most. AWS: 604,800, which is seven days.
pub const PRESIGNED_SECONDS_MAX: u32 = 7 * 24 * 60 * 60;

/// What a presigned query says.
pub(crate) struct Presigned {
    pub(crate) authorization: Authorization,
    pub(crate) signed: SigningTime,
    pub(crate) seconds: u32,
    pub(crate) session_token: Option<Vec<u8>>,
}

/// The parameters that have a meaning here.
const NAMES: [&str; 7] = [
    "X-Amz-Algorithm",
    "X-Amz-Credential",
    "X-Amz-Date",
    "X-Amz-Expires",
    "X-Amz-Security-Token",
    SIGNATURE,
    "X-Amz-SignedHeaders",
];

impl Presigned {
    /// None where the query has no signature.
    pub(crate) fn read(query: &str) -> Result<Option<Self>, ReadError> {
        let mut values: [Option<Cow<'_, [u8]>>; NAMES.len()] = Default::default();
        let mut doubled = None;
        for (name, value) in parameters(query, Reading::Presigned) {
            let Some(index) = NAMES.iter().position(|known| *known.as_bytes() == *name) else {
                continue;
            };
            if values[index].replace(value).is_some() {
                doubled = Some(NAMES[index]);
            }
        }
        let [algorithm, credential, date, expires, token, signature, signed_headers] = values;
        // Without these, the others are parameters of the API's own.
        if algorithm.is_none() && credential.is_none() && signature.is_none() {
            return Ok(None);
        }
        if let Some(name) = doubled {
            return Err(ReadError::Doubled(name));
        }
        parse(algorithm.as_deref(), "X-Amz-Algorithm", |text| (text == ALGORITHM).then_some(()))?;
        let signature = parse(signature.as_deref(), SIGNATURE, |text| Some(text.to_owned()))?;
        let signed_headers = parse(signed_headers.as_deref(), "X-Amz-SignedHeaders", names)?;
        let authorization = parse(credential.as_deref(), "X-Amz-Credential", |text| {
            Authorization::new(text, signed_headers, &signature)
        })?;
        Ok(Some(Self {
            authorization,
            signed: parse(date.as_deref(), "X-Amz-Date", SigningTime::parse)?,
            seconds: parse(expires.as_deref(), "X-Amz-Expires", seconds)?,
            session_token: token.map(Cow::into_owned),
        }))
    }
}

/// A parameter that must be there, and text.
fn parse<T>(
    value: Option<&[u8]>,
    name: &'static str,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Result<T, ReadError> {
    let text = value.and_then(|value| std::str::from_utf8(value).ok());
    text.filter(|text| !text.is_empty()).and_then(parse).ok_or(ReadError::Parameter(name))
}

/// Digits only: Rust's numbers may have a sign.
fn seconds(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| digits)?;
    (1..=PRESIGNED_SECONDS_MAX).contains(&seconds).then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presigned_query_holds_up_to_a_week() {
        let rows = [
            ("1", Some(1)),
            ("604800", Some(604_800)),
            ("0300", Some(300)),
            ("604801", None),
            ("0", None),
            ("-1", None),
            ("+1", None),
            ("1.5", None),
            ("300s", None),
            ("99999999999999999999", None),
        ];
        for (text, expected) in rows {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
