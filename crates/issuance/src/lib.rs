//! Certificates that are got while serving, rather than configured: by ACME from a certificate authority
//! (`acme`), or from an authority of this machine's own, for a laptop (`self_signed`).
//!
//! Either is a loop that is told which domain names there are. What it gets are files; ingress reads
//! them as it reads the operator's own.

mod acme;
mod certificate;
mod options;
mod self_signed;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use acme::{Acme, AcmeError};
pub use options::{AcmeSettings, ChallengeKind, ExternalAccount, KEYS, Options, OptionsError};
pub use self_signed::{LocalAuthority, SelfSignedError};

/// The domain names that certificates are to be got for, each with the ARN under which ingress serves
/// its own.
pub type Wanted = Arc<BTreeMap<String, Arc<str>>>;
