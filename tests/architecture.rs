//! The layers of the workspace, and the one owner of each engine. What is checked here is what ARCHITECTURE.md says.
//!
//! Dependencies point down only: a crate may use crates of lower layers, never one of its own layer or above.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Every crate and its layer.
const LAYERS: &[(&str, u8)] = &[
    ("coderunner-executor", 0),
    // What runs inside containers: it knows nothing of the rest.
    ("coderunner-agent", 0),
    ("coderunner-languages", 1),
    ("coderunner-host-api", 1),
    ("coderunner-runtime", 2),
    ("coderunner-fallback", 2),
    ("coderunner-api", 2),
    ("coderunner-typescript", 2),
    ("coderunner-server", 3),
    ("coderunner-cluster", 3),
    ("coderunner-store", 3),
    ("coderunner", 4),
    // Chores and measurements stand outside and may look at everything.
    ("coderunner-benches", 5),
    ("xtask", 5),
];

/// Outside crates (by the start of their names) that only these of ours may use.
const OWNERS: &[(&str, &[&str])] = &[
    ("wasmtime", &["coderunner-runtime", "coderunner-host-api", "xtask"]),
    ("wasmparser", &["coderunner-runtime", "xtask"]),
    ("wasm-encoder", &["coderunner-runtime", "xtask"]),
    ("cap-std", &["coderunner-host-api"]),
    ("bollard", &["coderunner-fallback"]),
    ("axum", &["coderunner-server"]),
    ("oxc", &["coderunner-typescript"]),
    ("tonic", &["coderunner-api", "coderunner-server"]),
    ("sqlx", &["coderunner-store"]),
    ("clap", &["coderunner", "xtask"]),
    ("anyhow", &["coderunner", "xtask"]),
];

/// All that the contract may stand on: no engine, no I/O, no serialisation.
const EXECUTOR_MAY_USE: &[&str] = &["async-trait", "bytes", "thiserror", "tokio"];

fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .no_deps()
        .exec()
        .expect("cargo describes the workspace")
}

fn layer(name: &str) -> u8 {
    let known = LAYERS.iter().find(|(crate_name, _)| *crate_name == name);
    known.unwrap_or_else(|| panic!("say in tests/architecture.rs in which layer {name} is")).1
}

/// What a package uses, but for its tests.
fn dependencies(package: &Package) -> impl Iterator<Item = &str> {
    package
        .dependencies
        .iter()
        .filter(|d| d.kind != DependencyKind::Development)
        .map(|d| d.name.as_str())
}

#[test]
fn dependencies_point_down_only() {
    let workspace = workspace();
    let names: Vec<&str> = workspace.packages.iter().map(|package| package.name.as_str()).collect();
    for package in &workspace.packages {
        let own = layer(&package.name);
        for used in dependencies(package).filter(|used| names.contains(used)) {
            assert!(
                layer(used) < own,
                "{} (layer {own}) uses {used} (layer {})",
                package.name,
                layer(used)
            );
        }
    }
}

#[test]
fn each_engine_has_one_owner() {
    for package in &workspace().packages {
        for used in dependencies(package) {
            for (engine, owners) in OWNERS {
                let is_engine = used == *engine
                    || used.strip_prefix(engine).is_some_and(|rest| rest.starts_with('-'));
                assert!(
                    !is_engine || owners.contains(&package.name.as_str()),
                    "{} uses {used}, which belongs to {owners:?}",
                    package.name
                );
            }
        }
    }
}

#[test]
fn the_contract_stands_on_nothing_but_itself() {
    let workspace = workspace();
    let executor = workspace
        .packages
        .iter()
        .find(|package| package.name == "coderunner-executor")
        .expect("it exists");
    for used in dependencies(executor) {
        assert!(EXECUTOR_MAY_USE.contains(&used), "the contract uses {used}");
    }
}

#[test]
fn every_crate_follows_the_workspace() {
    let workspace = workspace();
    let root =
        workspace.packages.iter().find(|package| package.name == "coderunner").expect("it exists");
    for package in &workspace.packages {
        assert_eq!(
            (&package.version, &package.edition, &package.license),
            (&root.version, &root.edition, &root.license),
            "{}",
            package.name
        );
        assert!(package.description.is_some(), "{} does not say what it is", package.name);
        let manifest =
            std::fs::read_to_string(&package.manifest_path).expect("a manifest can be read");
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{} has lints of its own",
            package.name
        );
    }
}
