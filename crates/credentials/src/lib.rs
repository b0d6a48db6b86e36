//! Who signs what the gateway sends to AWS services, and to what speaks like them.
//!
//! Credentials come from one file in the format that AWS's tools share, which is read again while
//! the gateway serves, so that secrets rotate without a restart. No secret is ever shown: not in a
//! log, not by `Debug`, not in an error.

mod profile_table;
mod profiles;
mod signer;

pub use profile_table::MalformedProfiles;
pub use profiles::{Profiles, ProfilesError};
pub use signer::{NoCredentials, Signer};
