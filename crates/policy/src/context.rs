//! What a request knows beside its action and resource: the values of condition keys.

use std::borrow::Cow;

/// Where condition keys and policy variables get their values.
///
/// This crate knows no key: which exist, and for which requests, is the caller's to say
/// ([`crate::Policy::condition_keys`] lets it refuse the others).
pub trait Context {
    /// The values of a key, or `None` when the request has no such key.
    ///
    /// `key` has its ASCII letters in lower case (`aws:sourceip`), since AWS compares key names
    /// without regard to case; compare a tag's name (`aws:requesttag/costcenter`) that way, too.
    /// Times are ISO 8601 or seconds since the epoch, flags `true` or `false`.
    fn values(&self, key: &str) -> Option<Values<'_>>;
}

/// A request without condition keys.
impl Context for () {
    fn values(&self, _: &str) -> Option<Values<'_>> {
        None
    }
}

/// The values of one condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Values<'a> {
    /// Of a single-valued key, like `aws:SourceIp`.
    One(Cow<'a, str>),
    /// Of a multivalued key, like `aws:TagKeys`; it cannot be a policy variable. Without any value
    /// the key counts as absent.
    Many(Vec<Cow<'a, str>>),
}

impl<'a> Values<'a> {
    pub(crate) fn as_slice(&self) -> &[Cow<'a, str>] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl<'a> From<&'a str> for Values<'a> {
    fn from(value: &'a str) -> Self {
        Self::One(Cow::Borrowed(value))
    }
}

impl From<String> for Values<'_> {
    fn from(value: String) -> Self {
        Self::One(Cow::Owned(value))
    }
}

impl<'a, T: Into<Cow<'a, str>>> FromIterator<T> for Values<'a> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self::Many(values.into_iter().map(Into::into).collect())
    }
}
