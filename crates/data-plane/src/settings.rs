//! What a data plane is told by its operator.

use std::sync::Arc;

use gatewright_ingress::{Certificates, Challenges, Truststores};
use gatewright_integrations::Profiles;
use gatewright_snapshot::Environment;
use gatewright_types::{Account, OperatorLimits};

/// Whom it serves for, and within which bounds.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The account and region in ARNs, host names and `$context`.
    pub account: Account,
    /// What follows `{apiId}.execute-api.{region}.` in host names.
    pub base_domain: String,
    /// Which tokens are taken.
    pub jwt: gatewright_authorizers::Options,
    /// What ARNs in resources mean.
    pub environment: Environment,
    /// Who signs what is sent to AWS services.
    pub profiles: Profiles,
    /// Those of clients that come by TLS; absent where they come by no other way than plain HTTP.
    pub certificates: Option<Certificates>,
    /// What the certificates of those clients are held against.
    pub truststores: Truststores,
    /// Which domain names get a certificate of their own while serving.
    pub issuance: Issuance,
    /// What certificate authorities ask for to see that a name is ours.
    pub challenges: Option<Challenges>,
    /// AWS's limits, where they were moved.
    pub limits: OperatorLimits,
}

/// Which domain names get a certificate of their own while serving, instead of a configured one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Issuance {
    /// None.
    #[default]
    Nothing,
    /// Those whose `certificateArn` is this.
    Of(Arc<str>),
    /// Those whose `certificateArn` is not configured.
    Unconfigured,
}
