//! Which crate may depend on which, and which foreign crate stays behind one of ours.

use std::path::Path;

use cargo_metadata::{DependencyKind, MetadataCommand};

use super::Findings;
use crate::say;

/// Ours to ours. A new arrow is a decision: it belongs here, and in docs/ARCHITECTURE.md.
const ARROWS: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("sigv4", &[]),
    ("policy", &["types"]),
    ("secrets", &[]),
    ("expressions", &["types"]),
    ("openapi", &["types"]),
    ("observe", &["types"]),
    ("store", &["types", "observe"]),
    ("routing", &["types", "expressions"]),
    ("snapshot", &["types", "expressions", "routing"]),
    ("ingress", &["types", "observe"]),
    ("egress", &["types", "observe"]),
    ("issuance", &["types", "secrets", "ingress", "egress", "observe"]),
    ("telemetry", &["types", "observe", "egress"]),
    ("credentials", &["types", "sigv4"]),
    ("lambda", &["types", "snapshot", "expressions", "credentials", "egress"]),
    ("services", &["types", "snapshot", "expressions", "credentials", "egress"]),
    (
        "authorizers",
        &["types", "policy", "sigv4", "snapshot", "expressions", "credentials", "egress", "lambda"],
    ),
    (
        "integrations",
        &[
            "types",
            "snapshot",
            "expressions",
            "sigv4",
            "credentials",
            "egress",
            "lambda",
            "services",
            "observe",
        ],
    ),
    ("sync", &["types", "secrets", "snapshot", "egress", "ingress", "observe"]),
    (
        "control-plane",
        &[
            "types",
            "store",
            "openapi",
            "expressions",
            "snapshot",
            "sync",
            "sigv4",
            "policy",
            "secrets",
            "ingress",
            "observe",
        ],
    ),
    (
        "data-plane",
        &[
            "types",
            "snapshot",
            "routing",
            "expressions",
            "authorizers",
            "integrations",
            "telemetry",
            "sync",
            "ingress",
            "observe",
        ],
    ),
    (
        "gatewright",
        &[
            "authorizers",
            "control-plane",
            "credentials",
            "data-plane",
            "telemetry",
            "secrets",
            "store",
            "sync",
            "ingress",
            "issuance",
            "egress",
            "observe",
            "snapshot",
            "types",
        ],
    ),
    ("xtask", &[]),
];

/// Foreign crates that only these of ours may name.
const WALLS: &[(&str, &[&str])] = &[
    ("sqlx", &["store"]),
    ("hickory-resolver", &["egress"]),
    ("tokio-rustls", &["ingress", "egress"]),
    ("rustls", &["ingress", "egress"]),
    ("redb", &["sync"]),
    ("instant-acme", &["issuance"]),
    ("rcgen", &["issuance"]),
    ("saphyr-parser", &["openapi"]),
    ("jsonwebtoken", &["authorizers"]),
    ("prometheus", &["observe"]),
    ("tracing-subscriber", &["observe"]),
    ("hyper", &["ingress", "egress"]),
    ("hyper-util", &["ingress", "egress"]),
    ("h2", &["egress"]),
    ("httparse", &["egress"]),
    ("anyhow", &["gatewright", "xtask"]),
    ("clap", &["gatewright"]),
];

pub(super) fn check(root: &Path) -> anyhow::Result<Findings> {
    let metadata =
        MetadataCommand::new().manifest_path(root.join("Cargo.toml")).no_deps().exec()?;
    let mut findings = Findings::new();
    let mut packages = metadata.packages.iter().collect::<Vec<_>>();
    packages.sort_by_key(|package| position(short(&package.name)));
    for package in packages {
        let name = short(&package.name);
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            findings.push(format!("crate {name} is not in xtask's table of arrows"));
            continue;
        };
        let mut ours = Vec::new();
        for dependency in &package.dependencies {
            if let Some(other) = ours_of(&dependency.name) {
                ours.push(other);
                if !allowed.contains(&other) {
                    findings.push(format!("{name} must not depend on {other}"));
                }
            }
            let development = dependency.kind == DependencyKind::Development;
            let wall = WALLS.iter().find(|(foreign, _)| *foreign == dependency.name);
            if let Some((foreign, inside)) = wall
                && !development
                && !inside.contains(&name)
            {
                findings
                    .push(format!("{name} must not use {foreign}: only {} may", inside.join(", ")));
            }
        }
        ours.sort_unstable();
        ours.dedup();
        say(&format!(
            "{name:>14} -> {}",
            if ours.is_empty() { "-".to_owned() } else { ours.join(", ") }
        ));
    }
    Ok(findings)
}

fn short(package: &str) -> &str {
    package.strip_prefix("gatewright-").unwrap_or(package)
}

fn ours_of(dependency: &str) -> Option<&str> {
    dependency.strip_prefix("gatewright-")
}

fn position(name: &str) -> usize {
    ARROWS.iter().position(|(known, _)| *known == name).unwrap_or(usize::MAX)
}
