//! `responseParameters` (section 8.2): by the status code of the integration's answer, and for
//! those alone; what the gateway itself answers is not mapped.

use std::collections::BTreeMap;
use std::fmt;

use http::{HeaderMap, StatusCode};

use super::destination::Destination;
use super::error::{MappingError, MappingProblem};
use super::expression::{Direction, Surroundings};
use super::headers::{HeaderActions, HeaderChanges};
use super::message::{Body, Message};
use super::needs::Needs;
use super::operation::{Evaluated, Operation};
use super::value::Value;
use crate::context_variables::ContextValues;

/// The response mappings of one integration in one stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseMapping {
    /// A few entries at most, sorted by status.
    by_status: Vec<(u16, ResponseActions)>,
}

/// What is done to answers of one status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseActions {
    headers: HeaderActions,
    status: Option<StatusSource>,
    needs: Needs,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum StatusSource {
    Static(StatusCode),
    Value(Value),
}

/// An integration's answer as it came.
#[derive(Clone, Copy)]
pub struct ResponseSource<'r> {
    /// Its headers.
    pub headers: &'r HeaderMap,
    /// Its body, or the beginning, as in [`RequestSource`](super::RequestSource::body). Empty unless
    /// [`ResponseActions::needs_body`].
    pub body: &'r [u8],
    /// Values of `$context`.
    pub context: &'r dyn ContextValues,
}

impl fmt::Debug for ResponseSource<'_> {
    /// Without what is the client's own.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ResponseSource").finish_non_exhaustive()
    }
}

/// What a mapping makes of one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseChanges<'m> {
    /// Changes of the headers that go to the client.
    pub headers: HeaderChanges<'m>,
    /// The status to answer with instead, 200 to 599.
    pub status: Option<StatusCode>,
}

impl ResponseMapping {
    /// Compiles `responseParameters` for a stage whose variables `stage_variable` looks up.
    ///
    /// # Errors
    ///
    /// [`MappingError`] names the first status or key that cannot be understood, and why.
    pub fn compile<'a>(
        parameters: &BTreeMap<String, BTreeMap<String, String>>,
        stage_variable: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Self, MappingError> {
        let surroundings = Surroundings {
            direction: Direction::Response,
            path_variables: &[],
            stage_variable: &stage_variable,
        };
        let mut by_status = Vec::new();
        for (status, parameters) in parameters {
            let code = status_code(status).ok_or_else(|| MappingError {
                key: status.clone(),
                problem: MappingProblem::Status,
            })?;
            let mut actions = ResponseActions::default();
            for (key, text) in parameters {
                actions
                    .add(key, text, surroundings)
                    .map_err(|problem| MappingError { key: format!("{status}.{key}"), problem })?;
            }
            if !actions.is_empty() {
                // Three digits each, so the map's order is that of the numbers.
                by_status.push((code.as_u16(), actions));
            }
        }
        Ok(Self { by_status })
    }

    /// Whether nothing is mapped.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.by_status.is_empty()
    }

    /// Whether a value is a variable of `$context` that repeats what the client said.
    #[must_use]
    pub fn needs_client(&self) -> bool {
        self.by_status.iter().any(|(_, actions)| actions.needs.client)
    }

    /// What is done to an answer with this status; `None` for nothing.
    #[must_use]
    pub fn for_status(&self, status: u16) -> Option<&ResponseActions> {
        let at = self.by_status.binary_search_by_key(&status, |(status, _)| *status).ok()?;
        self.by_status.get(at).map(|(_, actions)| actions)
    }
}

impl ResponseActions {
    /// Whether a value comes from the body, so that it must be there before the answer's head goes.
    #[must_use]
    pub fn needs_body(&self) -> bool {
        self.needs.body
    }

    /// Computes all values from the answer as it came. `scratch` is anything; values are written there
    /// before they are known to be any.
    #[must_use]
    pub fn evaluate(
        &self,
        source: &ResponseSource<'_>,
        scratch: &mut Vec<u8>,
    ) -> ResponseChanges<'_> {
        let message = Message {
            headers: source.headers,
            context: source.context,
            body: Body::new(source.body),
            target: None,
        };
        ResponseChanges {
            headers: self.headers.evaluate(&message, scratch),
            status: self.status.as_ref().and_then(|status| status.evaluate(&message)),
        }
    }

    fn is_empty(&self) -> bool {
        self.headers.is_empty() && self.status.is_none()
    }

    fn add(
        &mut self,
        key: &str,
        text: &str,
        surroundings: Surroundings<'_, '_>,
    ) -> Result<(), MappingProblem> {
        let value = || Value::compile(text, surroundings);
        match Destination::of_response(key)? {
            Destination::Header(verb, name) => {
                let operation = Operation::compile(verb, value)?;
                self.needs = self.needs.and(operation.needs());
                self.headers.push(name, operation)
            }
            Destination::StatusCode => {
                let value = value()?;
                self.needs = self.needs.and(value.needs());
                self.status = Some(StatusSource::compile(value)?);
                Ok(())
            }
            Destination::QueryParameter(..) | Destination::Path => Err(MappingProblem::Destination),
        }
    }
}

impl StatusSource {
    fn compile(value: Value) -> Result<Self, MappingProblem> {
        match value {
            Value::Static(text) => match status_code(&text) {
                Some(code) => Ok(Self::Static(code)),
                None => Err(MappingProblem::StatusCode(text)),
            },
            value => Ok(Self::Value(value)),
        }
    }

    /// What is no status code from 200 to 599 changes nothing.
    fn evaluate(&self, message: &Message<'_>) -> Option<StatusCode> {
        match self {
            Self::Static(code) => Some(*code),
            Self::Value(value) => match value.evaluate(message, None) {
                Evaluated::Value(text) => status_code(std::str::from_utf8(&text).ok()?),
                Evaluated::Nothing | Evaluated::Refused => None,
            },
        }
    }
}

/// Three digits, 200 to 599.
fn status_code(text: &str) -> Option<StatusCode> {
    let code = StatusCode::from_bytes(text.as_bytes()).ok()?;
    (200..=599).contains(&code.as_u16()).then_some(code)
}
