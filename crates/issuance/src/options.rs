//! What operators may set.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use gatewright_types::ConfigKey;
use serde::{Deserialize, Serialize};

/// `[acme]`: where certificates come from.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The authority's directory; absent: no certificates are got.
    pub directory_url: Option<String>,
    /// The `certificateArn` of domain names that get a certificate each.
    pub certificate_arn: Option<String>,
    /// Whether the authority's terms are agreed to.
    pub terms_of_service_agreed: bool,
    /// Whom the authority writes to.
    pub contact: Vec<String>,
    /// How names are shown to be ours.
    pub challenge: ChallengeKind,
    /// Which of the authority's kinds of certificates.
    pub profile: Option<String>,
    /// Where account and certificates are kept.
    pub store: Option<PathBuf>,
    /// PEM files trusted for the directory, beside `egress.ca_files`.
    pub ca_files: Vec<PathBuf>,
    /// The key id of an account that the authority knows already.
    pub external_account_id: Option<String>,
    /// File with its MAC key, in base64url.
    pub external_account_key_file: Option<PathBuf>,
}

/// How a name is shown to be ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChallengeKind {
    /// By a file on port 80.
    #[default]
    #[serde(rename = "http-01")]
    Http,
    /// By a handshake on port 443.
    #[serde(rename = "tls-alpn-01")]
    Tls,
}

/// [`Options`] of an authority, checked.
#[derive(Clone, Debug)]
pub struct AcmeSettings {
    /// The authority's directory.
    pub directory_url: String,
    /// The `certificateArn` of domain names that get a certificate each.
    pub certificate_arn: String,
    /// Whom the authority writes to, as `mailto:` URLs.
    pub contact: Vec<String>,
    /// How names are shown to be ours.
    pub challenge: ChallengeKind,
    /// Which of the authority's kinds of certificates.
    pub profile: Option<String>,
    /// Where account and certificates are kept.
    pub store: PathBuf,
    /// PEM files trusted for the directory.
    pub ca_files: Vec<PathBuf>,
    /// An account that the authority knows already.
    pub external_account: Option<ExternalAccount>,
}

/// What binds our account to one that the authority knows already (RFC 8555 section 7.3.4).
#[derive(Clone, Debug)]
pub struct ExternalAccount {
    /// Its key id.
    pub id: String,
    /// File with its MAC key.
    pub key_file: PathBuf,
}

/// An option that cannot be honoured.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// A key that ACME needs is not there.
    #[error("acme.directory_url is set: {0}")]
    Missing(&'static str),
    /// A key has a value that it cannot have.
    #[error("{key}: '{value}' {problem}")]
    Value {
        /// The key.
        key: &'static str,
        /// Its value.
        value: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// A key does nothing on its own.
    #[error("acme.{0} is set, but acme.directory_url is not")]
    WithoutDirectory(&'static str),
}

impl Options {
    /// Checks all that can be checked without an authority; absent where there is none.
    /// `default_store` is where things are kept unless the options say.
    ///
    /// # Errors
    ///
    /// [`OptionsError`] names the key.
    pub fn settings(
        self,
        default_store: Option<&Path>,
    ) -> Result<Option<AcmeSettings>, OptionsError> {
        use OptionsError as E;
        let given = |text: Option<String>| text.filter(|text| !text.is_empty());
        let path = |path: Option<PathBuf>| path.filter(|path| !path.as_os_str().is_empty());
        let certificate_arn = given(self.certificate_arn);
        let Some(directory_url) = given(self.directory_url) else {
            return match certificate_arn {
                Some(_) => Err(E::WithoutDirectory("certificate_arn")),
                None => Ok(None),
            };
        };
        let value = |key, value, problem| Err(E::Value { key, value, problem });
        // RFC 8555 section 6.1; and a host is what the store is named by.
        let uri = directory_url.parse::<http::Uri>().ok();
        if uri.as_ref().and_then(gatewright_egress::origin_of).is_none()
            || !directory_url.starts_with("https://")
        {
            return value("acme.directory_url", directory_url, "is not an https URL");
        }
        let certificate_arn = certificate_arn.ok_or(E::Missing(
            "acme.certificate_arn must say which certificateArn means a certificate by ACME",
        ))?;
        if !certificate_arn.starts_with("arn:") {
            return value("acme.certificate_arn", certificate_arn, "is no ARN");
        }
        if !self.terms_of_service_agreed {
            return Err(E::Missing(
                "acme.terms_of_service_agreed must be true, since authorities ask for it",
            ));
        }
        if let Some(other) = self.contact.iter().find(|url| !url.starts_with("mailto:")) {
            return value("acme.contact", other.clone(), "is no mailto: URL");
        }
        let store = path(self.store).or_else(|| default_store.map(Path::to_owned));
        let store = store.ok_or(E::Missing(
            "acme.store must be a directory that all replicas of the data plane share and may write to",
        ))?;
        let key_file = path(self.external_account_key_file);
        let external_account = match (given(self.external_account_id), key_file) {
            (Some(id), Some(key_file)) => Some(ExternalAccount { id, key_file }),
            (None, None) => None,
            _ => {
                return Err(E::Missing(
                    "acme.external_account_id and acme.external_account_key_file go together",
                ));
            }
        };
        Ok(Some(AcmeSettings {
            directory_url,
            certificate_arn,
            contact: self.contact,
            challenge: self.challenge,
            profile: given(self.profile),
            store,
            ca_files: self.ca_files,
            external_account,
        }))
    }
}

impl ExternalAccount {
    /// The MAC key.
    pub(crate) fn key(&self) -> std::io::Result<Vec<u8>> {
        let text = std::fs::read_to_string(&self.key_file)?;
        let key = BASE64_URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('='));
        key.map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))
    }
}

