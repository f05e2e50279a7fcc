//! Whether the money can be in the bank when the table says, and whether that is when it usually is.

use chrono::NaiveDate;

use super::super::day_and_date;
use super::{
    BankDateRule, Finding, FindingCode, PayPeriod, Severity, Submission, Table, WorkingDays, finding, majority,
};

/// BACS takes three working days: submitted on the first, processed on the second, paid in on the third.
const WORKING_DAYS_FROM_SUBMISSION: i32 = 2;

/// The rule 'finalisation + n working days' that more than half of these periods follow, with how many do.
/// Periods paid on or before their finalisation have no such rule and are left out.
#[must_use]
pub fn inferred_bank_date_rule(periods: &[&PayPeriod], working: &WorkingDays<'_>) -> Option<(BankDateRule, usize)> {
    let offsets = periods
        .iter()
        .filter(|period| period.dates.bank_date > period.dates.finalisation)
        .filter(|period| working.is_working_day(period.dates.bank_date))
        .filter_map(|period| {
            let days = working.working_days_between(period.dates.finalisation, period.dates.bank_date);
            u16::try_from(days).ok()
        });
    let (days, count) = majority(offsets)?;
    Some((BankDateRule::WorkingDaysAfter { days }, count))
}

/// What bank date a row should have by the table's own rule, and how that is known.
struct Expectation {
    date: NaiveDate,
    reason: String,
}

pub(super) fn findings(table: &Table<'_>) -> Vec<Finding> {
    let rule =
        table.settings.bank_date.map(|rule| (rule, None)).or_else(|| {
            inferred_bank_date_rule(&table.periods, &table.working).map(|(rule, count)| (rule, Some(count)))
        });
    let mut found = Vec::new();
    for &period in &table.periods {
        let expected = rule.and_then(|(rule, count)| expectation(table, period, rule, count));
        found.extend(not_working(table, period));
        found
            .extend(too_soon(table, period, expected.as_ref()).or_else(|| off_rule(table, period, expected.as_ref()?)));
    }
    found
}

fn expectation(table: &Table<'_>, period: &PayPeriod, rule: BankDateRule, count: Option<usize>) -> Option<Expectation> {
    let date = rule.date(period.dates.finalisation, &table.working)?;
    let reason = match count {
        Some(count) => format!("{count} of {} rows follow \u{2018}{}\u{2019}", table.periods.len(), rule.describe()),
        None => format!("the schedule's rule is \u{2018}{}\u{2019}", rule.describe()),
    };
    Some(Expectation { date, reason })
}

impl Expectation {
    fn sentence(&self, holidays: &str) -> String {
        format!("{}, which gives {}{holidays}", self.reason, day_and_date(self.date))
    }
}

fn not_working(table: &Table<'_>, period: &PayPeriod) -> Option<Finding> {
    let day = period.dates.bank_date;
    let words = day_and_date(day);
    let (severity, sentence) = if !table.bacs.is_working_day(day) {
        let why = table.bacs.holiday(day).map_or("a weekend", |title| title);
        (Severity::Impossible, format!("Paid into the bank on {words}, when BACS does not work ({why})."))
    } else {
        let title = table.working.holiday(day)?;
        let division = table.settings.division.title();
        (Severity::Warning, format!("Paid into the bank on {words}, a bank holiday in {division} ({title})."))
    };
    Some(finding(period, FindingCode::BankNotWorkingDay, severity, vec![day], sentence))
}

fn too_soon(table: &Table<'_>, period: &PayPeriod, expected: Option<&Expectation>) -> Option<Finding> {
    let (finalised, paid) = (period.dates.finalisation, period.dates.bank_date);
    let submitted = match table.settings.submission {
        Submission::OnFinalisation => table.bacs.on_or_after(finalised),
        Submission::NextWorkingDay => table.bacs.next_working_day(finalised),
    };
    let earliest = table.bacs.add_working_days(submitted, WORKING_DAYS_FROM_SUBMISSION);
    if paid >= earliest {
        return None;
    }
    let (code, mut sentence) = if paid < finalised {
        (
            FindingCode::BankBeforeFinalisation,
            format!(
                "Paid into the bank on {}, before the run is finalised on {}",
                day_and_date(paid),
                day_and_date(finalised)
            ),
        )
    } else if paid == finalised {
        (
            FindingCode::BankOnFinalisation,
            format!("Paid into the bank on {}, the day on which the run is finalised", day_and_date(paid)),
        )
    } else {
        (
            FindingCode::TooShortForBacs,
            format!(
                "Paid into the bank on {}; BACS takes three working days, so a file submitted on {} pays on {} at the earliest",
                day_and_date(paid),
                day_and_date(submitted),
                day_and_date(earliest)
            ),
        )
    };
    let mut dates = vec![paid, finalised];
    if let Some(expected) = expected {
        sentence.push_str("; ");
        sentence.push_str(&expected.sentence(""));
        dates.push(expected.date);
    }
    sentence.push('.');
    Some(finding(period, code, Severity::Impossible, dates, sentence))
}

fn off_rule(table: &Table<'_>, period: &PayPeriod, expected: &Expectation) -> Option<Finding> {
    let (finalised, paid) = (period.dates.finalisation, period.dates.bank_date);
    if paid == expected.date {
        return None;
    }
    let days = table.working.working_days_between(finalised, paid);
    let unit = if days == 1 { "working day" } else { "working days" };
    let sentence = format!(
        "Paid into the bank on {}, {days} {unit} after the run is finalised on {}; {}.",
        day_and_date(paid),
        day_and_date(finalised),
        expected.sentence(&holidays_between(table, finalised, expected.date.max(paid)))
    );
    let dates = vec![paid, finalised, expected.date];
    Some(finding(period, FindingCode::BankOffRule, Severity::Warning, dates, sentence))
}

/// The bank holidays that a person may have overlooked: ` (Monday 26 August 2024 is a bank holiday: ...)`.
fn holidays_between(table: &Table<'_>, finalised: NaiveDate, last: NaiveDate) -> String {
    let named: Vec<String> = finalised
        .iter_days()
        .take_while(|day| *day <= last)
        .filter_map(|day| table.working.holiday(day).map(|title| format!("{}: {title}", day_and_date(day))))
        .collect();
    if named.is_empty() { String::new() } else { format!(" (bank holidays counted in: {})", named.join("; ")) }
}
