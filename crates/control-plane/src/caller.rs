//! Who calls.

use gatewright_policy::Policy;
use gatewright_types::Account;

/// The holder of an access key, whose signature was checked.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) access_key_id: String,
    pub(crate) user_name: String,
    pub(crate) policy: Policy,
}

impl Caller {
    /// The user's ARN.
    pub(crate) fn arn(&self, account: &Account) -> String {
        format!("arn:aws:iam::{}:user/{}", account.id, self.user_name)
    }

    /// The unique id, in the form of IAM's. Users exist by their keys here, so it is made of the key's.
    pub(crate) fn user_id(&self) -> String {
        format!("AIDA{}", self.access_key_id.trim_start_matches("AKIA"))
    }
}
