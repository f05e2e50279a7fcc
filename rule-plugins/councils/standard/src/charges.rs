//! The charges of one line, gathered: equal ones of several days become one charge, which is rounded once.

use counterfoil_rule_sdk::{Charge, Day, Finding, FindingLevel, RateRow, Reason, Verdict, price, reason};

use crate::Line;
use crate::standing::Outcome;

/// What is to be charged: so much of a row's unit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Units<'a> {
    pub(crate) row: &'a RateRow,
    pub(crate) units: i64,
    pub(crate) divisor: u16,
}

/// Where a charge belongs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    pub(crate) day: Day,
    pub(crate) visit: Option<u32>,
    /// Whether it may become one charge with equal ones of other days. A visit never does: each is rounded alone,
    /// planned or stated, so that a plan kept to the minute costs what was planned.
    pub(crate) joins: bool,
    /// How much of what was stated or planned it accounts for.
    pub(crate) accounts_for: i64,
}

pub(crate) struct Charges {
    line: u32,
    charges: Vec<Charge>,
    /// The rate of each charge, to price it once it is complete.
    rates: Vec<i64>,
    /// Whether charges of several days may become one.
    joins_days: bool,
}

impl Charges {
    pub(crate) fn of(line: &Line<'_>) -> Self {
        let room = line.facts.stated_visits.len().max(2);
        let joins_days = line.methods.first().night_ceiling_band.is_empty();
        Self { line: line.facts.line, charges: Vec::with_capacity(room), rates: Vec::with_capacity(room), joins_days }
    }

    /// Charges units of a row.
    pub(crate) fn add(&mut self, place: Place, units: Units<'_>, verdict: Verdict, reason: Reason) {
        let row = Some(units.row.row);
        self.put(place, (row, units.units, units.divisor, units.row.rate), verdict, reason);
    }

    /// Accounts for care that has no price.
    pub(crate) fn nothing(&mut self, place: Place, verdict: Verdict, reason: Reason) {
        self.put(place, (None, 0, 1, 0), verdict, reason);
    }

    /// Accounts for care that cannot be priced: a person decides.
    pub(crate) fn doubt(&mut self, place: Place, outcome: &Outcome<'_>, code: &str) {
        match outcome.verdict {
            // it would not have been paid anyway
            Verdict::Rejected => self.nothing(place, Verdict::Rejected, outcome.reason.clone()),
            _ => self.nothing(place, Verdict::Suspended, reason::plain(code)),
        }
    }

    fn put(
        &mut self,
        place: Place,
        (row, units, divisor, rate): (Option<u32>, i64, u16, i64),
        verdict: Verdict,
        reason: Reason,
    ) {
        let same = |charge: &Charge| {
            charge.row == row
                && charge.divisor == divisor
                && charge.verdict == verdict
                && charge.reason == reason
                && (self.joins_days || charge.from == place.day)
        };
        let joined = if place.joins { self.charges.iter_mut().rev().find(|charge| same(charge)) } else { None };
        if let Some(charge) = joined {
            charge.from = charge.from.min(place.day);
            charge.to = charge.to.max(place.day);
            charge.accounts_for += place.accounts_for;
            charge.units += units;
            return;
        }
        self.rates.push(rate);
        self.charges.push(Charge {
            line: self.line,
            from: place.day,
            to: place.day,
            visit: place.visit,
            accounts_for: place.accounts_for,
            units,
            divisor,
            row,
            pence: 0,
            verdict,
            reason,
        });
    }

    /// Prices what is gathered. A sum that does not fit is left to a person.
    pub(crate) fn priced(&mut self) -> &mut Vec<Charge> {
        for (charge, rate) in self.charges.iter_mut().zip(&self.rates) {
            match price::price(charge.units, charge.divisor, *rate) {
                Some(pence) => charge.pence = pence,
                None => {
                    (charge.row, charge.units, charge.pence) = (None, 0, 0);
                    (charge.verdict, charge.reason) = (Verdict::Suspended, reason::plain("too-large"));
                }
            }
        }
        &mut self.charges
    }

    /// A finding for each kind of doubt, so that the line is held back with a reason.
    pub(crate) fn doubts(&self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = Vec::new();
        let unpriced = |charge: &&Charge| charge.row.is_none() && charge.verdict == Verdict::Suspended;
        for charge in self.charges.iter().filter(unpriced) {
            if findings.iter().all(|known| known.reason != charge.reason) {
                findings.push(Finding {
                    line: Some(self.line),
                    day: Some(charge.from),
                    visit: charge.visit,
                    level: FindingLevel::Suspend,
                    reason: charge.reason.clone(),
                });
            }
        }
        findings
    }

    pub(crate) fn into_charges(self) -> Vec<Charge> {
        self.charges
    }
}
