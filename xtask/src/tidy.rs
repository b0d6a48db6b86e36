//! Architecture and housekeeping, checked on the files themselves.

mod arrows;
mod documents;
mod migrations;
mod operations;
mod sizes;
mod sources;

use std::path::{Path, PathBuf};

use crate::say;

/// What is wrong, a line each.
pub(crate) type Findings = Vec<String>;

pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    let sources = files(root, "rs")?;
    let mut findings = arrows::check(root)?;
    findings.extend(sources::check(root, &sources)?);
    findings.extend(operations::check(root)?);
    findings.extend(migrations::check(root)?);
    findings.extend(documents::check(root)?);
    sizes::report(root, &sources)?;
    for finding in &findings {
        say(&format!("tidy: {finding}"));
    }
    anyhow::ensure!(findings.is_empty(), "{} findings", findings.len());
    say("tidy: nothing to say");
    Ok(())
}

/// Files of the repository with this extension, sorted.
fn files(root: &Path, extension: &str) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if path.is_dir()
                && !name.starts_with('.')
                && !["target", "gatewright-data"].contains(&name)
            {
                folders.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A path as it is named in findings.
fn name(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
