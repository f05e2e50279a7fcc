//! The rule packs that come with the repository: their built components, and the words of their reason codes in each
//! language. A test of the repository fails when a component no longer matches the sources it was built from.

use counterfoil_core::language::Language;
use counterfoil_core::pricing::words::{NotMessages, Tables};

/// A pack of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pack {
    /// Its folder under `rule-plugins/councils`.
    pub name: &'static str,
    /// The built component.
    pub component: &'static [u8],
    /// Its message tables: JSON, reason code to sentence.
    pub messages: &'static [(Language, &'static str)],
}

impl Pack {
    /// Its words.
    ///
    /// # Errors
    /// [`NotMessages`] if a bundled table cannot be read, which a test rules out.
    pub fn words(&self) -> Result<Tables, NotMessages> {
        Tables::from_json(self.messages)
    }
}

/// The pack with which most councils need no code.
#[must_use]
pub const fn standard() -> Pack {
    Pack {
        name: "standard",
        component: include_bytes!("../../councils/standard/standard.wasm"),
        messages: &[
            (Language::English, include_str!("../../councils/standard/messages.en.json")),
            (Language::Welsh, include_str!("../../councils/standard/messages.cy.json")),
        ],
    }
}

/// Norfolk's: two increments at once, and bands by distance.
#[must_use]
pub const fn norfolk() -> Pack {
    Pack {
        name: "norfolk",
        component: include_bytes!("../../councils/norfolk/norfolk.wasm"),
        messages: &[
            (Language::English, include_str!("../../councils/norfolk/messages.en.json")),
            (Language::Welsh, include_str!("../../councils/norfolk/messages.cy.json")),
        ],
    }
}

/// Every pack of the repository.
pub const ALL: &[Pack] = &[standard(), norfolk()];
