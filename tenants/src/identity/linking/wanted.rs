//! An organisation that a council wants to work with, as it types it into a form or a table.

use std::fmt;

use crate::identity::person;

/// The longest name of an organisation.
const LONGEST_NAME: usize = 200;
/// The longest reference.
const LONGEST_REFERENCE: usize = 60;
/// The longest name of a contact.
const LONGEST_CONTACT: usize = 120;

/// What is typed for each organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Column {
    /// The organisation's name.
    Name,
    /// How the council knows it.
    Reference,
    /// Whom to invite.
    Email,
    /// Their name.
    Contact,
}

impl Column {
    /// All four, in the order in which tables and pages have them.
    pub const ALL: [Self; 4] = [Self::Name, Self::Reference, Self::Email, Self::Contact];

    /// Its heading.
    #[must_use]
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Reference => "reference",
            Self::Email => "e-mail",
            Self::Contact => "contact",
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.heading())
    }
}

/// What is wrong with something that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Where.
    pub column: Column,
    /// What.
    pub reason: String,
    /// What to do.
    pub cure: String,
}

/// An organisation to invite, checked. Formulas and the like are text as any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    name: String,
    reference: String,
    email: String,
    contact: String,
}

impl Wanted {
    /// Checks what was typed.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the columns.
    pub fn typed(name: &str, reference: &str, email: &str, contact: &str) -> Result<Self, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let mut text = |column, typed: &str, longest, missing| {
            text(column, typed, longest, missing).unwrap_or_else(|found| {
                wrong.push(found);
                String::new()
            })
        };
        let name = text(Column::Name, name, LONGEST_NAME, Some("Enter the organisation\u{2019}s name"));
        let reference = text(Column::Reference, reference, LONGEST_REFERENCE, None);
        let contact = text(Column::Contact, contact, LONGEST_CONTACT, Some("Enter the name of the person to invite"));
        let email = match person::email(email) {
            Ok(email) => email,
            Err(error) => {
                let missing = email.trim().is_empty();
                let reason = if missing { "It is empty" } else { "It is no email address" };
                let found = Wrong { column: Column::Email, reason: reason.to_owned(), cure: error.to_string() };
                wrong.push(found);
                String::new()
            }
        };
        wrong.sort_by_key(|found| found.column);
        if wrong.is_empty() { Ok(Self { name, reference, email, contact }) } else { Err(wrong) }
    }

    /// The organisation's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How the council knows it; may be empty.
    #[must_use]
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// Whom to invite.
    #[must_use]
    pub fn email(&self) -> &str {
        &self.email
    }

    /// Their name.
    #[must_use]
    pub fn contact(&self) -> &str {
        &self.contact
    }

    /// What tells one invitation from another: whom it is for, and which organisation.
    pub(super) fn key(&self) -> (String, String) {
        key(&self.email, &self.name)
    }
}

/// The same however it is typed.
pub(super) fn key(email: &str, name: &str) -> (String, String) {
    (email.to_lowercase(), name.to_lowercase())
}

fn text(column: Column, typed: &str, longest: usize, missing: Option<&str>) -> Result<String, Wrong> {
    let wrong = |reason: String, cure: String| Err(Wrong { column, reason, cure });
    let typed = typed.trim();
    if let Some(cure) = missing.filter(|_| typed.is_empty()) {
        return wrong("It is empty".to_owned(), cure.to_owned());
    }
    if typed.chars().any(char::is_control) {
        return wrong("It has a line break, a tab or something else that cannot be seen".to_owned(), {
            "Type it in one line".to_owned()
        });
    }
    let length = typed.chars().count();
    if length > longest {
        return wrong(format!("It has {length} characters"), format!("Shorten it to {longest} characters or fewer"));
    }
    Ok(typed.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn what_is_typed_is_trimmed_and_a_formula_is_text() {
        let wanted = Wanted::typed(" =1+1 ", "", "Ann@care.example", "Ann Smith").unwrap();
        assert_eq!((wanted.name(), wanted.reference()), ("=1+1", ""));
        assert_eq!(wanted.key(), ("ann@care.example".to_owned(), "=1+1".to_owned()));
    }

    #[test]
    fn everything_that_is_wrong_is_named_at_once() {
        let wrong = Wanted::typed("", &"r".repeat(61), "ann", "Ann\nSmith").unwrap_err();
        let columns: Vec<Column> = wrong.iter().map(|wrong| wrong.column).collect();
        assert_eq!(columns, Column::ALL);
        assert_eq!(wrong[1].cure, "Shorten it to 60 characters or fewer");
    }
}
