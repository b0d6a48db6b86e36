//! The wire and on-disk form of an access key that data planes check signatures with.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An access key that may be used.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccessKeyDocument {
    /// What signatures are made with.
    pub secret_access_key: String,
    /// Whose it is.
    pub user_name: String,
    /// What its holder may do: an IAM policy document.
    pub policy: String,
}

impl fmt::Debug for AccessKeyDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKeyDocument")
            .field("user_name", &self.user_name)
            .field("policy", &self.policy)
            .finish_non_exhaustive()
    }
}
