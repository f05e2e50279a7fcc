//! The languages that a rule may be written in, and how a folder shows which.

use std::path::Path;

use clap::ValueEnum;

/// A language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    /// Compiled for WebAssembly, as the packs of the repository are
    Rust,
    /// With a JavaScript engine inside; of the class `interpreted`
    #[value(name = "typescript")]
    TypeScript,
    /// With a Python inside; of the class `interpreted`
    Python,
}

impl Language {
    const ALL: [Self; 3] = [Self::Rust, Self::TypeScript, Self::Python];

    /// The file that a folder of this language has.
    const fn manifest(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::TypeScript => "package.json",
            Self::Python => "pyproject.toml",
        }
    }

    /// The language of the rule in a folder; none where there is no rule.
    pub(super) fn of(folder: &Path) -> Option<Self> {
        Self::ALL.into_iter().find(|language| folder.join(language.manifest()).is_file())
    }

    /// Where an author of this language is given a file of `rule-plugins`, below `vendor`; none for one that is no use to
    /// them.
    pub(super) fn given(self, file: &str) -> Option<&str> {
        let helpers = match self {
            Self::Rust => return (file.starts_with("sdk/src/") || file.starts_with("wit/")).then_some(file),
            Self::TypeScript => "typescript/",
            Self::Python => "python/",
        };
        let own = file.strip_prefix("sdk/").filter(|file| file.starts_with(helpers));
        own.or_else(|| file.starts_with("wit/").then_some(file))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_shows_its_language_by_its_manifest() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Language::of(folder.path()), None);
        for language in [Language::Python, Language::TypeScript, Language::Rust] {
            // what was written for the one before lies there still
            std::fs::write(folder.path().join(language.manifest()), "").unwrap();
            assert_eq!(Language::of(folder.path()), Some(language));
        }
    }

    #[test]
    fn everybody_is_given_the_interface_and_their_own_helpers() {
        let all = ["sdk/src/lib.rs", "sdk/typescript/a.ts", "sdk/python/a.py", "wit/1/a.wit"];
        let given = |language: Language| all.iter().filter_map(|file| language.given(file)).collect::<Vec<_>>();
        assert_eq!(given(Language::Rust), ["sdk/src/lib.rs", "wit/1/a.wit"]);
        assert_eq!(given(Language::TypeScript), ["typescript/a.ts", "wit/1/a.wit"]);
        assert_eq!(given(Language::Python), ["python/a.py", "wit/1/a.wit"]);
    }
}
