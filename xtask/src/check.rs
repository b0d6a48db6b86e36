//! Everything that must be green before a commit, in the order that fails fastest.

use std::path::Path;
use std::process::Command;

use crate::say;

const STEPS: [&[&str]; 4] = [
    &["fmt", "--all", "--", "--check"],
    &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"],
    &["xtask", "tidy"],
    &["test", "--workspace", "--locked"],
];

pub(crate) fn run(root: &Path) -> anyhow::Result<()> {
    for step in STEPS {
        say(&format!("cargo {}", step.join(" ")));
        let status = Command::new(env!("CARGO")).args(step).current_dir(root).status()?;
        anyhow::ensure!(status.success(), "cargo {} failed", step.join(" "));
    }
    // The advisory database cannot be had everywhere; bans, licences and sources can.
    let deny = ["deny", "check", "bans", "licenses", "sources"];
    if Command::new("cargo-deny").arg("--version").output().is_ok() {
        say(&format!("cargo {}", deny.join(" ")));
        let status = Command::new("cargo-deny").args(&deny[1..]).current_dir(root).status()?;
        anyhow::ensure!(status.success(), "cargo deny failed");
    } else {
        say("cargo-deny is not installed: dependencies not checked");
    }
    say("all green");
    Ok(())
}
