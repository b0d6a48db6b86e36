//! What the operator's configuration makes of AWS names: an ARN says who is meant, and a table where
//! that is. Nothing is guessed; a name that no table has is refused when it is published.

mod aws;
mod lambda;

use std::collections::BTreeMap;

use gatewright_expressions::IntegrationUri;
use gatewright_types::Region;
use serde::Deserialize;

pub use self::aws::{AwsAccess, AwsAccessError, RoleError};
pub(crate) use self::lambda::FunctionName;
pub use self::lambda::{LambdaEndpoints, LambdaEndpointsError};

/// The tables.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The account's region: where AWS's services are called unless an integration says otherwise.
    pub region: Region,
    /// Where listeners and Cloud Map services are.
    pub private_integrations: PrivateIntegrations,
    /// Where functions are.
    pub lambda: LambdaEndpoints,
    /// Where AWS's services are, and who signs.
    pub aws: AwsAccess,
}

impl Environment {
    /// Every profile that `aws.credentials_file` must have, with the key that names it: those of
    /// roles, and the gateway's own, which signs invocations at `lambda.endpoint`.
    pub fn profiles(&self) -> impl Iterator<Item = (String, &str)> {
        self.aws.profiles(self.lambda.has_endpoint())
    }
}

/// `[private_integrations]`: an ARN of a load balancer's listener or of a Cloud Map service, and the
/// `http(s)://host:port` that is called for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "BTreeMap<String, String>")]
pub struct PrivateIntegrations(BTreeMap<String, IntegrationUri>);

/// An entry of `[private_integrations]` that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrivateIntegrationsError {
    /// The key is none.
    #[error("{0:?} is not an ARN")]
    NotAnArn(String),
    /// The value is none, or has a path or a query, which nobody would send.
    #[error("{arn:?}: {url:?} is not http(s)://host:port")]
    NotAnOrigin {
        /// The key.
        arn: String,
        /// The value.
        url: String,
    },
}

impl PrivateIntegrations {
    /// What an ARN means. With a query, as Cloud Map takes one (`?stage=prod`), it is looked for
    /// whole, then without.
    #[must_use]
    pub fn find(&self, arn: &str) -> Option<&IntegrationUri> {
        let bare = arn.split_once('?').map(|(bare, _)| bare);
        self.0.get(arn).or_else(|| self.0.get(bare?))
    }
}

impl TryFrom<BTreeMap<String, String>> for PrivateIntegrations {
    type Error = PrivateIntegrationsError;

    fn try_from(table: BTreeMap<String, String>) -> Result<Self, Self::Error> {
        let entry = |(arn, url): (String, String)| {
            if !arn.starts_with("arn:") {
                return Err(PrivateIntegrationsError::NotAnArn(arn));
            }
            match IntegrationUri::compile(&url, &[], |_| None) {
                Ok(uri) if uri.is_origin() => Ok((arn, uri)),
                _ => Err(PrivateIntegrationsError::NotAnOrigin { arn, url }),
            }
        };
        table.into_iter().map(entry).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(entries: &[(&str, &str)]) -> Result<PrivateIntegrations, PrivateIntegrationsError> {
        let entries = entries.iter().map(|(arn, url)| ((*arn).to_owned(), (*url).to_owned()));
        PrivateIntegrations::try_from(entries.collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn an_arn_with_a_query_is_found_whole_then_without() {
        let table = table(&[
            ("arn:s", "http://any.example:80"),
            ("arn:s?stage=prod", "https://prod.example/"),
        ])
        .expect("valid");
        let host = |arn| table.find(arn).map(IntegrationUri::authority);
        assert_eq!(host("arn:s"), Some("any.example:80"));
        assert_eq!(host("arn:s?stage=prod"), Some("prod.example"));
        assert_eq!(host("arn:s?stage=test"), Some("any.example:80"));
        assert_eq!(host("arn:t?stage=prod"), None);
    }

    #[test]
    fn entries_that_cannot_be_used_are_refused() {
        let error = table(&[("x", "http://a:1")]).expect_err("no ARN");
        assert_eq!(error, PrivateIntegrationsError::NotAnArn("x".to_owned()));
        for url in
            ["a:1", "ftp://a:1", "http://a:1/p", "http://a:1?q", "http://${stageVariables.h}"]
        {
            let error = table(&[("arn:s", url)]).expect_err(url);
            assert!(matches!(error, PrivateIntegrationsError::NotAnOrigin { .. }), "{error}");
        }
    }
}
