//! Documents: links lead somewhere, and changelog fragments say what kind of change they are.

use std::path::Path;

use super::{Findings, files, name};

const KINDS: [&str; 5] = ["feature", "fix", "breaking", "security", "performance"];

pub(super) fn check(root: &Path) -> anyhow::Result<Findings> {
    let mut findings = Findings::new();
    for path in files(root, "md")? {
        let text = std::fs::read_to_string(&path)?;
        let folder = path.parent().unwrap_or(root);
        for target in links(&text) {
            let file = target.split('#').next().unwrap_or_default();
            if !file.is_empty() && !file.contains("://") && !folder.join(file).exists() {
                findings.push(format!("{}: link to {target} leads nowhere", name(root, &path)));
            }
        }
    }
    for entry in std::fs::read_dir(root.join("changelog.d"))? {
        let file = entry?.file_name().to_string_lossy().into_owned();
        let kind =
            file.strip_suffix(".md").and_then(|stem| stem.rsplit_once('.')).map(|(_, kind)| kind);
        if file != "README.md" && !kind.is_some_and(|kind| KINDS.contains(&kind)) {
            findings.push(format!("changelog.d/{file}: <slug>.{{{}}}.md", KINDS.join(",")));
        }
    }
    Ok(findings)
}

/// Targets of `[text](target)`.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split(')').next())
}
