//! Who calls.

use gatewright_policy::Policy;
use gatewright_types::{Account, user_arn, user_id};

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
        user_arn(account, &self.user_name)
    }

    /// The user's unique id.
    pub(crate) fn user_id(&self) -> String {
        user_id(&self.access_key_id)
    }
}
