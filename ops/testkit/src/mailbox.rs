//! What the platform has written to people, as they find it in their mailboxes.

use chrono::{DateTime, Utc};
use counterfoil_tenants::identity::letter::{Letter, LetterKind};
use counterfoil_tenants::identity::link::Token;

use crate::TestDatabase;

/// A letter that has arrived.
pub struct TestLetter {
    /// The letter.
    pub letter: Letter,
    /// What is in the address of the link that it brings.
    pub token: Option<Token>,
}

impl TestDatabase {
    /// Brings all letters that are due, in the order in which they were written. Where the link of one is not good any
    /// more, it has no token.
    ///
    /// # Panics
    /// Where the database refuses.
    pub async fn post(&self, now: DateTime<Utc>) -> Vec<TestLetter> {
        let identity = self.identity();
        let mut brought = Vec::new();
        while let Some(letter) = identity.next_letter(now).await.unwrap() {
            let token = match letter.link {
                Some(link) => identity.arm_link(link, now).await.unwrap(),
                None => None,
            };
            identity.letter_sent(letter.id, now).await.unwrap();
            brought.push(TestLetter { letter, token });
        }
        brought
    }

    /// Brings all letters that are due, and gives the token of the last one of a kind to an address.
    ///
    /// # Panics
    /// Where there is none, or its link is not good any more.
    pub async fn link_for(&self, email: &str, kind: LetterKind, now: DateTime<Utc>) -> Token {
        let brought = self.post(now).await;
        let found = brought.into_iter().rfind(|one| one.letter.email == email && one.letter.kind == kind);
        found.and_then(|one| one.token).unwrap_or_else(|| panic!("no link for {email} by {kind:?}"))
    }
}
