//! The message that expressions look at: a request, or an integration's answer.

use std::cell::OnceCell;

use gatewright_types::limits::MAPPED_BODY_BYTES_MAX;
use http::HeaderMap;
use serde_json::value::RawValue;

use super::request::RequestSource;
use crate::context_variables::ContextValues;

pub(super) struct Message<'r> {
    pub(super) headers: &'r HeaderMap,
    pub(super) context: &'r dyn ContextValues,
    pub(super) body: Body<'r>,
    /// `None` for an answer, whose expressions know none of it.
    pub(super) target: Option<Target<'r>>,
}

impl<'r> Message<'r> {
    /// Of a request as it came.
    pub(super) fn of_request(source: &RequestSource<'r>) -> Self {
        Self {
            headers: source.headers,
            context: source.context,
            body: Body::new(source.body),
            target: Some(Target {
                path: source.path,
                path_variable: source.path_variable,
                query: source.query,
            }),
        }
    }
}

/// What a request has and an answer has not.
pub(super) struct Target<'r> {
    pub(super) path: &'r str,
    pub(super) path_variable: &'r dyn Fn(usize) -> &'r str,
    pub(super) query: Option<&'r str>,
}

/// A body, read as JSON at most once, and only when an expression asks.
pub(super) struct Body<'r> {
    bytes: &'r [u8],
    json: OnceCell<Option<&'r RawValue>>,
}

impl<'r> Body<'r> {
    pub(super) fn new(bytes: &'r [u8]) -> Self {
        Self { bytes, json: OnceCell::new() }
    }

    /// What the client sent. May be cut behind [`MAPPED_BODY_BYTES_MAX`]; a longer body is too long
    /// for a value, whole or cut.
    pub(super) fn bytes(&self) -> &'r [u8] {
        self.bytes
    }

    /// The body cut at 100 KB, if that is JSON. What is longer seldom is.
    pub(super) fn json(&self) -> Option<&'r RawValue> {
        *self.json.get_or_init(|| {
            let start = self.bytes.get(..MAPPED_BODY_BYTES_MAX).unwrap_or(self.bytes);
            serde_json::from_slice(start).ok()
        })
    }
}
