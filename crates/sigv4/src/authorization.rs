//! The `Authorization` header.

use std::collections::HashSet;

/// What an `Authorization` header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorization {
    /// Whose secret signed.
    pub access_key_id: String,
    /// The scope's day, `YYYYMMDD`.
    pub date: String,
    /// The scope's region.
    pub region: String,
    /// The scope's service.
    pub service: String,
    /// Names of the signed headers, in lower case, as listed.
    pub signed_headers: Vec<String>,
    /// The signature, in hexadecimal.
    pub signature: String,
}

/// The header is not of the form `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Authorization header requires '{missing}' parameter")]
pub struct MalformedAuthorization {
    /// The part that is missing, there twice or unreadable.
    pub missing: &'static str,
}

/// The only algorithm there is.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Names of signed headers. Ours: a request has no more headers, and each name costs a look at all
/// of them.
pub const SIGNED_HEADERS_MAX: usize = 100;

impl Authorization {
    /// Reads the header's value.
    ///
    /// # Errors
    ///
    /// [`MalformedAuthorization`] names the part that is missing.
    pub fn parse(value: &str) -> Result<Self, MalformedAuthorization> {
        let missing = |missing| MalformedAuthorization { missing };
        let parameters = value
            .strip_prefix(ALGORITHM)
            .and_then(|rest| rest.strip_prefix(' '))
            .ok_or_else(|| missing(ALGORITHM))?;
        let parameter = |name: &'static str| {
            let mut values = parameters
                .split(',')
                .filter_map(|part| part.trim().split_once('='))
                .filter_map(|(key, value)| (key == name).then_some(value));
            let value = values.next().filter(|value| !value.is_empty());
            value.filter(|_| values.next().is_none()).ok_or_else(|| missing(name))
        };
        let (credential, signed_headers, signature) =
            (parameter("Credential")?, parameter("SignedHeaders")?, parameter("Signature")?);
        let signed_headers = names(signed_headers).ok_or_else(|| missing("SignedHeaders"))?;
        Self::new(credential, signed_headers, signature).ok_or_else(|| missing("Credential"))
    }

    /// None where the credential is not of the form `id/YYYYMMDD/region/service/aws4_request`.
    pub(crate) fn new(
        credential: &str,
        signed_headers: Vec<String>,
        signature: &str,
    ) -> Option<Self> {
        // From the right: nothing forbids a slash in an access key id.
        let mut parts = credential.rsplitn(5, '/');
        let mut part = || parts.next().filter(|part| !part.is_empty());
        let (terminator, service, region, date, access_key_id) =
            (part()?, part()?, part()?, part()?, part()?);
        (terminator == "aws4_request").then(|| Self {
            access_key_id: access_key_id.to_owned(),
            date: date.to_owned(),
            region: region.to_owned(),
            service: service.to_owned(),
            signed_headers,
            signature: signature.to_owned(),
        })
    }

    pub(crate) fn scope(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date, self.region, self.service)
    }
}

/// The names of a list of signed headers. None for too many, and for a name that is there twice: it
/// would multiply its header's value.
pub(crate) fn names(list: &str) -> Option<Vec<String>> {
    let names = list.split(';').take(SIGNED_HEADERS_MAX + 1).collect::<Vec<_>>();
    let different = names.iter().collect::<HashSet<_>>().len();
    (names.len() <= SIGNED_HEADERS_MAX && different == names.len())
        .then(|| names.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_taken_apart() {
        let header = "AWS4-HMAC-SHA256 Credential=AKIA/20260102/eu-west-1/apigateway/aws4_request, \
             SignedHeaders=host;x-amz-date,Signature=abc";
        let parsed = Authorization::parse(header).expect("well-formed");
        assert_eq!(parsed.access_key_id, "AKIA");
        assert_eq!(parsed.scope(), "20260102/eu-west-1/apigateway/aws4_request");
        assert_eq!(parsed.signed_headers, ["host", "x-amz-date"]);
        assert_eq!(parsed.signature, "abc");
    }

    #[test]
    fn what_is_missing_is_named() {
        let rows = [
            ("Bearer x", "AWS4-HMAC-SHA256"),
            ("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA256"),
            ("AWS4-HMAC-SHA256 SignedHeaders=host, Signature=a", "Credential"),
            ("AWS4-HMAC-SHA256 Credential=A/b/c/d/aws4_request, Signature=a", "SignedHeaders"),
            ("AWS4-HMAC-SHA256 Credential=A/b/c/d/aws4_request, SignedHeaders=host", "Signature"),
            (
                "AWS4-HMAC-SHA256 Credential=A/b/c/aws4_request, SignedHeaders=h, Signature=a",
                "Credential",
            ),
            (
                "AWS4-HMAC-SHA256 Credential=A/b/c/d/aws5, SignedHeaders=h, Signature=a",
                "Credential",
            ),
        ];
        for (header, missing) in rows {
            assert_eq!(
                Authorization::parse(header),
                Err(MalformedAuthorization { missing }),
                "{header}"
            );
        }
    }

    #[test]
    fn signed_headers_are_bounded() {
        let list = |count| {
            let names = (0..count).map(|index| format!("x-{index}")).collect::<Vec<_>>();
            names.join(";")
        };
        assert_eq!(names(&list(SIGNED_HEADERS_MAX)).map(|names| names.len()), Some(100));
        assert_eq!(names(&list(SIGNED_HEADERS_MAX + 1)), None);
        assert_eq!(names("host;x;host"), None);
        assert_eq!(names("host;;"), None);
    }
}
