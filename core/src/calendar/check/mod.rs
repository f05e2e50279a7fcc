//! Says what is unusual about a calendar's periods; decides nothing and changes nothing.
//!
//! Stands after import and generation, before a person accepts or overrides. What is usual is learnt from the
//! periods themselves: the weekday that most of them have, the working days that most of them leave between
//! finalisation and bank. Real tables break every simple rule, so a rule that is not the table's own would
//! name rows that are right.

mod bank;
mod days;
mod tiling;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    BankDateRule, BankHolidays, Division, Finding, FindingCode, HolidayUse, PayPeriod, Severity, WorkingDays,
    short_date,
};
pub use bank::inferred_bank_date_rule;

/// On which day a council submits the payment file of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Submission {
    /// On the day of finalisation, or the next working day where that is none.
    #[default]
    OnFinalisation,
    /// On the working day after finalisation.
    NextWorkingDay,
}

/// What periods are checked against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CheckSettings {
    /// Whose bank holidays the council keeps.
    pub division: Division,
    /// When it submits.
    pub submission: Submission,
    /// Its rule for bank dates; when absent, the one that most of the periods follow.
    pub bank_date: Option<BankDateRule>,
    /// Whether its bank dates count bank holidays in.
    pub holidays: HolidayUse,
}

/// What every check looks at.
struct Table<'a> {
    /// In the order of their dates, whatever the order of the rows.
    periods: Vec<&'a PayPeriod>,
    settings: &'a CheckSettings,
    /// The council's working days, as its bank dates count them.
    working: WorkingDays<'a>,
    /// The days on which BACS moves money.
    bacs: WorkingDays<'a>,
}

/// Everything unusual about these periods, by date. The order in which they are given changes nothing.
///
/// Whether finalisation falls on a working day is judged by the council's division, whether money can arrive
/// by BACS, which follows England's bank holidays.
#[must_use]
pub fn check(periods: &[PayPeriod], settings: &CheckSettings, holidays: &BankHolidays) -> Vec<Finding> {
    let known = match settings.holidays {
        HolidayUse::CountedIn { known_on: Some(day) } => &holidays.as_known_on(day),
        _ => holidays,
    };
    let mut ordered: Vec<&PayPeriod> = periods.iter().collect();
    ordered.sort_by_key(|period| (period.dates, period.origin.row()));
    let table = Table {
        periods: ordered,
        settings,
        working: WorkingDays::counting(known, settings.division, settings.holidays),
        bacs: holidays.bacs_days(),
    };
    let mut findings = holidays_unknown(&table, holidays);
    findings.extend(tiling::findings(&table));
    findings.extend(days::findings(&table, &holidays.working_days(settings.division)));
    findings.extend(bank::findings(&table));
    findings.sort_by_key(|finding| (finding.period_starts, finding.row, finding.code));
    findings
}

/// One warning for the table where its dates leave the years of the list.
fn holidays_unknown(table: &Table<'_>, holidays: &BankHolidays) -> Vec<Finding> {
    let Some((first, last)) = holidays.known_between(table.settings.division) else {
        return Vec::new();
    };
    let outside = |date: &NaiveDate| *date < first || *date > last;
    let dates: Vec<NaiveDate> = table
        .periods
        .iter()
        .flat_map(|period| [period.dates.finalisation, period.dates.bank_date])
        .filter(outside)
        .collect();
    if dates.is_empty() {
        return Vec::new();
    }
    let sentence = format!(
        "Bank holidays are known from {} to {}; {} of this calendar's dates lie outside and were checked as though there were none.",
        short_date(first),
        short_date(last),
        dates.len()
    );
    let (code, severity) = (FindingCode::HolidaysUnknown, Severity::Warning);
    vec![Finding { code, severity, row: None, period_starts: None, dates, sentence }]
}

fn finding(
    period: &PayPeriod,
    code: FindingCode,
    severity: Severity,
    dates: Vec<NaiveDate>,
    sentence: String,
) -> Finding {
    let (row, period_starts) = (period.origin.row(), Some(period.dates.starts));
    Finding { code, severity, row, period_starts, dates, sentence }
}

/// The value that more than half of the values have, and how many do; at least two must agree.
fn majority<T: Copy + Ord>(values: impl Iterator<Item = T>) -> Option<(T, usize)> {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_unstable();
    let middle = *sorted.get(sorted.len() / 2)?;
    let count = sorted.iter().filter(|value| **value == middle).count();
    (count >= 2 && count * 2 > sorted.len()).then_some((middle, count))
}
