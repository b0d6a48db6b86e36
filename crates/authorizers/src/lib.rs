//! Who may call a route: one file per `authorizationType`.

pub mod jwt;
mod options;

pub use options::{KEYS, Options};
