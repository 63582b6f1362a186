//! Which crate may use which: the map of `docs/ARCHITECTURE.md`, executed.

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::program::{capture, cargo};
use crate::repository::Repository;

/// Our crates with those of ours they may use, tests included.
const ALLOWED: &[(&str, &[&str])] = &[
    ("types", &[]),
    ("spec-derive", &[]),
    ("spec", &["types", "spec-derive"]),
    ("model", &["types"]),
    ("forward", &["model", "types"]),
    ("ram", &["types"]),
    ("wire", &["types"]),
    ("store", &["types"]),
    ("operations", &["spec", "model", "forward", "ram", "types"]),
    ("engine", &["operations", "forward", "model", "spec", "store", "wire", "types"]),
    ("server", &[]),
    ("load", &["types", "model", "wire", "store", "server"]),
    ("cli", &["types", "spec", "model", "wire", "store", "operations", "engine", "server"]),
];

/// Crates outside the map: the tasks, which only read declarations.
const OUTSIDE: &[&str] = &["xtask"];

/// Objects to dependencies against the arrows, and to crates that are not on the map.
pub fn check(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps", "--offline"];
    let output = capture(&mut cargo(repository, &arguments))?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    let mut found = Vec::new();
    for package in metadata["packages"].as_array().context("cargo metadata lists no packages")? {
        let name = package["name"].as_str().unwrap_or_default();
        let dependencies = package["dependencies"].as_array().into_iter().flatten();
        let names = dependencies.filter_map(|dependency| dependency["name"].as_str());
        found.extend(objections(name, names));
    }
    Ok(found)
}

fn objections<'a>(package: &str, dependencies: impl Iterator<Item = &'a str>) -> Vec<String> {
    if OUTSIDE.contains(&package) {
        return Vec::new();
    }
    let short = |name: &'a str| name.strip_prefix("causeway-");
    let own = package.strip_prefix("causeway-").unwrap_or(package);
    let Some((_, allowed)) = ALLOWED.iter().find(|(name, _)| *name == own) else {
        return vec![format!("{package} is not on the map in xtask/src/tidy/arrows.rs")];
    };
    dependencies
        .filter_map(short)
        .filter(|name| !allowed.contains(name))
        .map(|name| format!("{own} may not use {name}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_point_down() {
        let of = |package, uses: &[&'static str]| objections(package, uses.iter().copied());
        assert!(of("causeway-model", &["causeway-types", "serde"]).is_empty());
        assert_eq!(of("causeway-model", &["causeway-spec"]), ["model may not use spec"]);
        assert_eq!(of("causeway-new", &[]).len(), 1);
        assert!(of("xtask", &["causeway-operations"]).is_empty());
    }

    #[test]
    fn the_map_has_no_circle() {
        // Who is listed uses only what is listed before.
        for (at, (name, allowed)) in ALLOWED.iter().enumerate() {
            for used in *allowed {
                assert!(ALLOWED[..at].iter().any(|(before, _)| before == used), "{name}: {used}");
            }
        }
    }
}