/// The keys of `[acme]`, for docs/CONFIG.md.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "acme.directory_url",
        default: "\"\"",
        meaning: "the ACME directory of a certificate authority, for example https://acme-v02.api.letsencrypt.org/directory; empty: no certificates are got",
    },
    ConfigKey {
        key: "acme.certificate_arn",
        default: "\"\"",
        meaning: "the certificateArn of domain names that get a certificate of their own by ACME; any ARN that certificates does not have",
    },
    ConfigKey {
        key: "acme.terms_of_service_agreed",
        default: "false",
        meaning: "whether the authority's terms are agreed to, which it asks for",
    },
    ConfigKey {
        key: "acme.contact",
        default: "[]",
        meaning: "mailto: URLs that the authority may write to",
    },
    ConfigKey {
        key: "acme.challenge",
        default: "\"http-01\"",
        meaning: "how names are shown to be ours: http-01 (by a file on port 80, which has to lead to traffic.listen) or tls-alpn-01 (by a handshake on port 443, which has to lead to traffic.tls_listen)",
    },
    ConfigKey {
        key: "acme.profile",
        default: "\"\"",
        meaning: "which of the authority's kinds of certificates, where it has several; empty: its default",
    },
    ConfigKey {
        key: "acme.store",
        default: "\"\"",
        meaning: "directory of the account, certificates and keys, shared by all replicas; empty: acme in the data directory of serve; required for a data-plane",
    },
    ConfigKey {
        key: "acme.ca_files",
        default: "[]",
        meaning: "PEM files trusted for the directory itself, beside the system's roots and egress.ca_files",
    },
    ConfigKey {
        key: "acme.external_account_id",
        default: "\"\"",
        meaning: "key id of an account at the authority to which ours is bound, where it asks for one",
    },
    ConfigKey {
        key: "acme.external_account_key_file",
        default: "\"\"",
        meaning: "file with that account's MAC key in base64url",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn options() -> Options {
        Options {
            directory_url: Some("https://ca.example/dir".to_owned()),
            certificate_arn: Some("arn:aws:acm:us-east-1:000000000000:certificate/acme".to_owned()),
            terms_of_service_agreed: true,
            store: Some(PathBuf::from("/store")),
            ..Options::default()
        }
    }

    #[test]
    fn nothing_is_nothing() {
        assert!(Options::default().settings(None).expect("valid").is_none());
        assert!(options().settings(None).expect("valid").is_some());
    }

    #[test]
    fn mistakes_are_named() {
        let text = |text: &str| Some(text.to_owned());
        let check = |options: Options, expected: &str| {
            let error = options.settings(None).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        };
        let directory = |url| Options { directory_url: text(url), ..options() };
        check(directory("http://ca.example/dir"), "acme.directory_url: 'http://ca.example/dir'");
        check(directory("nowhere"), "acme.directory_url: 'nowhere' is not an https URL");
        check(Options { directory_url: None, ..options() }, "acme.certificate_arn is set, but");
        check(Options { certificate_arn: None, ..options() }, "acme.certificate_arn must");
        check(Options { certificate_arn: text("x"), ..options() }, "acme.certificate_arn: 'x'");
        check(Options { terms_of_service_agreed: false, ..options() }, "terms_of_service_agreed");
        let contact = vec!["ops@example.com".to_owned()];
        check(Options { contact, ..options() }, "acme.contact: 'ops@example.com' is no mailto");
        check(Options { store: None, ..options() }, "acme.store must be a directory");
        check(Options { external_account_id: text("k"), ..options() }, "external_account_key_file");
    }
}
