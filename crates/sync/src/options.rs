//! What operators may set.

use std::path::{Path, PathBuf};

use gatewright_egress::{OwnTls, PemFile};
use gatewright_ingress::{DnsName, HalfPair, PortCertificate, PortClients};
use gatewright_types::ConfigKey;
use serde::{Deserialize, Deserializer};

/// `[feed]`, but for where it listens. One section for both ends, so that they can share a file: what is the
/// other end's is not looked at.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Where a data plane finds its control plane, without the path.
    pub url: Option<String>,
    /// Tokens, one a line: a control plane accepts each, a data plane sends the first.
    #[serde(deserialize_with = "path")]
    pub token_file: Option<PathBuf>,
    /// A control plane's certificate, with which it speaks TLS only.
    #[serde(deserialize_with = "path")]
    pub cert_file: Option<PathBuf>,
    /// Its key.
    #[serde(deserialize_with = "path")]
    pub key_file: Option<PathBuf>,
    /// Who has to have issued the certificates of data planes.
    #[serde(deserialize_with = "path")]
    pub client_ca_file: Option<PathBuf>,
    /// The names of which those have to have one.
    pub client_names: Vec<String>,
    /// Who has to have issued the certificate that a data plane finds at the URL.
    #[serde(deserialize_with = "path")]
    pub ca_file: Option<PathBuf>,
    /// A data plane's own certificate.
    #[serde(deserialize_with = "path")]
    pub client_cert_file: Option<PathBuf>,
    /// Its key.
    #[serde(deserialize_with = "path")]
    pub client_key_file: Option<PathBuf>,
}

/// What does not go together.
#[derive(Debug, thiserror::Error)]
pub enum OptionsError {
    /// A key is missing.
    #[error(transparent)]
    Pair(#[from] HalfPair),
    /// A key means nothing without another.
    #[error("{key} needs {needed}")]
    Needs {
        /// The key that is set.
        key: &'static str,
        /// The one that is not.
        needed: &'static str,
    },
    /// No name that a certificate could have.
    #[error("feed.client_names: '{0}' is not a DNS name")]
    Name(String),
    /// Everybody would get the feed.
    #[error(
        "feed.token_file must be set, or feed.client_ca_file: who has neither a token nor a certificate gets no feed"
    )]
    Open,
}

/// How a control plane serves the feed, and to whom: at the least, a token or a client's certificate is wanted.
#[derive(Clone, Debug)]
pub struct FeedPort {
    /// Of tokens, of which one is wanted.
    pub(crate) token_file: Option<PathBuf>,
    certificate: Option<PortCertificate>,
}

impl FeedPort {
    /// The certificate, and who is asked for one in turn; absent where plain HTTP is spoken.
    #[must_use]
    pub fn certificate(&self) -> Option<&PortCertificate> {
        self.certificate.as_ref()
    }

    /// The tokens, where they are wanted.
    #[must_use]
    pub fn token_file(&self) -> Option<&Path> {
        self.token_file.as_deref()
    }
}

impl Options {
    /// Looks at what has to be right whichever end this is.
    ///
    /// # Errors
    ///
    /// [`OptionsError`] names the key.
    pub fn check(&self) -> Result<(), OptionsError> {
        self.certificate()?;
        self.own_tls()?;
        Ok(())
    }

    /// A control plane's end.
    ///
    /// # Errors
    ///
    /// [`OptionsError`] names the key.
    pub fn port(&self) -> Result<FeedPort, OptionsError> {
        let (certificate, token_file) = (self.certificate()?, self.token_file.clone());
        let wants_certificates =
            certificate.as_ref().is_some_and(|certificate| certificate.clients.is_some());
        match token_file.is_some() || wants_certificates {
            true => Ok(FeedPort { token_file, certificate }),
            false => Err(OptionsError::Open),
        }
    }

    fn certificate(&self) -> Result<Option<PortCertificate>, OptionsError> {
        let needs = |key, needed| Err(OptionsError::Needs { key, needed });
        let (cert_file, key_file) = (self.cert_file.as_deref(), self.key_file.as_deref());
        let mut certificate = PortCertificate::of("feed", cert_file, key_file)?;
        match (&self.client_ca_file, &mut certificate) {
            (None, _) if !self.client_names.is_empty() => {
                return needs("feed.client_names", "feed.client_ca_file");
            }
            (None, _) => {}
            (Some(_), None) => return needs("feed.client_ca_file", "feed.cert_file"),
            (Some(ca_file), Some(certificate)) => {
                let names = self.client_names.iter().map(|name| dns_name(name));
                let names = names.collect::<Result<_, _>>()?;
                certificate.clients = Some(PortClients { ca_file: ca_file.clone(), names });
            }
        }
        Ok(certificate)
    }

