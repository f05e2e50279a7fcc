//! Whether cut-off and finalisation fall on the days that they usually do, and in the right order.

use chrono::{Datelike, Days, NaiveDate};

use super::super::day_and_date;
use super::{Finding, FindingCode, PayPeriod, Severity, Table, WorkingDays, finding, majority};

/// The dates that have a weekday of their own, with the words for them. Bank dates are not among them: they
/// follow from finalisation.
type Column = (fn(&PayPeriod) -> NaiveDate, &'static str, bool);
const COLUMNS: [Column; 4] = [
    (|period| period.dates.starts, "The period starts", false),
    (|period| period.dates.ends, "The period ends", false),
    (|period| period.dates.cut_off_date(), "Amendments close", true),
    (|period| period.dates.finalisation, "The run is finalised", true),
];

pub(super) fn findings(table: &Table<'_>, working: &WorkingDays<'_>) -> Vec<Finding> {
    let mut found: Vec<Finding> = table.periods.iter().filter_map(|period| not_working(period, working)).collect();
    found.extend(table.periods.iter().filter_map(|period| closes_too_late(period)));
    // Only weeks have weekdays of their own; months start on any.
    let weeks = table.periods.iter().filter(|period| period.dates.days() % 7 == 0).count();
    if weeks * 2 > table.periods.len() {
        for column in COLUMNS {
            found.extend(wrong_weekdays(table, working, column));
        }
    }
    found
}

fn not_working(period: &PayPeriod, working: &WorkingDays<'_>) -> Option<Finding> {
    let day = period.dates.finalisation;
    if working.is_working_day(day) {
        return None;
    }
    let why = working.holiday(day).map_or_else(|| "a weekend".to_owned(), |title| format!("a bank holiday ({title})"));
    let sentence = format!("The run is finalised on {}, {why}.", day_and_date(day));
    Some(finding(period, FindingCode::FinalisationNotWorkingDay, Severity::Warning, vec![day], sentence))
}

fn closes_too_late(period: &PayPeriod) -> Option<Finding> {
    let (closes, finalised) = (period.dates.cut_off_date(), period.dates.finalisation);
    if closes <= finalised {
        return None;
    }
    let sentence = format!(
        "Amendments close on {}, after the run is finalised on {}.",
        day_and_date(closes),
        day_and_date(finalised)
    );
    let code = FindingCode::CutOffAfterFinalisation;
    Some(finding(period, code, Severity::Impossible, vec![closes, finalised], sentence))
}

fn wrong_weekdays(table: &Table<'_>, working: &WorkingDays<'_>, column: Column) -> Vec<Finding> {
    let (date_of, words, moves) = column;
    let weekdays = table.periods.iter().map(|period| date_of(period).weekday().num_days_from_monday());
    let Some((usual, count)) = majority(weekdays) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for &period in &table.periods {
        let day = date_of(period);
        let Some(expected) = same_week(day, usual).filter(|expected| *expected != day) else {
            continue;
        };
        // A run that is moved off a bank holiday is where it should be.
        if moves && working.holiday(expected).is_some() {
            continue;
        }
        let sentence = format!(
            "{words} on {}; in {count} of {} rows that is a {}.",
            day_and_date(day),
            table.periods.len(),
            expected.format("%A")
        );
        found.push(finding(period, FindingCode::WrongWeekday, Severity::Warning, vec![day, expected], sentence));
    }
    found
}

/// The given weekday (0 for Monday) of the Monday-to-Sunday week that a day lies in.
fn same_week(day: NaiveDate, weekday: u32) -> Option<NaiveDate> {
    let monday = day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))?;
    monday.checked_add_days(Days::new(u64::from(weekday)))
}
