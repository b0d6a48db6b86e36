//! Migrations: the same files for both databases, and each of them applied.

use std::collections::BTreeSet;
use std::path::Path;

use super::Findings;

pub(super) fn check(root: &Path) -> anyhow::Result<Findings> {
    let mut findings = Findings::new();
    let mut names = Vec::new();
    for database in ["sqlite", "postgres"] {
        let mut files = BTreeSet::new();
        for entry in std::fs::read_dir(root.join("migrations").join(database))? {
            files.insert(entry?.file_name().to_string_lossy().into_owned());
        }
        let applied = format!("crates/store/src/{database}/migrations.rs");
        let applied = std::fs::read_to_string(root.join(applied))?;
        for file in files.iter().filter(|file| !applied.contains(*file)) {
            findings.push(format!("migrations/{database}/{file} is applied by nobody"));
        }
        names.push(files);
    }
    for file in names[0].symmetric_difference(&names[1]) {
        findings.push(format!("migration {file} exists for one database only"));
    }
    Ok(findings)
}
