//! Policy variables. Follows "IAM policy elements: Variables and tags", its section "Policy
//! variables with no value" included: a string with such a variable matches nothing.
//!
//! A value stands for itself: a `*` in it is no wildcard, since it comes from the request. A
//! multivalued key cannot be a variable ("Single-valued vs. multivalued context keys"), and an
//! empty value is none.

use std::borrow::Cow;

use crate::context::{Context, Values};
use crate::error::{Problem, shown};

/// `${key}` or `${key, 'default'}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    pub(crate) key: Box<str>,
    pub(crate) default: Option<Box<str>>,
}

impl Variable {
    pub(crate) fn value<'a>(&'a self, context: &'a dyn Context) -> Option<Cow<'a, str>> {
        match context.values(&self.key) {
            Some(Values::One(value)) if !value.is_empty() => Some(value),
            _ => self.default.as_deref().map(Cow::Borrowed),
        }
    }
}

/// The name of a condition key, in lower case: key names compare without regard to case.
pub(crate) fn key(text: &str) -> Result<Box<str>, Problem> {
    let named =
        text.split_once(':').is_some_and(|(service, name)| !service.is_empty() && !name.is_empty());
    // Within a tag's name nearly everything may stand, spaces too.
    if !named || text.contains("${") || text.contains(char::is_control) {
        return Err(Problem::Key(shown(text)));
    }
    Ok(text.to_ascii_lowercase().into())
}
