//! The calendars that Worcestershire County Council published, as schedules ready to use.
//!
//! Used by the demo and the tests; a council that signs up makes its own in the same way. The four tables are
//! kept verbatim, mistakes included.

use chrono::{NaiveDate, NaiveTime, Weekday};

use super::{
    BankDateRule, CutOffRule, DayRule, Division, FinalisationRule, Generator, HolidayUse, PeriodOverride, Schedule,
    Submission, Timing, Unit,
};

/// Direct payments 2024/25: in advance, paid before the period starts; bank holidays as agreed at 1 January 2024.
pub const DIRECT_PAYMENTS_2024: &str = include_str!("../../data/calendars/worcestershire-direct-payments-2024-25.csv");

/// Residential, shared lives, supported living and housing provider core (weekly support) 2024/25: two weeks
/// back and two ahead; bank holidays as agreed at 1 January 2024.
pub const RESIDENTIAL_2024: &str = include_str!("../../data/calendars/worcestershire-residential-2024-25.csv");

/// Carer flexible breaks 2024/25: in arrears; its columns are in another order than its headings.
pub const CARER_FLEXIBLE_BREAKS_2024: &str =
    include_str!("../../data/calendars/worcestershire-carer-flexible-breaks-2024-25.csv");

/// Residential, shared lives and supported living 2020/21.
pub const RESIDENTIAL_2020: &str = include_str!("../../data/calendars/worcestershire-residential-2020-21.csv");

/// Amendments close at 6pm.
pub const CUT_OFF_TIME: NaiveTime = match NaiveTime::from_hms_opt(18, 0, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};

/// Weekly actuals 2024/25: Saturday to Friday, last amendments Tuesday 6pm, finalised Wednesday, in the bank the
/// next Tuesday, which over Easter 2024 was Thursday 4 April; with the early cut-offs of Christmas 2024.
#[must_use]
pub fn weekly_actuals() -> Schedule {
    let generator = weeks(1, day(2024, 3, 30), Timing::Arrears, 0);
    Schedule { overrides: christmas_2024(), ..schedule("Weekly actuals", generator) }
}

/// The four-weekly rule behind [`DIRECT_PAYMENTS_2024`], for the years that no table covers.
#[must_use]
pub fn direct_payments() -> Schedule {
    schedule("Direct payments", weeks(4, day(2024, 4, 27), Timing::Advance, -3))
}

/// The four-weekly rule behind [`RESIDENTIAL_2024`] and, earlier, [`RESIDENTIAL_2020`].
#[must_use]
pub fn residential() -> Schedule {
    schedule("Residential", weeks(4, day(2024, 3, 30), Timing::Mixed, 0))
}

/// The four-weekly rule behind [`CARER_FLEXIBLE_BREAKS_2024`].
#[must_use]
pub fn carer_flexible_breaks() -> Schedule {
    schedule("Carer flexible breaks", weeks(4, day(2024, 3, 16), Timing::Arrears, 1))
}

fn schedule(name: &str, generator: Generator) -> Schedule {
    Schedule {
        name: name.to_owned(),
        division: Division::EnglandAndWales,
        submission: Submission::OnFinalisation,
        generator: Some(generator),
        imported: Vec::new(),
        overrides: Vec::new(),
        accepted: Vec::new(),
    }
}

/// Closing on a Tuesday, finalised on Wednesday, in the bank four working days later.
fn weeks(length: u16, anchor: NaiveDate, timing: Timing, moved: i32) -> Generator {
    Generator {
        unit: Unit::Weeks(length),
        anchor,
        timing,
        cut_off: CutOffRule { day: DayRule::Weekday { weekday: Weekday::Tue, weeks: moved }, time: CUT_OFF_TIME },
        finalisation: FinalisationRule::Weekday { weekday: Weekday::Wed },
        bank_date: BankDateRule::WorkingDaysAfter { days: 4 },
        holidays: HolidayUse::CountedIn { known_on: None },
    }
}

/// 14-20 December closes on Sunday 22 December and pays on 31 December, 21-27 December closes on Monday 30
/// December and pays on 7 January. The runs are finalised on the working day after they close.
fn christmas_2024() -> Vec<PeriodOverride> {
    let early = |starts, closes: NaiveDate, finalisation, bank_date| PeriodOverride {
        cut_off: Some(closes.and_time(CUT_OFF_TIME)),
        finalisation: Some(finalisation),
        bank_date: Some(bank_date),
        ..PeriodOverride::of(starts, "Early cut-off at Christmas")
    };
    vec![
        early(day(2024, 12, 14), day(2024, 12, 22), day(2024, 12, 23), day(2024, 12, 31)),
        early(day(2024, 12, 21), day(2024, 12, 30), day(2024, 12, 31), day(2025, 1, 7)),
    ]
}

/// A date of this file; each is read by the tests.
const fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    match NaiveDate::from_ymd_opt(year, month, day) {
        Some(date) => date,
        None => NaiveDate::MIN,
    }
}
