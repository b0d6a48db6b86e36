//! Patterns of actions. Follows "IAM JSON policy elements: Action": a service, a colon, and the
//! action's name with `*` and `?`; both are compared without regard to case.
//!
//! Like IAM ("vendor must be fully qualified"), no wildcards in the service, except in `*` and
//! `*:*`. Policy variables do not work in actions, so their characters are refused.

use crate::error::{Problem, shown};
use crate::glob::{Case, Glob};
use crate::text::{Version, Wildcards, tokens};

/// Reads a pattern of actions.
pub(crate) fn pattern(text: &str) -> Result<Glob, Problem> {
    let valid = text == "*"
        || text.split_once(':').is_some_and(|(service, name)| {
            let named = |text: &str, also: &str| {
                !text.is_empty()
                    && text.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
            };
            text == "*:*" || named(service, "-") && named(name, "*?-_")
        });
    if !valid {
        return Err(Problem::Action(shown(text)));
    }
    let tokens = tokens(text, Version::V2008, Wildcards::Match)?;
    Ok(Glob::new(tokens, Case::Ignored))
}
