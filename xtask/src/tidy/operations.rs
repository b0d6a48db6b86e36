//! The 103 operations of the API Gateway V2 reference: each has its function and its test, or
//! stands in docs/COMPATIBILITY.md as not yet. Compared both ways.

use std::path::Path;

use super::{Findings, files};

pub(super) fn check(root: &Path) -> anyhow::Result<Findings> {
    let read = |path: &str| std::fs::read_to_string(root.join(path));
    let table = read("crates/control-plane/src/operation_table.rs")?;
    let compatibility = read("docs/COMPATIBILITY.md")?;
    let functions = concatenated(root, "crates/control-plane/src/operations", "rs")?;
    let tests = concatenated(root, "tests/sdk", "py")?;
    let not_yet = compatibility
        .split_once("<!-- operations not yet -->")
        .and_then(|(_, rest)| rest.split_once("<!-- end -->"))
        .map(|(section, _)| section)
        .unwrap_or_default();
    let names = table
        .split("operation(")
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect::<Vec<_>>();
    let mut findings = Findings::new();
    if names.len() != 103 {
        findings.push(format!("the operation table has {} rows, the reference 103", names.len()));
    }
    for name in names {
        let snake = snake_case(name);
        let built = functions.contains(&format!("fn {snake}("));
        let tested = tests.contains(&format!(".{snake}("));
        let listed = not_yet.contains(&format!("`{name}`"));
        match (built, listed) {
            (true, true) => findings.push(format!("{name} is built, and listed as not yet")),
            (false, false) => {
                findings.push(format!("{name} is neither built nor listed as not yet"))
            }
            (true, false) if !tested => findings.push(format!("{name} has no test in tests/sdk")),
            _ => {}
        }
    }
    Ok(findings)
}

/// The text of all files below a folder.
fn concatenated(root: &Path, folder: &str, extension: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    for path in files(&root.join(folder), extension)? {
        text.push_str(&std::fs::read_to_string(path)?);
    }
    Ok(text)
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}
