//! The peers, this service first: each with the rule as it is written for it, the claim in the form that is natural there,
//! a sandbox for each claim, and its own limits on.

mod extism;
mod gorules;
mod lua;
pub(crate) mod ours;
mod rhai;

use counterfoil_core::pricing::{Answer, ClaimFacts};

/// Memory of one sandbox, where it can be limited, in bytes: what this service allows.
const MEMORY: usize = 32 * 1024 * 1024;

/// One that prices claims.
pub(crate) trait Peer {
    /// Its engine with its version.
    fn name(&self) -> String;

    /// What is fresh for each claim, and which limits are on.
    fn limits(&self) -> String;

    /// Prices a claim in a fresh sandbox and checks the answer.
    fn assess(&self, facts: &ClaimFacts) -> anyhow::Result<Answer>;
}

/// All of them, in the order in which they are shown.
pub(crate) fn all() -> anyhow::Result<Vec<Box<dyn Peer>>> {
    Ok(vec![
        Box::new(ours::Sandboxed::new()?),
        Box::new(rhai::Rhai::new()?),
        Box::new(lua::InLua::new()?),
        Box::new(gorules::GoRules::new()?),
        Box::new(extism::InExtism::new()?),
        Box::new(ours::Native),
    ])
}

/// The version of a package that this was built with.
fn version(package: &str) -> &'static str {
    block(package).lines().find_map(|line| line.strip_prefix("version = \"")?.strip_suffix('"')).unwrap_or("?")
}

/// The version of a package that another one needs, where several are in the lock.
fn version_in(package: &str, needed: &str) -> &'static str {
    let of = |line: &'static str| {
        line.trim().strip_prefix('"')?.strip_suffix("\",")?.strip_prefix(needed)?.strip_prefix(' ')
    };
    block(package).lines().find_map(of).unwrap_or("?")
}

/// What the lock file says of a package.
fn block(package: &str) -> &'static str {
    const LOCK: &str = include_str!("../../Cargo.lock");
    let named = format!("name = \"{package}\"\n");
    LOCK.split("[[package]]\n").find(|block| block.starts_with(&named)).unwrap_or_default()
}
