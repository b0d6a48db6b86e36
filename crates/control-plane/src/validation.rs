//! Bounds of members, each refusal naming its member.

use std::collections::BTreeMap;

use gatewright_types::limits;

use crate::error::OperationError;

/// Refuses a text that is longer than its bound; empty is legal where it clears.
pub(crate) fn text_at_most(
    member: &str,
    text: Option<&str>,
    characters_max: usize,
) -> Result<(), OperationError> {
    match text {
        Some(text) if text.chars().count() > characters_max => Err(OperationError::bad_request(
            format!("Invalid value for '{member}': must have at most {characters_max} characters"),
        )),
        _ => Ok(()),
    }
}

/// Refuses tags out of bounds (spec/management-api.md section 5).
pub(crate) fn tags(tags: Option<&BTreeMap<String, String>>) -> Result<(), OperationError> {
    let Some(tags) = tags else { return Ok(()) };
    if tags.len() > limits::TAGS_MAX {
        return Err(OperationError::bad_request(format!(
            "Invalid value for 'tags': at most {} tags",
            limits::TAGS_MAX
        )));
    }
    for (key, value) in tags {
        if key.is_empty() || key.starts_with("aws:") {
            return Err(OperationError::bad_request(format!(
                "Invalid value for 'tags': '{key}' is not a tag key"
            )));
        }
        text_at_most("tags", Some(key), limits::TAG_KEY_CHARS_MAX)?;
        text_at_most("tags", Some(value), limits::TAG_VALUE_CHARS_MAX)?;
    }
    Ok(())
}

/// The value a text member has after an update: absent keeps, empty clears.
pub(crate) fn updated_text(current: Option<String>, new: Option<String>) -> Option<String> {
    match new {
        None => current,
        Some(text) if text.is_empty() => None,
        Some(text) => Some(text),
    }
}

/// The value a text member has after a create: empty is absent.
pub(crate) fn created_text(new: Option<String>) -> Option<String> {
    updated_text(None, new)
}

/// Lays new entries over a map; an empty value removes its key.
pub(crate) fn merge_texts(current: &mut BTreeMap<String, String>, new: BTreeMap<String, String>) {
    for (key, value) in new {
        if value.is_empty() {
            current.remove(&key);
        } else {
            current.insert(key, value);
        }
    }
}
