//! What is done to a header or a query parameter.

use super::destination::Verb;
use super::needs::Needs;
use super::value::Value;

/// An operation with its value: compiled, or evaluated for one message. The order of the variants is
/// the order in which they are applied (section 8.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Operation<V> {
    Remove,
    Overwrite(V),
    Append(V),
}

/// What a value comes to for one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Evaluated<V> {
    /// An expression found nothing.
    Nothing,
    /// What it found may not stand where it was to go.
    Refused,
    Value(V),
}

impl Operation<Value> {
    /// The operation of a key. `value` is looked at only where it counts: what stands beside a
    /// `remove` is ignored.
    pub(super) fn compile<E>(
        verb: Verb,
        value: impl FnOnce() -> Result<Value, E>,
    ) -> Result<Self, E> {
        Ok(match verb {
            Verb::Remove => Self::Remove,
            Verb::Overwrite => Self::Overwrite(value()?),
            Verb::Append => Self::Append(value()?),
        })
    }

    pub(super) fn needs(&self) -> Needs {
        match self {
            Self::Remove => Needs::default(),
            Self::Overwrite(value) | Self::Append(value) => value.needs(),
        }
    }

    /// Whether nothing of the client's may stay, even when there is no value to put in its place.
    pub(super) fn removes_first(&self) -> bool {
        matches!(self, Self::Overwrite(value) if value.is_the_gateways_own())
    }
}

impl<V> Operation<V> {
    /// The place in the order of application.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Remove => 0,
            Self::Overwrite(_) => 1,
            Self::Append(_) => 2,
        }
    }

    /// The same operation with another kind of value.
    pub(super) fn try_map<T, E>(
        self,
        change: impl FnOnce(V) -> Result<T, E>,
    ) -> Result<Operation<T>, E> {
        Ok(match self {
            Self::Remove => Operation::Remove,
            Self::Overwrite(value) => Operation::Overwrite(change(value)?),
            Self::Append(value) => Operation::Append(change(value)?),
        })
    }

    /// What is to be done for one message; `None` for nothing.
    pub(super) fn evaluate<T>(
        &self,
        evaluate: impl FnOnce(&V) -> Evaluated<T>,
    ) -> Option<Operation<T>> {
        match self {
            Self::Remove => Some(Operation::Remove),
            Self::Overwrite(value) => match evaluate(value) {
                Evaluated::Value(value) => Some(Operation::Overwrite(value)),
                // What was to be replaced must not stay because a client spoilt the replacement.
                Evaluated::Refused => Some(Operation::Remove),
                Evaluated::Nothing => None,
            },
            Self::Append(value) => match evaluate(value) {
                Evaluated::Value(value) => Some(Operation::Append(value)),
                Evaluated::Refused | Evaluated::Nothing => None,
            },
        }
    }
}