    /// The TLS of a data plane's end.
    pub(crate) fn own_tls(&self) -> Result<OwnTls, OptionsError> {
        let needs = |key, needed| Err(OptionsError::Needs { key, needed });
        let file = |key, path: &Path| PemFile { key, path: path.to_owned() };
        let certificate = match (&self.client_cert_file, &self.client_key_file) {
            (None, None) => None,
            (Some(_), None) => return needs("feed.client_cert_file", "feed.client_key_file"),
            (None, Some(_)) => return needs("feed.client_key_file", "feed.client_cert_file"),
            (Some(certificate), Some(key)) => Some((
                file("feed.client_cert_file", certificate),
                file("feed.client_key_file", key),
            )),
        };
        let ca_file = self.ca_file.as_deref().map(|path| file("feed.ca_file", path));
        Ok(OwnTls { ca_file, certificate })
    }
}

fn dns_name(name: &str) -> Result<DnsName<'static>, OptionsError> {
    DnsName::try_from(name.to_owned()).map_err(|_| OptionsError::Name(name.to_owned()))
}

/// An empty path is none.
fn path<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<PathBuf>, D::Error> {
    let path = Option::<PathBuf>::deserialize(deserializer)?;
    Ok(path.filter(|path| !path.as_os_str().is_empty()))
}

/// The keys of `[feed]`, for docs/CONFIG.md.
pub const KEYS: &[ConfigKey] = &[
    ConfigKey {
        key: "feed.url",
        default: "\"\"",
        meaning: "data-plane: where it finds its control plane, for example https://control-plane:8082; http:// works too, with a warning",
    },
    ConfigKey {
        key: "feed.token_file",
        default: "\"\"",
        meaning: "file of bearer tokens, one a line: a control plane accepts each, a data plane sends the first. Required, unless certificates of data planes are",
    },
    ConfigKey {
        key: "feed.cert_file",
        default: "\"\"",
        meaning: "control-plane: a certificate in PEM, the chain included, with which the feed is served by TLS only; read again when it changes",
    },
    ConfigKey {
        key: "feed.key_file",
        default: "\"\"",
        meaning: "control-plane: its key: PKCS#8, SEC1 or PKCS#1 in PEM",
    },
    ConfigKey {
        key: "feed.client_ca_file",
        default: "\"\"",
        meaning: "control-plane: PEM file of issuers, one of which has to have issued the certificate that each data plane then has to have; beside a token_file both are wanted; read again when it changes",
    },
    ConfigKey {
        key: "feed.client_names",
        default: "[]",
        meaning: "control-plane: DNS names of which such a certificate has to have one (as subjectAltName); empty: every certificate of these issuers will do",
    },
    ConfigKey {
        key: "feed.ca_file",
        default: "\"\"",
        meaning: "data-plane: PEM file of issuers, one of which has to have issued the certificate found at feed.url; empty: the system's roots and egress.ca_files; read again for each connection",
    },
    ConfigKey {
        key: "feed.client_cert_file",
        default: "\"\"",
        meaning: "data-plane: the certificate that it shows to its control plane, in PEM; read again for each connection",
    },
    ConfigKey { key: "feed.client_key_file", default: "\"\"", meaning: "data-plane: its key" },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str) -> Option<PathBuf> {
        Some(name.into())
    }

    #[test]
    fn what_does_not_go_together_is_refused_by_name() {
        let tls = Options { cert_file: file("c"), key_file: file("k"), ..Options::default() };
        let no_key = Options { key_file: None, ..tls.clone() };
        let no_cert = Options { cert_file: None, ..tls.clone() };
        let plain = Options { client_ca_file: file("ca"), ..Options::default() };
        let anybody = Options { client_names: vec!["a.example".to_owned()], ..tls.clone() };
        let names = ["10.0.0.1", "", "a b"].map(|name| Options {
            client_ca_file: file("ca"),
            client_names: vec![name.to_owned()],
            ..tls.clone()
        });
        let no_client_key = Options { client_cert_file: file("c"), ..Options::default() };
        let no_client_cert = Options { client_key_file: file("k"), ..Options::default() };
        let broken = [
            (no_key, "feed.key_file must be set beside feed.cert_file"),
            (no_cert, "feed.cert_file must be set beside feed.key_file"),
            (plain, "feed.client_ca_file needs feed.cert_file"),
            (anybody, "feed.client_names needs feed.client_ca_file"),
            (no_client_key, "feed.client_cert_file needs feed.client_key_file"),
            (no_client_cert, "feed.client_key_file needs feed.client_cert_file"),
        ];
        for (options, expected) in broken {
            assert_eq!(options.check().expect_err(expected).to_string(), expected);
        }
        for options in names {
            let error = options.check().expect_err("no name").to_string();
            assert!(error.starts_with("feed.client_names: '"), "{error}");
        }
        tls.check().expect("whole");
    }

    #[test]
    fn nobody_gets_the_feed_without_a_token_or_a_certificate() {
        let tls = Options { cert_file: file("c"), key_file: file("k"), ..Options::default() };
        for open in [Options::default(), tls.clone()] {
            assert!(matches!(open.port(), Err(OptionsError::Open)));
        }
        let token = Options { token_file: file("t"), ..Options::default() };
        assert!(token.port().expect("closed").certificate().is_none());
        let mutual = Options { client_ca_file: file("ca"), ..tls };
        let port = mutual.port().expect("closed");
        assert!(port.token_file().is_none());
        assert!(port.certificate().is_some_and(|certificate| certificate.clients.is_some()));
    }
}
