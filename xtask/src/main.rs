//! `cargo xtask tidy | check`: the rules of this repository that no compiler holds.

mod check;
mod tidy;

use std::path::{Path, PathBuf};

fn main() -> anyhow::Result<()> {
    let root = root()?;
    match std::env::args().nth(1).as_deref() {
        Some("tidy") => tidy::run(&root),
        Some("check") => check::run(&root),
        _ => anyhow::bail!("cargo xtask tidy | check"),
    }
}

/// The workspace's folder.
fn root() -> anyhow::Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().map(Path::to_owned).ok_or_else(|| anyhow::anyhow!("no workspace"))
}

/// A line of the report.
#[expect(clippy::print_stdout, reason = "a command's answer goes to standard output")]
fn say(text: &str) {
    println!("{text}");
}
