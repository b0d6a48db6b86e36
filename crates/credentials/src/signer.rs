//! Signing requests as one profile, for one service.

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use gatewright_sigv4::{Credentials, Request, SignatureHeaders, SigningKey, SigningTime};
use gatewright_types::{Region, Timestamp};
use http::HeaderName;
use http::header::{AUTHORIZATION, HeaderValue};
use http::request::Parts;

use crate::Profiles;

/// Signs requests to a service. It may be shared by threads, which take no lock.
#[derive(Debug)]
pub struct Signer {
    profiles: Profiles,
    profile: String,
    service: &'static str,
    /// The key that signed last: it is derived anew only when the day, the region or the credentials
    /// are others.
    kept: ArcSwapOption<Kept>,
}

#[derive(Debug)]
struct Kept {
    credentials: Arc<Credentials>,
    region: Region,
    key: SigningKey,
}

/// Nobody can sign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("aws.credentials_file has no access key for the profile {profile:?}")]
pub struct NoCredentials {
    profile: String,
}

const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

impl Signer {
    /// A signer as a profile has it at each time. `service` is the name in a signature's scope.
    #[must_use]
    pub fn new(profiles: &Profiles, profile: &str, service: &'static str) -> Self {
        Self {
            profiles: profiles.clone(),
            profile: profile.to_owned(),
            service,
            kept: ArcSwapOption::empty(),
        }
    }

    /// Adds a signature over method, target, body and every header there is, `Host` among them.
    ///
    /// # Errors
    ///
    /// [`NoCredentials`] where the profile has been taken away.
    pub fn sign(
        &self,
        head: &mut Parts,
        body: &[u8],
        region: &Region,
        now: Timestamp,
    ) -> Result<(), NoCredentials> {
        let now = SigningTime::from_unix_seconds(now.unix_seconds());
        let key = self.key(region, now)?;
        let headers = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let request = Request {
            method: head.method.as_str(),
            path: head.uri.path(),
            query: head.uri.query().unwrap_or_default(),
            headers: &headers.collect::<Vec<_>>(),
            body,
        };
        let SignatureHeaders { authorization, date, security_token } = key.key.sign(&request, now);
        head.headers.insert(AUTHORIZATION, unseen(authorization));
        head.headers.insert(DATE, unseen(date));
        if let Some(token) = security_token {
            head.headers.insert(SECURITY_TOKEN, unseen(token));
        }
        Ok(())
    }

    fn key(&self, region: &Region, now: SigningTime) -> Result<Arc<Kept>, NoCredentials> {
        let credentials = self.profiles.get(&self.profile);
        let credentials =
            credentials.ok_or_else(|| NoCredentials { profile: self.profile.clone() })?;
        if let Some(kept) = &*self.kept.load()
            && kept.credentials == credentials
            && kept.region == *region
            && kept.key.is_of_the_day(now)
        {
            return Ok(kept.clone());
        }
        let key = SigningKey::derive(&credentials, region.as_str(), self.service, now);
        let kept = Arc::new(Kept { credentials, region: region.clone(), key });
        self.kept.store(Some(kept.clone()));
        Ok(kept)
    }
}

/// A value that no log shows, and no HTTP/2 connection remembers.
fn unseen(text: String) -> HeaderValue {
    let mut value =
        HeaderValue::try_from(text).expect("visible ASCII, as the file was checked for");
    value.set_sensitive(true);
    value
}

#[cfg(test)]
mod tests {
    use std::fs;

    use gatewright_sigv4::{Authorization, Verification, verify};
    use http::Method;

    use super::*;

    const NOON: i64 = 1_767_355_445; // 2026-01-02T12:04:05Z
    const BODY: &[u8] = b"{}";

    fn profiles(secret: &str, token: &str) -> Profiles {
        let file = tempfile::NamedTempFile::new().expect("a file");
        let text = format!(
            "[writer]\naws_access_key_id = AKIA\naws_secret_access_key = {secret}\naws_session_token = {token}\n"
        );
        fs::write(file.path(), text).expect("written");
        Profiles::open(file.path()).expect("readable")
    }

    fn request() -> Parts {
        let request = http::Request::post("/a%20b?c=d").header("host", "sqs.example:9324");
        let request = request.header("x-amz-target", "T").body(()).expect("a request");
        request.into_parts().0
    }

    fn signed(signer: &Signer, region: &str, seconds: i64) -> (Parts, Authorization) {
        let (mut head, now) = (request(), Timestamp::from_unix_seconds(seconds));
        let region = Region::parse(region).expect("a region");
        signer.sign(&mut head, BODY, &region, now).expect("credentials");
        let authorization = head.headers[AUTHORIZATION].to_str().expect("a text");
        let authorization = Authorization::parse(authorization).expect("well-formed");
        (head, authorization)
    }

    #[test]
    fn what_is_signed_verifies() {
        let signer = Signer::new(&profiles("s", "temporary"), "writer", "sqs");
        let (head, authorization) = signed(&signer, "eu-west-1", NOON);
        let headers = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
        let headers = headers.collect::<Vec<_>>();
        let sent = Request {
            method: Method::POST.as_str(),
            path: "/a%20b",
            query: "c=d",
            headers: &headers
                .into_iter()
                .filter(|(name, _)| *name != "authorization")
                .collect::<Vec<_>>(),
            body: BODY,
        };
        let now = SigningTime::from_unix_seconds(NOON);
        let against =
            Verification { service: "sqs", region: None, secret: "s", now, skew_seconds_max: 0 };
        assert_eq!(verify(&sent, &authorization, &against), Ok(()));
        assert_eq!(head.headers[SECURITY_TOKEN], "temporary");
        assert!(!format!("{head:?}").contains("temporary"), "{head:?}");
        let signed = ["host", "x-amz-date", "x-amz-security-token", "x-amz-target"];
        assert_eq!(authorization.signed_headers, signed);
    }

    /// A key that was kept signs as one that was not would.
    #[test]
    fn a_kept_key_is_of_its_day_region_and_credentials() {
        let shared = profiles("s", "");
        let signer = Signer::new(&shared, "writer", "sqs");
        let fresh = || Signer::new(&shared, "writer", "sqs");
        for (region, seconds) in [
            ("eu-west-1", NOON),
            ("eu-west-1", NOON + 1),
            ("eu-west-2", NOON + 1),
            ("eu-west-2", NOON + 86_400),
            ("eu-west-1", NOON),
        ] {
            let (head, authorization) = signed(&signer, region, seconds);
            assert_eq!(authorization, signed(&fresh(), region, seconds).1, "{region} {seconds}");
            assert!(!head.headers.contains_key(SECURITY_TOKEN));
        }
        let kept = signer.kept.load_full();
        signed(&signer, "eu-west-1", NOON + 60);
        let (kept, again) = (kept.expect("kept"), signer.kept.load_full().expect("kept"));
        assert!(Arc::ptr_eq(&kept, &again), "derived once");
    }

    #[test]
    fn a_profile_that_is_not_there_signs_nothing() {
        let signer = Signer::new(&profiles("s", ""), "reader", "sqs");
        let mut head = request();
        let now = Timestamp::from_unix_seconds(NOON);
        let refused = signer.sign(&mut head, BODY, &Region::default(), now).expect_err("nobody");
        assert_eq!(
            refused.to_string(),
            "aws.credentials_file has no access key for the profile \"reader\""
        );
        assert!(!head.headers.contains_key(AUTHORIZATION));
    }
}
