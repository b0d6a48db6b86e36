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
        Some(text) if text.chars().count() > characters_max => {
            Err(invalid(member, format!("must have at most {characters_max} characters")))
        }
        _ => Ok(()),
    }
}

/// Refuses a map with too many entries, or a value that is too long; its key is named.
pub(crate) fn texts_at_most(
    member: &str,
    map: Option<&BTreeMap<String, String>>,
    characters_max: usize,
) -> Result<(), OperationError> {
    let Some(map) = map else { return Ok(()) };
    entries_at_most(member, map.len())?;
    for (key, value) in map {
        text_at_most(member, Some(key), limits::MAP_KEY_CHARS_MAX)?;
        text_at_most(&format!("{member}.{key}"), Some(value), characters_max)?;
    }
    Ok(())
}

/// Refuses a list or map with too many entries.
pub(crate) fn entries_at_most(member: &str, entries: usize) -> Result<(), OperationError> {
    if entries > limits::LIST_ENTRIES_MAX {
        return Err(invalid(member, format!("at most {} entries", limits::LIST_ENTRIES_MAX)));
    }
    Ok(())
}

/// 400 for a member, by the member's name.
pub(crate) fn invalid(member: &str, why: impl std::fmt::Display) -> OperationError {
    OperationError::bad_request(format!("Invalid value for '{member}': {why}"))
}

/// A member that only WebSocket APIs have; one that is not set passes.
pub(crate) fn websocket_only(member: &str, given: bool) -> Result<(), OperationError> {
    if given {
        return Err(OperationError::bad_request(format!(
            "{member} is only supported for WEBSOCKET APIs"
        )));
    }
    Ok(())
}

/// A name that must be there, within its bound.
pub(crate) fn required_name(member: &str, name: Option<String>) -> Result<String, OperationError> {
    let name = created_text(name).ok_or_else(|| missing_member(member))?;
    text_at_most(member, Some(&name), limits::NAME_CHARS_MAX)?;
    Ok(name)
}

/// 400 for a member that must be there.
pub(crate) fn missing_member(member: &str) -> OperationError {
    OperationError::bad_request(format!("Missing required member '{member}'"))
}

/// Refuses tags out of bounds (spec/management-api.md section 5).
pub(crate) fn tags(tags: Option<&BTreeMap<String, String>>) -> Result<(), OperationError> {
    let Some(tags) = tags else { return Ok(()) };
    if tags.len() > limits::TAGS_MAX {
        return Err(invalid("tags", format!("at most {} tags", limits::TAGS_MAX)));
    }
    for (key, value) in tags {
        if key.is_empty() || key.starts_with("aws:") {
            return Err(invalid("tags", format!("'{key}' is not a tag key")));
        }
        text_at_most("tags", Some(key), limits::TAG_KEY_CHARS_MAX)?;
        text_at_most("tags", Some(value), limits::TAG_VALUE_CHARS_MAX)?;
        if let Some(character) = key.chars().chain(value.chars()).find(|c| !is_tag_character(*c)) {
            return Err(invalid("tags", format!("'{key}' holds {character:?}")));
        }
    }
    Ok(())
}

/// Letters, digits, space and `. : + = @ _ / -`, in any script.
fn is_tag_character(character: char) -> bool {
    character.is_alphanumeric() || " .:+=@_/-".contains(character)
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
