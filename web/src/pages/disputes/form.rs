//! What opening a dispute and acting in one send, read and checked.

use counterfoil_core::dispute::{DisputeEvent, DisputeReason};
use counterfoil_core::ids::{ClaimId, PersonId};
use counterfoil_core::money::Money;
use counterfoil_tenants::dispute::{LONGEST_WANTED, LineNamed, MOST_WANTED, Move, NewDispute};
use counterfoil_tenants::talk::{self, NewFile, NewMessage};
use serde::Serialize;

use crate::form::{Errors, FormShown, Typed};

/// A dispute that is being opened.
pub(super) struct Opening {
    pub(super) claim: ClaimId,
    line: Option<u32>,
    reason: Option<DisputeReason>,
    wanted: String,
    amount: Option<Money>,
    message: String,
}

impl Opening {
    /// What was typed about a claim with these lines.
    pub(super) fn read(typed: &Typed, claim: ClaimId, lines: &[LineNamed], errors: &mut Errors) -> Self {
        let line = match typed.text("line") {
            "" => None,
            number => {
                let line = number.parse().ok().and_then(|number: u32| number.checked_sub(1));
                let known = line.filter(|line| lines.iter().any(|known| known.number == *line));
                errors.unless(known.is_some(), "line", "Select a line of this claim, or the whole claim");
                known
            }
        };
        let reason = DisputeReason::ALL.into_iter().find(|reason| reason.code() == typed.text("reason"));
        errors.unless(reason.is_some(), "reason", "Select what the dispute is about");
        let wanted = typed.lines("wanted");
        errors.unless(!wanted.is_empty(), "wanted", "Enter what you think is right");
        errors.unless(
            wanted.chars().count() <= LONGEST_WANTED,
            "wanted",
            "What you think is right must be 1,000 characters or fewer",
        );
        let amount = match pounds(typed.text("amount")) {
            Ok(amount) => amount,
            Err(words) => {
                errors.add("amount", words);
                None
            }
        };
        let message = typed.lines("message");
        if let Some(wrong) = talk::wrong_with(&message) {
            errors.add("message", wrong);
        }
        Self { claim, line, reason, wanted, amount, message }
    }

    /// The dispute; none where its reason is missing.
    pub(super) fn dispute<'a>(&'a self, writer: (PersonId, &'a str), files: &'a [NewFile]) -> Option<NewDispute<'a>> {
        Some(NewDispute {
            claim: self.claim,
            line: self.line,
            reason: self.reason?,
            wanted: &self.wanted,
            wanted_pence: self.amount,
            message: NewMessage { writer, body: &self.message, files },
        })
    }
}

/// A sum as people type it: `£1,234.56`, `1234.56`, `1234`. None where nothing was typed.
fn pounds(typed: &str) -> Result<Option<Money>, &'static str> {
    const WRONG: &str = "Enter the amount in pounds and pence, like 123.45";
    let plain: String = typed.trim_start_matches('\u{a3}').chars().filter(|c| *c != ',' && *c != ' ').collect();
    if plain.is_empty() {
        return if typed.is_empty() { Ok(None) } else { Err(WRONG) };
    }
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, "00"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() != 2 {
        return Err(WRONG);
    }
    let pence = format!("{whole}{part}").parse().map(Money::from_pence);
    match pence {
        Ok(sum) if sum <= MOST_WANTED => Ok(Some(sum)),
        _ => Err("Amount must be \u{a3}10,000,000 or less"),
    }
}

/// What somebody does in a dispute.
pub(super) struct Acting {
    event: Option<DisputeEvent>,
    seen: u32,
    message: String,
}

impl Acting {
    pub(super) fn read(typed: &Typed, errors: &mut Errors) -> Self {
        let event = DisputeEvent::LATER.into_iter().find(|event| event.code() == typed.text("do"));
        errors.unless(event.is_some(), "do", "Select what you want to do");
        let message = typed.lines("message");
        let needed = event.is_some_and(DisputeEvent::needs_words) || !message.is_empty();
        if let Some(wrong) = talk::wrong_with(&message).filter(|_| needed) {
            errors.add("message", wrong);
        }
        Self { event, seen: typed.text("version").parse().unwrap_or_default(), message }
    }

    /// The step; none where it was not chosen.
    pub(super) fn step<'a>(&'a self, writer: (PersonId, &'a str), files: &'a [NewFile]) -> Option<Move<'a>> {
        let message = NewMessage { writer, body: &self.message, files };
        Some(Move { event: self.event?, seen: self.seen, message })
    }
}

/// Something to be chosen.
#[derive(Debug, Serialize)]
pub(super) struct Item {
    value: String,
    text: String,
}

/// The page on which a dispute is opened.
#[derive(Debug, Serialize)]
pub(super) struct NewPage {
    /// Where disputes are, and claims.
    pub(super) home: String,
    pub(super) claims: String,
    /// Who answers.
    pub(super) other: &'static str,
    /// The claim, once an address names one: where it is, its id, person, week and contract.
    pub(super) claim: Option<[String; 5]>,
    pub(super) lines: Vec<Item>,
    pub(super) reasons: Vec<Item>,
    /// In how many working days it is answered.
    pub(super) days: u16,
    pub(super) form: FormShown,
}

/// The lines of a claim, and the whole of it.
pub(super) fn line_items(lines: &[LineNamed]) -> Vec<Item> {
    let whole = Item { value: String::new(), text: "The whole claim".to_owned() };
    let line = |line: &LineNamed| {
        let number = line.number.saturating_add(1);
        Item { value: number.to_string(), text: format!("Line {number}: {}", line.reference) }
    };
    std::iter::once(whole).chain(lines.iter().map(line)).collect()
}

/// The reasons.
pub(super) fn reason_items() -> Vec<Item> {
    let item = |reason: DisputeReason| Item { value: reason.code().to_owned(), text: reason.words().to_owned() };
    DisputeReason::ALL.into_iter().map(item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_read_in_pounds_and_pence() {
        let pence = |typed: &str| pounds(typed).map(|sum| sum.map(Money::pence));
        for (typed, expected) in
            [("", None), ("18.85", Some(1_885)), ("\u{a3}1,234.50", Some(123_450)), ("7", Some(700)), ("0.00", Some(0))]
        {
            assert_eq!(pence(typed), Ok(expected), "{typed}");
        }
        for wrong in ["18.8", "18.855", "-1.00", "about 20", "\u{a3}", ".50", "1.2.3", "99999999999999999999.00"] {
            assert!(pence(wrong).is_err(), "{wrong}");
        }
        assert_eq!(pence("10000000.00"), Ok(Some(1_000_000_000)));
        assert!(pence("10000000.01").is_err());
    }
}
