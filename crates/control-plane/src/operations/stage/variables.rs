//! `stageVariables`: an empty value removes its variable.

use std::collections::BTreeMap;

use gatewright_types::limits;

use crate::error::OperationError;
use crate::validation::{invalid, merge_texts, text_at_most};

/// Lays new variables over a stage's.
pub(super) fn merge(
    variables: &mut BTreeMap<String, String>,
    new: Option<BTreeMap<String, String>>,
) -> Result<(), OperationError> {
    let new = new.unwrap_or_default();
    let legal_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let legal_value = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#&=,".contains(&byte);
    for (name, value) in &new {
        if name.is_empty() || !name.bytes().all(legal_name) {
            let why = format!("'{name}' is not a name of letters, digits and _");
            return Err(invalid("stageVariables", why));
        }
        text_at_most("stageVariables", Some(name), limits::MAP_KEY_CHARS_MAX)?;
        let member = format!("stageVariables.{name}");
        if !value.bytes().all(legal_value) {
            return Err(invalid(&member, "may hold letters, digits and -._~:/?#&=,"));
        }
        text_at_most(&member, Some(value), limits::STAGE_VARIABLE_CHARS_MAX)?;
    }
    merge_texts(variables, new);
    if variables.len() > limits::STAGE_VARIABLES_MAX {
        let why = format!("at most {} variables", limits::STAGE_VARIABLES_MAX);
        return Err(invalid("stageVariables", why));
    }
    Ok(())
}
