//! What a preview shows of changes and of what is wrong.

use counterfoil_core::actuals_file::{LineChange, OpenClaim, Outcome, Wrong};
use counterfoil_core::money::Quantity;
use counterfoil_core::pricing::facts::Unit;
use counterfoil_core::pricing::words;
use serde::{Deserialize, Serialize};

use crate::london;

/// How many lines of each kind the page shows; the rest is counted.
pub(super) const MOST_SHOWN: usize = 50;

/// A line that would change.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct ChangeShown {
    week: String,
    person: String,
    line: String,
    service: String,
    is_new: bool,
    planned: String,
    before: Option<String>,
    after: String,
    frustrated: Option<String>,
    loses_days: bool,
}

impl ChangeShown {
    pub(super) fn of(claim: &OpenClaim, outcome: Outcome, change: &LineChange) -> Self {
        let quantity = |raw: i64| amount(raw, change.timetabled, change.unit);
        Self {
            week: london::span(claim.starts, claim.ends),
            person: claim.person.clone(),
            line: change.line.clone(),
            service: change.service.clone(),
            is_new: outcome == Outcome::New,
            planned: quantity(change.planned),
            before: change.before.map(|(delivered, _)| quantity(delivered)),
            after: quantity(change.after.0),
            frustrated: (change.after.1 > 0).then(|| quantity(change.after.1)),
            loses_days: change.loses_days,
        }
    }
}

/// `7.5 hours`; carer-minutes as hours and minutes.
fn amount(raw: i64, timetabled: bool, unit: Unit) -> String {
    if timetabled {
        return format!("{} h {:02} min", raw / 60, raw % 60);
    }
    words::amount(Quantity::from_thousandths(raw), unit)
}

/// Something wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct WrongShown {
    place: String,
    reason: String,
    cure: String,
}

impl From<&Wrong> for WrongShown {
    fn from(wrong: &Wrong) -> Self {
        let mut place = wrong.place.clone();
        // as the beginning of a cell of the page
        if let Some(rest) = place.strip_prefix("row ") {
            place = format!("Row {rest}");
        }
        Self { place, reason: wrong.reason.clone(), cure: wrong.cure.clone() }
    }
}

/// A claim in words: `7 to 13 December 2024, SS1`.
pub(super) fn called(claim: &OpenClaim) -> String {
    format!("{}, {}", london::span(claim.starts, claim.ends), claim.person)
}
