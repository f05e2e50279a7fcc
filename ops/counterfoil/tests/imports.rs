//! Which package may import which, as the table in the README says, read from the build's own metadata.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, MetadataCommand};

/// Package, and the packages of ours that it may import. A rule pack, whatever its council, imports the SDK.
/// What only tests import is not the program's: `counterfoil-testkit` may be had by all, and is left out.
const OURS: [(&str, &[&str]); 10] = [
    ("counterfoil-core", &[]),
    ("counterfoil-rules", &["counterfoil-core"]),
    ("counterfoil-rule-sdk", &[]),
    ("counterfoil-tenants", &["counterfoil-core"]),
    ("counterfoil-web", &["counterfoil-core", "counterfoil-tenants"]),
    ("counterfoil-documents", &["counterfoil-core"]),
    ("counterfoil-mailer", &["counterfoil-core"]),
    ("counterfoil-services", &[]),
    ("counterfoil-testkit", &["counterfoil-core", "counterfoil-tenants", "counterfoil-services"]),
    ("counterfoil", EVERYTHING),
];

/// For the binary, where all parts meet.
const EVERYTHING: &[&str] = &["*"];

/// What every rule pack may import.
const PACK: &[&str] = &["counterfoil-rule-sdk"];

/// Crates of others that only one package may know, by the start of their names.
const OTHERS: [(&str, &str); 5] = [
    ("wasmtime", "counterfoil-rules"),
    ("diesel", "counterfoil-tenants"),
    ("axum", "counterfoil-web"),
    ("krilla", "counterfoil-documents"),
    ("lettre", "counterfoil-mailer"),
];

/// Folder in which the rule packs are.
const PACKS: &str = "rule-plugins/councils/";

/// A package of ours: whether it is a rule pack, and all that it imports outside its tests.
#[derive(Clone)]
struct Package {
    is_pack: bool,
    imports: BTreeSet<String>,
}

type Packages = BTreeMap<String, Package>;

fn packages() -> Packages {
    let metadata = MetadataCommand::new().no_deps().exec().unwrap();
    metadata
        .packages
        .iter()
        .map(|package| {
            let folder = package.manifest_path.strip_prefix(&metadata.workspace_root).unwrap();
            let imports = package
                .dependencies
                .iter()
                .filter(|dependency| dependency.kind != DependencyKind::Development)
                .map(|dependency| dependency.name.clone())
                .collect();
            let is_pack = folder.as_str().starts_with(PACKS);
            (package.name.to_string(), Package { is_pack, imports })
        })
        .collect()
}

/// Every import that the tables do not allow, as `importer -> imported`.
fn forbidden(packages: &Packages) -> Vec<String> {
    let mut found = Vec::new();
    for (name, package) in packages {
        let allowed = match OURS.iter().find(|(known, _)| known == name) {
            Some((_, allowed)) => *allowed,
            None if package.is_pack => PACK,
            None => {
                found.push(format!("{name} is not in the table"));
                continue;
            }
        };
        for import in &package.imports {
            let ours_and_not_allowed =
                packages.contains_key(import) && allowed != EVERYTHING && !allowed.contains(&import.as_str());
            let anothers = OTHERS.iter().any(|(start, owner)| import.starts_with(start) && name != owner);
            if ours_and_not_allowed || anothers {
                found.push(format!("{name} -> {import}"));
            }
        }
    }
    found
}

#[test]
fn every_import_is_in_the_table() {
    let packages = packages();
    assert!(packages.len() >= OURS.len(), "not the whole workspace was read");
    assert_eq!(forbidden(&packages), Vec::<String>::new());
}

#[test]
fn every_row_of_the_tables_is_about_something() {
    let packages = packages();
    for (name, _) in OURS {
        assert!(packages.contains_key(name), "{name} is no package");
    }
    for (start, owner) in OTHERS {
        let used = packages[owner].imports.iter().any(|import| import.starts_with(start));
        assert!(used, "{owner} does not import {start}");
    }
    assert!(packages.values().any(|package| package.is_pack), "no rule pack in {PACKS}");
}

#[test]
fn a_forbidden_import_would_be_found() {
    let with = |importer: &str, import: &str| {
        let mut packages = packages();
        packages.get_mut(importer).unwrap().imports.insert(import.to_owned());
        forbidden(&packages)
    };
    for (importer, import) in [
        ("counterfoil-core", "counterfoil-tenants"),
        ("counterfoil-core", "diesel"),
        ("counterfoil-tenants", "counterfoil-rules"),
        ("counterfoil-web", "counterfoil-rules"),
        ("counterfoil-web", "diesel-async"),
        ("counterfoil-rules", "counterfoil-tenants"),
        ("counterfoil-rules-standard", "counterfoil-core"),
        ("counterfoil", "wasmtime"),
        ("counterfoil", "axum"),
        ("counterfoil-mailer", "counterfoil"),
    ] {
        assert_eq!(with(importer, import), [format!("{importer} -> {import}")]);
    }
    // And what is allowed is not.
    assert_eq!(with("counterfoil-web", "counterfoil-tenants"), Vec::<String>::new());

    let mut packages = packages();
    packages.insert("stranger".to_owned(), Package { is_pack: false, imports: BTreeSet::new() });
    assert_eq!(forbidden(&packages), ["stranger is not in the table"]);
}
