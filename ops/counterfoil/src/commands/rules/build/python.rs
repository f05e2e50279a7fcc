//! A rule in Python: a virtual environment of its own with what its `requirements.txt` pins, and componentize-py, which puts
//! the rule into a component with a Python whose imports are stubs that stop it.

use std::ffi::OsStr;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};

use super::super::language::Language;
use super::interpreted::{as_new, command, interface, run};

const NO_PYTHON: &str = "python3 could not be started: install Python 3.10 or newer";
const NO_VENV: &str = "python3 cannot make a virtual environment: install its module venv (on Debian and Ubuntu the package \
                       python3-venv)";

/// The name of the rule in a folder, and its component.
pub(super) fn component(root: &Path) -> anyhow::Result<(String, Vec<u8>)> {
    let manifest = root.join("pyproject.toml");
    let name = name(&fs::read_to_string(&manifest)?).with_context(|| {
        format!("{} gives no name of a rule: lower-case letters, digits and hyphens", manifest.display())
    })?;
    let interface = interface(root, Language::Python)?;
    ensure!(
        root.join("src/council_rule.py").is_file(),
        "there is no rule in src/council_rule.py: define the class \u{2018}Pricing\u{2019} in it"
    );
    let (environment, wanted) = (root.join("target/venv"), root.join("requirements.txt"));
    let installed = environment.join(".installed");
    if !as_new(&installed, &wanted) {
        println!("pip installs what makes the component");
        let environ = ["-m", "venv", "target/venv"].map(OsStr::new);
        run(command(root, "python3", environ), NO_PYTHON, NO_VENV)?;
        let install = ["install", "--quiet", "--disable-pip-version-check", "--requirement", "requirements.txt"];
        let pip = command(root, environment.join("bin/pip"), install.map(OsStr::new));
        run(pip, NO_VENV, "pip could not install what requirements.txt names")?;
        fs::write(&installed, "").with_context(|| format!("{} cannot be written", installed.display()))?;
    }
    let made = root.join("target").join(format!("{name}.wasm"));
    let arguments = ["--quiet", "--world", "rule", "--wit-path"].map(OsStr::new);
    let mut encode = command(root, environment.join("bin/componentize-py"), arguments);
    encode
        .arg(&interface)
        .args(["componentize", "council_rule", "--stub-wasi"])
        .args(["--python-path", "src", "--python-path", "vendor/python", "--output"])
        .arg(&made)
        // else the packages of whatever Python is about would be taken in
        .env("VIRTUAL_ENV", &environment);
    let no_tool = "there is no componentize-py: let requirements.txt name it, as \u{2018}rules new\u{2019} writes it, and delete target";
    run(encode, no_tool, "componentize-py could not make a component of the rule; it says why above")?;
    Ok((name, fs::read(&made).context("componentize-py left no component")?))
}

/// What the table `project` of `pyproject.toml` calls the rule.
fn name(manifest: &str) -> Option<String> {
    let project = manifest.lines().map(str::trim).skip_while(|line| *line != "[project]").skip(1);
    let mut own = project.take_while(|line| !line.starts_with('['));
    let value = own.find_map(|line| line.strip_prefix("name")?.trim_start().strip_prefix('=').map(str::trim))?;
    let name = value.trim_matches(['"', '\'']);
    super::is_name(name).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn the_rule_is_called_as_its_project() {
        let of = |text: &str| name(text);
        assert_eq!(of("[project]\nname = \"home-care\"\n").as_deref(), Some("home-care"));
        assert_eq!(
            of("[tool.x]\nname = \"other\"\n[project]\nversion = \"1\"\nname='home-care'").as_deref(),
            Some("home-care")
        );
        for nameless in ["", "name = \"x\"", "[project]\n[tool.x]\nname = \"x\"", "[project]\nname = \"../x\""] {
            assert_eq!(of(nameless), None, "{nameless}");
        }
    }
}
