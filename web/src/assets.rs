//! The files that pages are made of: GOV.UK's, laid out by `ops/assets`, and Counterfoil's own, which
//! are part of the program.
//!
//! All are read once at start. The address of a file carries a digest of all of them, so that a browser
//! may keep what it has for ever and still gets what a new version brings.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use axum::body::Bytes;

/// Environment variable with the folder that `ops/assets` wrote.
pub const ASSETS_VARIABLE: &str = "COUNTERFOIL_ASSETS";

/// Names of GOV.UK's files.
const INSTALLED: [&str; 2] = ["govuk-frontend.min.css", "govuk-frontend.min.js"];

/// Names and contents of our own files, and all that has to be said to add one.
const OWN: &[(&str, &str)] = &[
    ("actuals.js", include_str!("../static/actuals.js")),
    ("counterfoil.css", include_str!("../static/counterfoil.css")),
    ("counterfoil.js", include_str!("../static/counterfoil.js")),
    ("drafts.js", include_str!("../static/drafts.js")),
    ("events.js", include_str!("../static/events.js")),
    ("passkey.js", include_str!("../static/passkey.js")),
    ("progress.js", include_str!("../static/progress.js")),
    ("select-all.js", include_str!("../static/select-all.js")),
    ("timeout.js", include_str!("../static/timeout.js")),
    ("favicon.svg", include_str!("../static/favicon.svg")),
];

/// The assets could not be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} cannot be read ({source}); run ops/assets to make it, or set {ASSETS_VARIABLE} to its folder",
    path.display()
)]
pub struct AssetsError {
    path: PathBuf,
    source: io::Error,
}

/// What is served below `/assets/`, and where GOV.UK's templates are.
#[derive(Debug)]
pub struct Assets {
    files: BTreeMap<&'static str, Bytes>,
    digest: String,
    templates: PathBuf,
}

impl Assets {
    /// Reads the files below a folder that `ops/assets` wrote.
    ///
    /// # Errors
    /// [`AssetsError`] with the file that is missing.
    pub fn load(folder: &Path) -> Result<Self, AssetsError> {
        let mut files: BTreeMap<&'static str, Bytes> =
            OWN.iter().map(|(name, text)| (*name, Bytes::from_static(text.as_bytes()))).collect();
        for name in INSTALLED {
            let path = folder.join("static").join(name);
            let bytes = fs::read(&path).map_err(|source| AssetsError { path, source })?;
            files.insert(name, Bytes::from(bytes));
        }
        let mut hasher = DefaultHasher::new();
        files.hash(&mut hasher);
        let digest = format!("{:016x}", hasher.finish());
        Ok(Self { files, digest, templates: folder.join("templates") })
    }

    /// The folder that the environment names, or else the one in the build folder beside the running
    /// program (`target/assets` for `target/debug/counterfoil` and for the tests and examples below it).
    #[must_use]
    pub fn folder() -> PathBuf {
        if let Some(folder) = env::var_os(ASSETS_VARIABLE) {
            return PathBuf::from(folder);
        }
        let program = env::current_exe().unwrap_or_default();
        program
            .ancestors()
            .skip(1)
            .map(|folder| folder.join("assets"))
            .find(|folder| folder.join("templates").is_dir())
            .unwrap_or_else(|| PathBuf::from("target/assets"))
    }

    /// The folder with GOV.UK's templates.
    pub(crate) fn templates(&self) -> &Path {
        &self.templates
    }

    /// Where the files are served: `/assets/` and the digest.
    pub(crate) fn base(&self) -> String {
        format!("/assets/{}", self.digest)
    }

    /// A file's media type and contents.
    pub(crate) fn file(&self, digest: &str, name: &str) -> Option<(&'static str, Bytes)> {
        let bytes = self.files.get(name).filter(|_| digest == self.digest)?;
        let media_type = match name.rsplit_once('.')?.1 {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            _ => "application/octet-stream",
        };
        Some((media_type, bytes.clone()))
    }
}
