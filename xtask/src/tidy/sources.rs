//! Rules for source files.

use std::path::{Path, PathBuf};

use super::{Findings, name};

/// Text that must not stand in a source, and what to do instead. Written in two halves so that
/// this file does not find itself.
const BANNED: &[((&str, &str), &str)] = &[
    (("#[ig", "nore"), "a test that does not run asserts nothing"),
    (("thread::sl", "eep"), "wait for a condition, not for a time"),
    (("#[al", "low("), "#[expect(…, reason = …)] ends with its reason"),
    (("TO", "DO"), "an issue, or the thing itself"),
    (("std::env::set_", "var"), "configuration is given in"),
    (("unbounded_", "channel"), "every queue has a bound"),
];

pub(super) fn check(root: &Path, sources: &[PathBuf]) -> anyhow::Result<Findings> {
    let mut findings = Findings::new();
    for path in sources {
        let shown = name(root, path);
        let text = std::fs::read_to_string(path)?;
        if path.file_name().is_some_and(|file| file == "mod.rs") {
            findings.push(format!("{shown}: foo.rs and foo/, not foo/mod.rs"));
        }
        let is_test = shown.contains("/tests") || shown.contains("/conformance/");
        if !is_test && !text.starts_with("//!") {
            findings.push(format!("{shown}: begins without //! that says what it is"));
        }
        for ((left, right), instead) in BANNED {
            let banned = format!("{left}{right}");
            if text.contains(&banned) {
                findings.push(format!("{shown}: {banned}: {instead}"));
            }
        }
    }
    Ok(findings)
}
