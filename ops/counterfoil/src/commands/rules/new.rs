//! `counterfoil rules new NAME`: an empty folder becomes a rule that builds, is tested and can be uploaded, to be changed into
//! a council's own.
//!
//! The SDK and the interface are written beside it, as they were when this program was built: they are in no registry, and
//! a rule has to build the same in years. What they need comes from the registry in the versions that this program was
//! tested with. In TypeScript and Python the SDK is a file of helpers.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use clap::Args;

use super::language::Language;

include!(concat!(env!("OUT_DIR"), "/given_to_authors.rs"));

/// The longest name.
const LONGEST: usize = 40;

const EXAMPLES: &str = "\
Examples:
  counterfoil rules new ambridge-home-care
  counterfoil rules new ambridge-home-care --into rules/home-care
  counterfoil rules new ambridge-home-care --language typescript

A rule in TypeScript or Python carries the interpreter of its language. It is priced many times more slowly than one in Rust,
and only by a service whose operator permits such rules.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct NewArgs {
    /// The rule's name: lower-case letters, digits and hyphens, beginning with a letter
    name: String,
    /// The folder to write, empty or not there yet; else one of that name
    #[arg(long, value_name = "DIR")]
    into: Option<PathBuf>,
    /// The language to write it in
    #[arg(long, value_enum, default_value_t = Language::Rust)]
    language: Language,
}

/// A file of a new rule, in which words in double braces are filled.
type File = (&'static str, &'static str);

/// What every rule begins with.
const FIRST_CASE: File = ("cases/first-week.json", include_str!("new/case.json.txt"));

const IN_RUST: [File; 6] = [
    ("Cargo.toml", include_str!("new/Cargo.toml.txt")),
    ("src/lib.rs", include_str!("new/lib.rs.txt")),
    ("settings.schema.json", include_str!("new/settings.schema.json.txt")),
    FIRST_CASE,
    ("tests/rule.rs", include_str!("new/tests.rs.txt")),
    (".gitignore", include_str!("new/gitignore.txt")),
];

const IN_TYPESCRIPT: [File; 5] = [
    ("package.json", include_str!("new/typescript/package.json.txt")),
    ("tsconfig.json", include_str!("new/typescript/tsconfig.json.txt")),
    ("src/rule.ts", include_str!("new/typescript/rule.ts.txt")),
    FIRST_CASE,
    (".gitignore", include_str!("new/typescript/gitignore.txt")),
];

const IN_PYTHON: [File; 5] = [
    ("pyproject.toml", include_str!("new/python/pyproject.toml.txt")),
    ("requirements.txt", include_str!("new/python/requirements.txt.txt")),
    ("src/council_rule.py", include_str!("new/python/council_rule.py.txt")),
    FIRST_CASE,
    (".gitignore", include_str!("new/python/gitignore.txt")),
];

pub(crate) fn run(args: &NewArgs) -> anyhow::Result<ExitCode> {
    let name = args.name.as_str();
    ensure!(
        is_name(name),
        "\u{2018}{name}\u{2019} cannot be a rule\u{2019}s name: use lower-case letters, digits and hyphens, at most {LONGEST}, beginning \
         with a letter"
    );
    ensure!(
        !["counterfoil-rule-sdk", "core", "std", "alloc", "test"].contains(&name),
        "\u{2018}{name}\u{2019} is the name of something that a rule is made with: choose another"
    );
    let folder = args.into.clone().unwrap_or_else(|| PathBuf::from(name));
    let there = fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_some());
    ensure!(!there, "{} is not empty: name a new folder with --into", folder.display());
    let (files, pricing): (&[File], _) = match args.language {
        Language::Rust => (&IN_RUST, "src/lib.rs"),
        Language::TypeScript => (&IN_TYPESCRIPT, "src/rule.ts"),
        Language::Python => (&IN_PYTHON, "src/council_rule.py"),
    };
    for (file, text) in files {
        write(&folder.join(file), &filled(text, name))?;
    }
    give(&folder, args.language)?;
    let permitted = match args.language {
        Language::Rust => {
            write(&folder.join("vendor/sdk/Cargo.toml"), &sdk_manifest())?;
            write(&folder.join("Cargo.lock"), LOCKED)?;
            ""
        }
        Language::TypeScript | Language::Python => " --interpreted",
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} holds the rule \u{2018}{name}\u{2019}. Next, in that folder:", folder.display())?;
    writeln!(out, "  counterfoil rules build      make its component, {name}.wasm")?;
    writeln!(out, "  {:<28} run the claims in cases/ through it", format!("counterfoil rules test{permitted}"))?;
    writeln!(out, "Its pricing is in {pricing}. vendor/ holds the SDK and the interface; leave it as it is.")?;
    Ok(ExitCode::SUCCESS)
}

/// Whether a rule may be called so.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name.len() <= LONGEST && name.starts_with(|first: char| first.is_ascii_lowercase()) && name.bytes().all(fits)
}

/// Writes into the folder of a rule what its author is given: the interface, and the SDK of the language.
pub(super) fn give(folder: &Path, language: Language) -> anyhow::Result<()> {
    for (file, text) in FILES {
        if let Some(place) = language.given(file) {
            write(&folder.join("vendor").join(place), text)?;
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written", path.display());
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).with_context(cannot)?;
    }
    fs::write(path, text).with_context(cannot)
}

fn filled(text: &str, name: &str) -> String {
    text.replace("{{name}}", name).replace("{{crate}}", &name.replace('-', "_")).replace("{{type}}", &type_name(name))
}

/// `ambridge-home-care` as Rust names a type: `AmbridgeHomeCare`.
fn type_name(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    // apart from the types that the rule uses, whatever it is called
    name.split('-').map(word).collect::<String>() + "Rule"
}

fn sdk_manifest() -> String {
    format!(
        "[package]\nname = \"counterfoil-rule-sdk\"\nversion = \"{}\"\nedition = \"2024\"\nlicense = \"Apache-2.0\"\npublish = \
         false\n\n[features]\ndraft-1-1 = []\n\n[dependencies]\n{NEEDED}\n",
        env!("CARGO_PKG_VERSION")
    )
}
