//! The query string: what a mapping does to its parameters.
//!
//! Parameters that no key names stay byte for byte, in their order. What is written anew is text
//! that is percent-encoded here: a configured `%20` reaches the upstream as these three letters.

use super::message::Message;
use super::operation::Operation;
use super::value::Value;
use crate::encode::{QUERY, push_query_value};
use crate::query_string;

/// What a mapping says about query parameters, in the order of application.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct QueryActions {
    actions: Vec<Action>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Action {
    name: String,
    encoded_name: String,
    operation: Operation<Value>,
}

impl QueryActions {
    pub(super) fn push(&mut self, name: String, operation: Operation<Value>) {
        let at = self.actions.partition_point(|other| other.operation.rank() <= operation.rank());
        let operation = match operation {
            Operation::Remove => Operation::Remove,
            Operation::Overwrite(value) => Operation::Overwrite(value.map_text(encoded)),
            Operation::Append(value) => Operation::Append(value.map_text(encoded)),
        };
        self.actions.insert(at, Action { encoded_name: encoded(&name), name, operation });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// The query string to send instead, which may be empty; `None` when there is nothing to do.
    /// What is overwritten goes to the end, before what is appended.
    pub(super) fn evaluate(&self, message: &Message<'_>) -> Option<String> {
        let changes = self.actions.iter().filter_map(|action| {
            let change = action.operation.evaluate(|value| value.evaluate(message, Some(QUERY)))?;
            Some((action, change))
        });
        let changes = changes.collect::<Vec<_>>();
        if changes.is_empty() {
            return None;
        }
        let original = message.target.as_ref()?.query.filter(|query| !query.is_empty());
        let mut query = Query { text: Vec::new(), begun: false };
        for parameter in original.into_iter().flat_map(query_string::parameters) {
            let goes = changes.iter().any(|(action, change)| {
                !matches!(change, Operation::Append(_)) && parameter.is_named(&action.name)
            });
            if !goes {
                query.begin_parameter();
                query.text.extend_from_slice(parameter.raw.as_bytes());
            }
        }
        for (action, change) in &changes {
            if let Operation::Overwrite(value) | Operation::Append(value) = change {
                query.begin_parameter();
                query.text.extend_from_slice(action.encoded_name.as_bytes());
                query.text.push(b'=');
                query.text.extend_from_slice(value);
            }
        }
        // The original is text, and everything else is encoded.
        String::from_utf8(query.text).ok()
    }
}

struct Query {
    text: Vec<u8>,
    begun: bool,
}

impl Query {
    fn begin_parameter(&mut self) {
        if self.begun {
            self.text.push(b'&');
        }
        self.begun = true;
    }
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    push_query_value(&mut encoded, text);
    encoded
}
