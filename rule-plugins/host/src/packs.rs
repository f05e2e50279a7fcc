//! The rule packs that come with the repository: their built components, and the English words of their reason
//! codes. A test of the repository fails when a component no longer matches the sources it was built from.

/// A pack of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pack {
    /// Its folder under `rule-plugins/councils`.
    pub name: &'static str,
    /// The built component.
    pub component: &'static [u8],
    /// Its message table: JSON, reason code to sentence.
    pub messages: &'static str,
}

/// The pack with which most councils need no code.
#[must_use]
pub const fn standard() -> Pack {
    Pack {
        name: "standard",
        component: include_bytes!("../../councils/standard/standard.wasm"),
        messages: include_str!("../../councils/standard/messages.en.json"),
    }
}

/// Norfolk's: two increments at once, and bands by distance.
#[must_use]
pub const fn norfolk() -> Pack {
    Pack {
        name: "norfolk",
        component: include_bytes!("../../councils/norfolk/norfolk.wasm"),
        messages: include_str!("../../councils/norfolk/messages.en.json"),
    }
}

/// Every pack of the repository.
pub const ALL: &[Pack] = &[standard(), norfolk()];
