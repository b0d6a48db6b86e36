//! `requestParameters` (section 8.1).

use std::collections::BTreeMap;
use std::fmt;

use http::HeaderMap;

use super::destination::Destination;
use super::error::{MappingError, MappingProblem};
use super::expression::{Direction, Surroundings};
use super::headers::{HeaderActions, HeaderChanges};
use super::message::Message;
use super::needs::Needs;
use super::operation::{Evaluated, Operation};
use super::query::QueryActions;
use super::value::Value;
use crate::context_variables::ContextValues;
use crate::encode::{PATH, path_literal};

/// The request mapping of one integration, for one route of one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestMapping {
    headers: HeaderActions,
    query: QueryActions,
    path: Option<Value>,
    needs: Needs,
}

/// A request as it came, before the gateway changed any of it.
#[derive(Clone, Copy)]
pub struct RequestSource<'r> {
    /// The client's headers.
    pub headers: &'r HeaderMap,
    /// The path without the stage, decoded.
    pub path: &'r str,
    /// The decoded value of the route's path variable of an index.
    pub path_variable: &'r dyn Fn(usize) -> &'r str,
    /// The client's query string, as received.
    pub query: Option<&'r str>,
    /// The body; of that, a [`RequestMapping`] needs no more than the first [`MAPPED_BODY_BYTES_MAX`]
    /// bytes: JSON paths look at no others, and a longer body is too long for a value. Empty unless it
    /// is needed.
    ///
    /// [`MAPPED_BODY_BYTES_MAX`]: gatewright_types::limits::MAPPED_BODY_BYTES_MAX
    pub body: &'r [u8],
    /// Values of `$context`.
    pub context: &'r dyn ContextValues,
}

impl fmt::Debug for RequestSource<'_> {
    /// Without what is the client's own.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RequestSource").finish_non_exhaustive()
    }
}

/// What a mapping makes of one request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestChanges<'m> {
    /// Changes of the headers that go upstream.
    pub headers: HeaderChanges<'m>,
    /// The path to send instead of the integration URI's, percent-encoded and beginning with `/`.
    pub path: Option<String>,
    /// The query string to send instead of the client's; an empty one stands for none.
    pub query: Option<String>,
}

impl RequestMapping {
    /// Compiles `requestParameters` for a route whose path variables are `path_variables`, in order,
    /// in a stage whose variables `stage_variable` looks up.
    ///
    /// # Errors
    ///
    /// [`MappingError`] names the first key that cannot be understood, and why.
    pub fn compile<'a>(
        parameters: &BTreeMap<String, String>,
        path_variables: &[&str],
        stage_variable: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Self, MappingError> {
        let surroundings = Surroundings {
            direction: Direction::Request,
            path_variables,
            stage_variable: &stage_variable,
        };
        let mut mapping = Self::default();
        for (key, text) in parameters {
            mapping
                .add(key, text, surroundings)
                .map_err(|problem| MappingError { key: key.clone(), problem })?;
        }
        Ok(mapping)
    }

    /// Whether nothing is mapped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.query.is_empty() && self.path.is_none()
    }

    /// Whether a value comes from the body, so that it must be there before the request goes on.
    #[must_use]
    pub fn needs_body(&self) -> bool {
        self.needs.body
    }

    /// Whether a value is a variable of `$context` that repeats what the client said.
    #[must_use]
    pub fn needs_client(&self) -> bool {
        self.needs.client
    }

    /// Computes all values from the request as it came. `scratch` is anything; values are written there
    /// before they are known to be any.
    #[must_use]
    pub fn evaluate(
        &self,
        source: &RequestSource<'_>,
        scratch: &mut Vec<u8>,
    ) -> RequestChanges<'_> {
        let message = Message::of_request(source);
        RequestChanges {
            headers: self.headers.evaluate(&message, scratch),
            path: self.path.as_ref().and_then(|value| path(value, &message)),
            query: self.query.evaluate(&message),
        }
    }

    fn add(
        &mut self,
        key: &str,
        text: &str,
        surroundings: Surroundings<'_, '_>,
    ) -> Result<(), MappingProblem> {
        let value = || Value::compile(text, surroundings);
        match Destination::of_request(key)? {
            Destination::Header(verb, name) => {
                let operation = Operation::compile(verb, value)?;
                self.needs = self.needs.and(operation.needs());
                if operation.removes_first() {
                    self.headers.push(name.clone(), Operation::Remove)?;
                }
                self.headers.push(name, operation)
            }
            Destination::QueryParameter(verb, name) => {
                let operation = Operation::compile(verb, value)?;
                self.needs = self.needs.and(operation.needs());
                if operation.removes_first() {
                    self.query.push(name.clone(), Operation::Remove);
                }
                self.query.push(name, operation);
                Ok(())
            }
            Destination::Path => {
                let value = value()?;
                self.needs = self.needs.and(value.needs());
                self.path = Some(value.map_text(path_literal));
                Ok(())
            }
            Destination::StatusCode => Err(MappingProblem::Destination),
        }
    }
}

/// What a request brings is encoded, `%` and `?` included, so that it can neither begin a query
/// string nor an encoded byte; its slashes stay.
fn path(value: &Value, message: &Message<'_>) -> Option<String> {
    let Evaluated::Value(path) = value.evaluate(message, Some(PATH)) else { return None };
    let path = String::from_utf8(path).ok()?;
    Some(if path.starts_with('/') { path } else { format!("/{path}") })
}
