//! The 103 operations of the API Gateway V2 reference, and those of v1 that WebSocket APIs need:
//! each has its function and its test, or stands in docs/COMPATIBILITY.md as not yet. Compared both
//! ways.

use std::path::Path;

use super::{Findings, files};

/// A table of operations, how many there are, and where those are listed that are not yet.
struct Table {
    file: &'static str,
    rows: usize,
    not_yet: &'static str,
}

const TABLES: [Table; 2] = [
    Table { file: "operation_table.rs", rows: 103, not_yet: "<!-- operations not yet -->" },
    Table { file: "operation_table_v1.rs", rows: 19, not_yet: "<!-- v1 operations not yet -->" },
];

pub(super) fn check(root: &Path) -> anyhow::Result<Findings> {
    let read = |path: &str| std::fs::read_to_string(root.join(path));
    let compatibility = read("docs/COMPATIBILITY.md")?;
    let functions = concatenated(root, "crates/control-plane/src/operations", "rs")?;
    let tests = concatenated(root, "tests/sdk", "py")?;
    let mut findings = Findings::new();
    for Table { file, rows, not_yet } in TABLES {
        let table = read(&format!("crates/control-plane/src/{file}"))?;
        let not_yet = compatibility
            .split_once(not_yet)
            .and_then(|(_, rest)| rest.split_once("<!-- end -->"))
            .map(|(section, _)| section)
            .unwrap_or_default();
        let names = table
            .split("operation(")
            .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
            .collect::<Vec<_>>();
        if names.len() != rows {
            findings.push(format!("{file} has {} rows, the reference {rows}", names.len()));
        }
        for name in names {
            findings.extend(finding(name, &functions, &tests, not_yet));
        }
    }
    Ok(findings)
}

/// What is wrong with an operation.
fn finding(name: &str, functions: &str, tests: &str, not_yet: &str) -> Option<String> {
    let snake = snake_case(name);
    let built = functions.contains(&format!("fn {snake}("));
    let tested = tests.contains(&format!(".{snake}("));
    let listed = not_yet.contains(&format!("`{name}`"));
    match (built, listed) {
        (true, true) => Some(format!("{name} is built, and listed as not yet")),
        (false, false) => Some(format!("{name} is neither built nor listed as not yet")),
        (true, false) if !tested => Some(format!("{name} has no test in tests/sdk")),
        _ => None,
    }
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
