//! A rule in TypeScript: npm installs what its `package.json` pins, tsc checks and translates it, and componentize-js puts it
//! into a component with a JavaScript engine that was told to import nothing.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::super::language::Language;
use super::interpreted::{as_new, command, interface, run};

const NO_NODE: &str = "node and npm could not be started: install Node.js 20 or newer, which has both";
/// Everything that would make the engine ask for something from outside.
const WITHOUT: [&str; 5] = ["random", "stdio", "clocks", "http", "fetch-event"];

/// The name of the rule in a folder, and its component.
pub(super) fn component(root: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let manifest = root.join("package.json");
    let name = name(&fs::read_to_string(&manifest)?).with_context(|| {
        format!("{} gives no name of a rule: lower-case letters, digits and hyphens", manifest.display())
    })?;
    let interface = interface(root, Language::TypeScript)?;
    let tools = root.join("node_modules/.bin");
    if !as_new(&root.join("node_modules/.package-lock.json"), &manifest) {
        println!("npm installs what makes the component, some hundreds of megabytes");
        let install = command(root, "npm", ["install", "--no-audit", "--no-fund", "--silent"].map(OsStr::new));
        run(install, NO_NODE, "npm could not install what package.json names")?;
    }
    let no_tools = "there is no tsc or no componentize-js in node_modules: let package.json name both, as \u{2018}rules new\u{2019} \
                    writes it, and delete node_modules";
    let translate = command(root, tools.join("tsc"), ["--project", "."].map(OsStr::new));
    run(translate, no_tools, "the rule is not right yet: tsc says above what to change")?;
    let translated = root.join("target/js/src/rule.js");
    ensure!(translated.is_file(), "there is no rule in src/rule.ts: export \u{2018}pricing\u{2019} from it");
    let made = root.join("target").join(format!("{name}.wasm"));
    let mut encode = command(
        root,
        tools.join("componentize-js"),
        [translated.as_os_str(), OsStr::new("--wit"), interface.as_os_str(), OsStr::new("--out"), made.as_os_str()],
    );
    encode.args(["--world-name", "rule", "--disable"]).args(WITHOUT);
    run(encode, no_tools, "componentize-js could not make a component of the rule; it says why above")?;
    Ok((name, fs::read(&made).context("componentize-js left no component")?))
}

/// What `package.json` calls the rule.
fn name(manifest: &str) -> Option<String> {
    let manifest: Value = serde_json::from_str(manifest).ok()?;
    manifest.get("name")?.as_str().filter(|name| super::is_name(name)).map(str::to_owned)
}
