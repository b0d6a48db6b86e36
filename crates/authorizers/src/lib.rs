//! Who may call a route: one file per `authorizationType`.

mod condition_keys;
pub mod iam;
pub mod jwt;
pub mod lambda;
mod options;

pub use condition_keys::ConditionKeys;
pub use options::{KEYS, Options};
