//! How long files are: a question to think about, not an error.

use std::path::{Path, PathBuf};

use super::name;
use crate::say;

pub(super) fn report(root: &Path, sources: &[PathBuf]) -> anyhow::Result<()> {
    let mut sizes = Vec::with_capacity(sources.len());
    for path in sources {
        sizes.push((std::fs::read_to_string(path)?.lines().count(), name(root, path)));
    }
    sizes.sort();
    let at = |share: usize| sizes.get(sizes.len() * share / 100).map_or(0, |(lines, _)| *lines);
    let total = sizes.iter().map(|(lines, _)| lines).sum::<usize>();
    say(&format!(
        "{} files, {total} lines, median {}, p90 {}; the longest:",
        sizes.len(),
        at(50),
        at(90)
    ));
    for (lines, name) in sizes.iter().rev().take(10) {
        say(&format!("{lines:>6} {name}"));
    }
    Ok(())
}
