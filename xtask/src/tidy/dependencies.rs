//! What dependencies may be, by `deny.toml`: licences, duplicate versions, where they come from.
//!
//! `cargo deny` decides where it is installed, and knows advisories besides. Elsewhere the same file is read here.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, ensure};
use serde::Deserialize;

use super::licence;
use crate::program::{capture, cargo, run};
use crate::repository::Repository;

const TARGET: &str = "x86_64-unknown-linux-gnu";
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// The part of `deny.toml` that is read here.
#[derive(Deserialize)]
struct Policy {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

#[derive(Deserialize)]
struct Skip {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
}

/// Objects to dependencies the policy does not allow, and says who looked.
pub fn check(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let version = capture(&mut cargo(repository, &["deny", "--version"]))?;
    if version.status.success() {
        println!("dependencies: by {}", String::from_utf8_lossy(&version.stdout).trim());
        let arguments = ["deny", "--offline", "check", "licenses", "bans", "sources"];
        run(&mut cargo(repository, &arguments))?;
        return Ok(Vec::new());
    }
    println!(
        "dependencies: by the built-in check, without advisories (cargo-deny is not installed)"
    );
    let policy = std::fs::read_to_string(repository.root.join("deny.toml"));
    let policy = toml::from_str(&policy.context("cannot read deny.toml")?)?;
    let arguments =
        ["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", TARGET];
    let output = capture(&mut cargo(repository, &arguments))?;
    ensure!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: Metadata = serde_json::from_slice(&output.stdout)?;
    Ok(objections(&policy, &metadata.packages))
}

fn objections(policy: &Policy, packages: &[Package]) -> Vec<String> {
    let mut found = Vec::new();
    let mut versions: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for Package { name, version, license, source } in packages {
        versions.entry(name).or_default().push(version);
        let is_allowed = |id: &str| policy.licenses.allow.iter().any(|allowed| allowed == id);
        let license = license.as_deref().unwrap_or("none");
        if !licence::satisfied(license, is_allowed) {
            found.push(format!("{name} {version}: the licence {license:?} is not allowed"));
        }
        if source.as_deref().is_some_and(|source| source != CRATES) {
            found.push(format!("{name} {version}: does not come from crates.io"));
        }
    }
    let mut unused: BTreeSet<&str> = policy.bans.skip.iter().map(|skip| &*skip.name).collect();
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        let not_skipped = |version: &&&str| !unused.remove(&*format!("{name}@{version}"));
        let kept: Vec<_> = versions.iter().filter(not_skipped).collect();
        if kept.len() > 1 {
            found.push(format!("{name}: several versions, {}", versions.join(" and ")));
        }
    }
    found.extend(unused.iter().map(|name| format!("deny.toml: nothing needs the skip of {name}")));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, version: &str, license: &str) -> Package {
        let (name, version) = (name.to_owned(), version.to_owned());
        Package { name, version, license: Some(license.into()), source: Some(CRATES.into()) }
    }

    fn policy(skip: &[&str]) -> Policy {
        let skip = skip.iter().map(|name| Skip { name: (*name).into() }).collect();
        let allow = vec!["MIT".into()];
        Policy { licenses: Licenses { allow }, bans: Bans { skip } }
    }

    #[test]
    fn each_kind_of_objection_is_made() {
        let fine = [package("a", "1.0.0", "MIT"), package("b", "1.0.0", "MIT OR GPL-3.0")];
        assert!(objections(&policy(&[]), &fine).is_empty());
        let strict = [package("a", "1.0.0", "GPL-3.0")];
        assert!(objections(&policy(&[]), &strict)[0].contains("\"GPL-3.0\" is not allowed"));
        let elsewhere = [Package { source: Some("git+x".into()), ..package("a", "1.0.0", "MIT") }];
        assert_eq!(objections(&policy(&[]), &elsewhere).len(), 1);
    }

    #[test]
    fn duplicates_are_skipped_one_by_one_and_only_while_needed() {
        let twice = [package("a", "1.0.0", "MIT"), package("a", "2.0.0", "MIT")];
        assert_eq!(objections(&policy(&[]), &twice), ["a: several versions, 1.0.0 and 2.0.0"]);
        assert!(objections(&policy(&["a@1.0.0"]), &twice).is_empty());
        assert!(objections(&policy(&["a@1.0.0"]), &twice[1..])[0].contains("nothing needs"));
    }
}
