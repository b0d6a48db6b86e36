//! Headers: what a mapping does to them.

use gatewright_types::limits::MAPPED_VALUE_BYTES_MAX;
use gatewright_types::set_header;
use http::header::MaxSizeReached;
use http::{HeaderMap, HeaderName, HeaderValue};
use smallvec::SmallVec;

use super::error::MappingProblem;
use super::expression::Expression;
use super::message::Message;
use super::operation::{Evaluated, Operation};
use super::value::Value;

/// What a mapping says about headers, in the order of application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct HeaderActions {
    actions: Vec<(HeaderName, Operation<Source>)>,
}

/// Where a header's value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Static(HeaderValue),
    /// A header as it came: its value is shared, not copied, when it has but one.
    Header(HeaderName),
    Value(Value),
}

/// Changes of headers for one message, ready to be applied.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderChanges<'m> {
    /// Most mappings make one.
    changes: SmallVec<[(&'m HeaderName, Operation<HeaderValue>); 1]>,
}

impl HeaderActions {
    pub(super) fn push(
        &mut self,
        name: HeaderName,
        operation: Operation<Value>,
    ) -> Result<(), MappingProblem> {
        let operation = operation.try_map(Source::compile)?;
        let at = self.actions.partition_point(|(_, other)| other.rank() <= operation.rank());
        self.actions.insert(at, (name, operation));
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    pub(super) fn evaluate(
        &self,
        message: &Message<'_>,
        scratch: &mut Vec<u8>,
    ) -> HeaderChanges<'_> {
        let mut changes = SmallVec::with_capacity(self.actions.len());
        for (name, operation) in &self.actions {
            let evaluate = |source: &Source| source.evaluate(message, scratch);
            if let Some(operation) = operation.evaluate(evaluate) {
                changes.push((name, operation));
            }
        }
        HeaderChanges { changes }
    }
}

impl HeaderChanges<'_> {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Applies the changes: removes, overwrites, appends. An appended value is one more line.
    pub fn apply(self, headers: &mut HeaderMap) {
        for (name, operation) in self.changes {
            match operation {
                Operation::Remove => {
                    headers.remove(name);
                }
                Operation::Overwrite(value) => {
                    set_header(headers, name.clone(), value);
                }
                Operation::Append(value) => {
                    // A map that is full (32,768 entries, far above what a head may hold) stays as it is.
                    let _: Result<bool, MaxSizeReached> = headers.try_append(name, value);
                }
            }
        }
    }
}

impl Source {
    fn compile(value: Value) -> Result<Self, MappingProblem> {
        match value {
            Value::Static(text) => match HeaderValue::try_from(&text) {
                Ok(value) => Ok(Self::Static(value)),
                Err(_) => Err(MappingProblem::HeaderValue(text)),
            },
            Value::Lone(Expression::Header(name)) => Ok(Self::Header(name)),
            value => Ok(Self::Value(value)),
        }
    }

    /// [`HeaderValue`] refuses line ends, NUL and every other control character but a tab, so a value
    /// can neither end its line nor begin another.
    fn evaluate(&self, message: &Message<'_>, scratch: &mut Vec<u8>) -> Evaluated<HeaderValue> {
        scratch.clear();
        let written = match self {
            Self::Static(value) => return Evaluated::Value(value.clone()),
            Self::Header(name) => {
                let mut values = message.headers.get_all(name).iter();
                match (values.next(), values.next()) {
                    (None, _) => return Evaluated::Nothing,
                    (Some(only), None) => return Evaluated::Value(only.clone()),
                    _ => {
                        let all = Value::Lone(Expression::Header(name.clone()));
                        all.write(message, None, MAPPED_VALUE_BYTES_MAX, scratch)
                    }
                }
            }
            Self::Value(value) => value.write(message, None, MAPPED_VALUE_BYTES_MAX, scratch),
        };
        match written {
            Evaluated::Nothing => Evaluated::Nothing,
            Evaluated::Refused => Evaluated::Refused,
            Evaluated::Value(()) => {
                HeaderValue::from_bytes(scratch).map_or(Evaluated::Refused, Evaluated::Value)
            }
        }
    }
}
