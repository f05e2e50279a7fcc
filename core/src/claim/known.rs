//! Everything that is known of a claim at an instant, gathered into the facts that its rule prices. Reading the
//! records is the database's work; here it is decided which version of each counts, and for which days.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc, Weekday};

use crate::calendar::{BankHolidays, Division};
use crate::plan::{LineVersion, PlannedCare, days_held, last_version_before};
use crate::pricing::ClaimFacts;
use crate::pricing::facts::{
    Attribute, Day, DayFacts, DayKind, EarlierDay, Ending, LineFacts, Recording, Setting, Span, Stay, Terms,
};
use crate::rate_card::{RateCardRow, rows_for_line};
use crate::statement::{LineStatement, StatedCare, Statement, StatementError};

/// How long after a line's end a rule may still pay, in days: the longest retention published is four weeks and
/// more at a reduced rate (Havering), paid period by period.
pub const LONGEST_TAIL: u64 = 92;

/// What is known of a claim.
#[derive(Debug, Clone)]
pub struct KnownClaim<'a> {
    /// The first and last day of the claim period.
    pub period: (NaiveDate, NaiveDate),
    /// How the contract records care.
    pub recording: Recording,
    /// What the contract pays by.
    pub terms: Terms,
    /// Attributes of the contract.
    pub contract: &'a [Attribute],
    /// The claim's lines, in the order of their numbers.
    pub lines: &'a [KnownLine],
    /// The council's rate card, or those rows of it that the lines' services use.
    pub rate_card: &'a [RateCardRow],
    /// Bank holidays.
    pub holidays: &'a BankHolidays,
    /// The council's nation.
    pub division: Division,
    /// Days on which the service is closed.
    pub closures: &'a BTreeSet<NaiveDate>,
    /// What the provider stated, if it has.
    pub statement: Option<&'a Statement>,
    /// The reason codes that the council has.
    pub reasons: &'a BTreeSet<String>,
    /// Stays of the person.
    pub stays: &'a [Stay],
    /// Death or end, if it is known.
    pub ending: Option<Ending>,
    /// Earlier statements, as far back as the rule asks.
    pub earlier: Vec<EarlierDay>,
    /// The council's settings for the rule.
    pub settings: &'a [Setting],
    /// As known at which instant.
    pub known_at: DateTime<Utc>,
}

/// A service line of a claim with its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownLine {
    /// Its number within the claim, from 0.
    pub number: u32,
    /// Its versions.
    pub versions: Vec<LineVersion>,
}

impl KnownClaim<'_> {
    /// Gathers the facts.
    ///
    /// # Errors
    /// A [`StatementError`] when the statement does not fit the plan.
    pub fn facts(self) -> Result<ClaimFacts, StatementError> {
        let mut by_line: BTreeMap<u32, &LineStatement> = BTreeMap::new();
        for line in self.statement.iter().flat_map(|statement| &statement.lines) {
            if !self.lines.iter().any(|known| known.number == line.line) {
                return Err(StatementError::UnknownLine { line: line.line });
            }
            if by_line.insert(line.line, line).is_some() {
                return Err(StatementError::LineTwice { line: line.line });
            }
        }
        let stated = self.statement.is_some() && self.recording != Recording::None;
        let mut lines = Vec::with_capacity(self.lines.len());
        for known in self.lines {
            lines.push(self.line(known, by_line.get(&known.number).copied(), stated)?);
        }
        lines.sort_by_key(|line| line.line);
        Ok(ClaimFacts {
            period: Span { from: Day::of(self.period.0), to: Day::of(self.period.1) },
            recording: self.recording,
            terms: self.terms,
            stated,
            attributes: self.contract.to_vec(),
            days: self.days(),
            lines,
            stays: self.stays.to_vec(),
            ending: self.ending,
            earlier: self.earlier,
            settings: self.settings.to_vec(),
        })
    }

    fn line(
        &self,
        known: &KnownLine,
        statement: Option<&LineStatement>,
        stated: bool,
    ) -> Result<LineFacts, StatementError> {
        let (from, to) = self.period;
        let held = days_held(&known.versions, from, to, self.known_at);
        let ended = last_version_before(&known.versions, to, self.known_at);
        let tail = ended.and_then(|version| version.to).and_then(|end| {
            let last = end.checked_add_days(Days::new(LONGEST_TAIL))?.min(to);
            (last > end && last >= from).then(|| Day::of(last))
        });
        // a line that ended before the period has no day of its own left: its tail is all that it has
        let valid = held.unwrap_or(Span { from: Day::of(from), to: Day(Day::of(from).0 - 1) });
        let planned = PlannedCare::of(&known.versions, from, to, self.known_at);
        let care = match (statement, stated) {
            (Some(statement), true) => StatedCare::of(statement, &planned, valid, self.recording, self.reasons)?,
            // a line that the statement leaves out was not delivered
            (None, true) => StatedCare::nothing(&planned, valid, self.recording)?,
            (_, false) => StatedCare::default(),
        };
        let shown =
            last_version_before(&known.versions, valid.to.date().unwrap_or(to).max(from), self.known_at).or(ended);
        Ok(LineFacts {
            line: known.number,
            service: shown.map(|version| version.service.clone()).unwrap_or_default(),
            unit: shown.map_or(crate::pricing::facts::Unit::Hour, |version| version.unit),
            tier: shown.map(|version| version.tier.clone()).unwrap_or_default(),
            valid,
            tail,
            attributes: shown.map(|version| version.attributes.clone()).unwrap_or_default(),
            rates: rows_for_line(self.rate_card, &known.versions, self.period, self.known_at),
            plan: planned.days,
            planned_visits: planned.visits,
            stated_days: care.days,
            stated_visits: care.visits,
        })
    }

    fn days(&self) -> Vec<DayFacts> {
        self.period
            .0
            .iter_days()
            .take_while(|date| *date <= self.period.1)
            .map(|date| DayFacts {
                day: Day::of(date),
                kind: match date.weekday() {
                    Weekday::Sat => DayKind::Saturday,
                    Weekday::Sun => DayKind::Sunday,
                    _ => DayKind::Weekday,
                },
                bank_holiday: self.holidays.get(self.division, date).is_some(),
                closed: self.closures.contains(&date),
            })
            .collect()
    }
}
