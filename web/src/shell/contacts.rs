//! Whom to ask, as the help, contact and accessibility pages say it.

use serde::Serialize;

/// A council's contacts. What is empty is not known, and the pages do without it. As `page.contacts` in
/// `help.html`, `contact.html` and `accessibility.html`; a page without any speaks for the service alone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Contacts {
    /// Who answers: "Provider payments team".
    pub(crate) name: String,
    pub(crate) email: String,
    pub(crate) phone: String,
    /// When somebody answers: "Monday to Friday, 9am to 5pm".
    pub(crate) hours: String,
    /// Where accessibility problems are told to, if not to `email`.
    pub(crate) accessibility_email: String,
    /// The council's own words of help: paragraphs, with an empty line between them.
    pub(crate) help: String,
}
