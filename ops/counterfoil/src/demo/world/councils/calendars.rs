//! Schedules of the demo's councils: published tables with their mistakes, overridden where one of them cannot be run,
//! and generators for the councils that publish only a rule.

use anyhow::Context as _;
use chrono::{NaiveDate, NaiveTime, Weekday};
use counterfoil_core::calendar::{
    BankDateRule, CutOffRule, DayRule, Division, FinalisationRule, Generator, HolidayUse, PeriodOverride, Roll,
    Schedule, Submission, Timing, Unit, import, published,
};
use counterfoil_core::claim::Basis;
use counterfoil_core::ids::ScheduleId;
use uuid::Uuid;

use crate::demo::world::council::PaySchedule;

/// A schedule under a name, with the days for which its periods are made. Its id is given when the council is built.
pub(super) fn pays(name: &str, basis: Basis, definition: Schedule, unrolled: (NaiveDate, NaiveDate)) -> PaySchedule {
    PaySchedule {
        id: ScheduleId::from_uuid(Uuid::nil()),
        basis,
        definition: Schedule { name: name.to_owned(), ..definition },
        unrolled,
    }
}

/// A schedule with the periods of a published table, as a person imports it who agrees to the columns proposed.
///
/// # Errors
/// When the table cannot be read.
pub(super) fn with_table(definition: Schedule, table: &str) -> anyhow::Result<Schedule> {
    let read = import::read(table).context("a published table cannot be split")?;
    let agreed = read.mapping().context("a published table has unknown columns")?;
    let imported = read.import(&agreed.mapping, published::CUT_OFF_TIME)?;
    anyhow::ensure!(imported.unread.is_empty(), "a published table has rows that cannot be read");
    Ok(Schedule { imported: imported.periods, ..definition })
}

/// Another bank date for a row that could not be run as it was published.
pub(super) fn paid_on(starts: NaiveDate, bank_date: NaiveDate, reason: &str) -> PeriodOverride {
    PeriodOverride { bank_date: Some(bank_date), ..PeriodOverride::of(starts, reason) }
}

/// Another cut-off and what follows from it.
pub(super) fn closes_at(
    starts: NaiveDate,
    (day, time): (NaiveDate, NaiveTime),
    finalisation: NaiveDate,
    bank_date: NaiveDate,
    reason: &str,
) -> PeriodOverride {
    PeriodOverride {
        cut_off: Some(day.and_time(time)),
        finalisation: Some(finalisation),
        bank_date: Some(bank_date),
        ..PeriodOverride::of(starts, reason)
    }
}

/// A generator without tables. `closes` is the first such weekday after the end of the period (or, where it is paid
/// in advance, `weeks` before its start), `time` until when on that day.
pub(super) struct Weeks {
    /// 1 for weekly, 4 for four-weekly.
    pub(super) length: u16,
    /// First day of the first period.
    pub(super) anchor: NaiveDate,
    /// Arrears, advance, or both.
    pub(super) timing: Timing,
    /// The weekday on which amendments close.
    pub(super) closes: Weekday,
    /// Whole weeks that it is moved by.
    pub(super) moved: i32,
    /// Until when.
    pub(super) time: NaiveTime,
    /// The weekday on which the run is finalised.
    pub(super) finalised: Weekday,
    /// When the money is in the bank.
    pub(super) bank_date: BankDateRule,
}

impl Weeks {
    /// The schedule.
    pub(super) fn schedule(self) -> Schedule {
        generated(Generator {
            unit: Unit::Weeks(self.length),
            anchor: self.anchor,
            timing: self.timing,
            cut_off: CutOffRule { day: DayRule::Weekday { weekday: self.closes, weeks: self.moved }, time: self.time },
            finalisation: FinalisationRule::Weekday { weekday: self.finalised },
            bank_date: self.bank_date,
            holidays: HolidayUse::CountedIn { known_on: None },
        })
    }
}

/// Calendar months paid in arrears: closed on the third of the next month, finalised on the working day after it,
/// paid on the fifteenth or the working day before.
pub(super) fn months(anchor: NaiveDate) -> Schedule {
    generated(Generator {
        unit: Unit::Months(1),
        anchor,
        timing: Timing::Arrears,
        cut_off: CutOffRule { day: DayRule::DayOfMonth { day: 3, months: 1 }, time: published::CUT_OFF_TIME },
        finalisation: FinalisationRule::WorkingDays { days: 1 },
        bank_date: BankDateRule::DayOfMonth { day: 15, roll: Roll::Earlier },
        holidays: HolidayUse::CountedIn { known_on: None },
    })
}

fn generated(generator: Generator) -> Schedule {
    Schedule {
        name: String::new(),
        division: Division::EnglandAndWales,
        submission: Submission::OnFinalisation,
        generator: Some(generator),
        imported: Vec::new(),
        overrides: Vec::new(),
        accepted: Vec::new(),
    }
}
