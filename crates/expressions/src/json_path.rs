//! The JSON paths of `$request.body.<path>` and `$response.body.<path>`
//! (`http-api-parameter-mapping`; spec/http-api-runtime.md section 8.3).
//!
//! Members as `.name` or `['name']`, elements as `[0]` or, from the end, `[-1]`, and all of either as
//! `[*]` or `.*`. Recursive descent and filters AWS does not have; slices and unions it does not
//! document, and they are refused by name.
//!
//! The path walks over the text itself and builds no tree: a hostile body costs one reading per
//! step and no nesting of ours, members keep their order, and a number its own spelling. That is
//! also why no crate does this: those at hand work on trees and bring what AWS lacks.

mod parse;
mod walk;

use serde_json::value::RawValue;

pub use parse::JsonPathError;

/// A path, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct JsonPath {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    /// Counted from the end when negative.
    Element(i32),
    Every,
}

impl JsonPath {
    /// Parses what stands behind `$request.body`: `.name[0]`.
    pub(crate) fn parse(text: &str) -> Result<Self, JsonPathError> {
        Ok(Self { steps: parse::steps(text)? })
    }

    /// Appends what the path finds: a string bare, a number or boolean as it is written, objects and
    /// arrays as compact JSON, and for a path with `*` the array of all that it finds. `None` when
    /// that is nothing, or null.
    pub(crate) fn write(&self, document: &RawValue, out: &mut Vec<u8>) -> Option<()> {
        let mut found = vec![document];
        for step in &self.steps {
            let mut next = Vec::new();
            for value in found {
                step.select(value, &mut next);
            }
            found = next;
        }
        if self.steps.contains(&Step::Every) {
            return write_array(&found, out);
        }
        write_bare(found.first()?, out)
    }
}

fn write_array(values: &[&RawValue], out: &mut Vec<u8>) -> Option<()> {
    if values.is_empty() {
        return None;
    }
    let mut separator = b'[';
    for value in values {
        out.push(separator);
        walk::write_compact(value, out);
        separator = b',';
    }
    out.push(b']');
    Some(())
}

fn write_bare(value: &RawValue, out: &mut Vec<u8>) -> Option<()> {
    let text = value.get();
    match text.as_bytes().first()? {
        b'n' => return None,
        b'"' if text.contains('\\') => {
            let text = serde_json::from_str::<String>(text).ok()?;
            out.extend_from_slice(text.as_bytes());
        }
        b'"' => out.extend_from_slice(text.get(1..text.len() - 1)?.as_bytes()),
        _ => walk::write_compact(value, out),
    }
    Some(())
}

#[cfg(test)]
mod tests;
