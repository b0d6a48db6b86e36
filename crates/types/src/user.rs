//! Users: holders of access keys, as IAM names them.

use crate::Account;

/// The ARN of a user.
#[must_use]
pub fn user_arn(account: &Account, user_name: &str) -> String {
    format!("arn:aws:iam::{}:user/{user_name}", account.id)
}

/// A user's unique id, in the form of IAM's. Users exist by their keys here, so it is made of the
/// key's.
#[must_use]
pub fn user_id(access_key_id: &str) -> String {
    format!("AIDA{}", access_key_id.trim_start_matches("AKIA"))
}
