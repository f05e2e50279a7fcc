//! The words of every letter: what happened, what to do and by when, and what to do if it was not you. Plain text, so that
//! a letter reads the same everywhere and nothing hides behind a link.

mod links;
mod news;

use chrono::{DateTime, Utc};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_tenants::identity::letter::{Letter, LetterKind};
use serde_json::Value;

/// The longest name that is put into a letter.
const LONGEST_NAME: usize = 120;

/// A letter in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wording {
    pub(super) subject: String,
    pub(super) text: String,
}

/// What a letter is put together from.
struct Parts {
    subject: String,
    /// What happened.
    happened: Vec<String>,
    /// What to do, and the address at which.
    action: Option<(String, String)>,
    /// What else there is to know: by when, what comes next.
    more: Vec<String>,
    /// What to do for whoever did not expect it, or whom to ask.
    otherwise: Vec<String>,
}

/// What words are made of: the letter, its link, and the service's address.
struct About<'a> {
    letter: &'a Letter,
    link: Option<&'a str>,
    public_address: &'a str,
}

/// A letter in words. Its link where it brings one; the service's address without a stroke at its end.
pub(super) fn of(letter: &Letter, link: Option<&str>, public_address: &str) -> Wording {
    let about = About { letter, link, public_address };
    let parts = match letter.kind {
        LetterKind::Invitation => links::invitation(&about),
        LetterKind::ResetPassword => links::reset_password(&about),
        LetterKind::LostFactor => links::lost_factor(&about),
        LetterKind::Return => links::come_back(&about),
        LetterKind::Unlock => links::unlock(&about),
        LetterKind::NoPassword => news::no_password(&about),
        LetterKind::Joined => news::joined(&about),
        LetterKind::Removed => news::removed(&about),
        LetterKind::OrganisationInvited => news::organisation_invited(&about),
        LetterKind::PasswordChanged => news::password_changed(&about),
        LetterKind::FactorChanged => news::factor_changed(&about),
    };
    about.put(parts)
}

impl About<'_> {
    fn put(&self, parts: Parts) -> Wording {
        let mut paragraphs = vec![format!("Hello {},", plain(&self.letter.name))];
        paragraphs.extend(parts.happened);
        paragraphs.extend(parts.action.map(|(what, address)| format!("{what}\n{address}")));
        paragraphs.extend(parts.more);
        paragraphs.extend(parts.otherwise);
        paragraphs.push(format!(
            "Counterfoil, where councils pay their care providers\n{}\nThis email was sent automatically. Nobody reads \
             replies to it.",
            self.public_address
        ));
        Wording { subject: parts.subject, text: paragraphs.join("\n\n") + "\n" }
    }

    /// What stands in the letter's context.
    fn named(&self, key: &str) -> Option<String> {
        self.letter.context.get(key).and_then(Value::as_str).map(plain).filter(|name| !name.is_empty())
    }

    /// Several names that stand in the letter's context.
    fn names(&self, key: &str) -> Vec<String> {
        let listed = self.letter.context.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        listed.iter().filter_map(Value::as_str).map(plain).filter(|name| !name.is_empty()).collect()
    }

    /// A page of the service.
    fn page(&self, path: &str) -> String {
        format!("{}{path}", self.public_address)
    }

    /// The link that the letter brings; where it brings none, which no such letter does, the way to another one.
    fn link(&self) -> String {
        self.link.map_or_else(|| self.page("/forgotten-password"), str::to_owned)
    }

    /// Until when the link is good, as a sentence.
    fn until(&self) -> String {
        let until = self.letter.good_until.map_or_else(String::new, |until| format!(" until {}", time(until)));
        format!("The link works once{until}.")
    }

    /// When the letter was written, which is when what it tells happened.
    fn when(&self) -> String {
        time(self.letter.made_at)
    }
}

/// As the GOV.UK style has it: `9:05am on Monday 3 March 2025`, by the clocks in the United Kingdom.
fn time(instant: DateTime<Utc>) -> String {
    local_time(instant).format("%-I:%M%P on %A %-d %B %Y").to_string()
}

/// A name as it may stand in a letter. Others have chosen it: it is one line, not too long, and no link.
fn plain(name: &str) -> String {
    let blanked: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let unlinked = blanked.replace("://", " ").replace("www.", "www ");
    let words: Vec<&str> = unlinked.split_whitespace().collect();
    words.join(" ").chars().take(LONGEST_NAME).collect()
}

/// `A`, `A and B`, `A, B and C`.
fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
