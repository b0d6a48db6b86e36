//! Laying the environment and the flags over the file.

use anyhow::Context;
use toml::{Table, Value};

use super::keys;
use crate::command_line::Flags;

/// Variables of other tools: clap reads one, Kubernetes sets others for a Service of our name.
fn is_foreign(name: &str) -> bool {
    name == "GATEWRIGHT_CONFIG"
        || name.contains("_SERVICE_")
        || name.contains("_PORT_")
        || name.ends_with("_PORT")
}

/// Lays `GATEWRIGHT_…` over the file.
pub(super) fn environment(
    table: &mut Table,
    variables: impl Iterator<Item = (String, String)>,
) -> anyhow::Result<()> {
    let keys = keys::all();
    for (name, text) in variables.filter(|(name, _)| name.starts_with("GATEWRIGHT_")) {
        match keys.iter().find(|key| keys::variable(key).as_ref() == Some(&name)) {
            Some(key) => {
                let value = value(&text, key.default)
                    .with_context(|| format!("{name}: '{text}' is not valid"))?;
                set(table, key.key, value)?;
            }
            None if is_foreign(&name) => {}
            None => anyhow::bail!("unknown environment variable {name}; docs/CONFIG.md lists all"),
        }
    }
    Ok(())
}

/// Lays flags over everything.
pub(super) fn flags(table: &mut Table, flags: &Flags) -> anyhow::Result<()> {
    for (key, given) in flags.keys() {
        if let Some(text) = given {
            set(table, key, Value::String(text.clone()))?;
        }
    }
    if flags.traffic_self_signed {
        set(table, "traffic.self_signed", Value::Boolean(true))?;
    }
    Ok(())
}

/// A text as a value of the same type as the default, which is written in TOML.
fn value(text: &str, default: &str) -> anyhow::Result<Value> {
    Ok(match default.as_bytes().first() {
        Some(b'"') => Value::String(text.to_owned()),
        Some(b'[') => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Value::Array(items.map(|item| Value::String(item.to_owned())).collect())
        }
        Some(b't' | b'f') => Value::Boolean(text.parse()?),
        // Absent by default, and a number that may have a fraction.
        Some(b'(') => match text.parse() {
            Ok(whole) => Value::Integer(whole),
            Err(_) => Value::Float(text.parse()?),
        },
        _ => Value::Integer(text.parse()?),
    })
}

/// Sets a dotted key, in the tables that it names.
fn set(table: &mut Table, key: &str, value: Value) -> anyhow::Result<()> {
    let Some((section, rest)) = key.split_once('.') else {
        table.insert(key.to_owned(), value);
        return Ok(());
    };
    let section = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    set(section.as_table_mut().context("a section must be a table")?, rest, value)
}
