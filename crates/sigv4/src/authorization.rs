//! The `Authorization` header.

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
    /// The part that is missing or unreadable.
    pub missing: &'static str,
}

/// The only algorithm there is.
pub(crate) const ALGORITHM: &str = "AWS4-HMAC-SHA256";

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
            parameters
                .split(',')
                .filter_map(|part| part.trim().split_once('='))
                .find_map(|(key, value)| (key == name).then_some(value))
                .filter(|value| !value.is_empty())
                .ok_or_else(|| missing(name))
        };
        let credential = parameter("Credential")?;
        let signed_headers = parameter("SignedHeaders")?;
        let signature = parameter("Signature")?;
        // From the right: nothing forbids a slash in an access key id.
        let mut scope = credential.rsplitn(5, '/');
        let (terminator, service, region, date, access_key_id) =
            (scope.next(), scope.next(), scope.next(), scope.next(), scope.next());
        let part = |text: Option<&str>| {
            text.filter(|text| !text.is_empty())
                .map(str::to_owned)
                .ok_or_else(|| missing("Credential"))
        };
        if terminator != Some("aws4_request") {
            return Err(missing("Credential"));
        }
        Ok(Self {
            access_key_id: part(access_key_id)?,
            date: part(date)?,
            region: part(region)?,
            service: part(service)?,
            signed_headers: signed_headers.split(';').map(str::to_owned).collect(),
            signature: signature.to_owned(),
        })
    }

    pub(crate) fn scope(&self) -> String {
        format!("{}/{}/{}/aws4_request", self.date, self.region, self.service)
    }
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
}
