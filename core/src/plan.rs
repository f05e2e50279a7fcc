//! Service lines and their plan: append-only versions, each with the days for which it holds and the time at which
//! it was recorded. A claim is generated from the plan ([`claim`](crate::claim)); what the provider states is
//! measured against it ([`statement`](crate::statement)).

use chrono::{DateTime, Datelike as _, Days, NaiveDate, Utc, Weekday};
use serde::{Deserialize, Serialize};

use crate::money::{Quantity, apportion};
use crate::pricing::facts::{Attribute, Day, PlannedDay, PlannedVisit, Span, Unit};

/// One version of a service line. It replaces whatever earlier versions said from its first day onwards, so that
/// a variation, an end and a backdated start are all one thing: another version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineVersion {
    /// 1 for the first.
    pub version: u32,
    /// The first day for which it holds.
    pub from: NaiveDate,
    /// The last day of care; none while it goes on.
    pub to: Option<NaiveDate>,
    /// When the council recorded it.
    pub recorded_at: DateTime<Utc>,
    /// The service level, as the rate card names it.
    pub service: String,
    /// What the line is planned and priced in.
    pub unit: Unit,
    /// The tier or band; empty where a service has none.
    pub tier: String,
    /// The recorded need behind the tier, for example `rurality`; empty for the tier that everyone starts at.
    pub tier_need: String,
    /// Attributes that the rule may ask for (distance, framework, postcode band, ...).
    pub attributes: Vec<Attribute>,
    /// The plan.
    pub plan: Plan,
}

/// What the council commissioned, for each week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "plan", rename_all = "snake_case")]
pub enum Plan {
    /// Visits at fixed times.
    Timetable {
        /// The visits of one week.
        visits: Vec<TimetabledVisit>,
    },
    /// A quantity of the unit on given days of the week, Monday first.
    Days {
        /// Monday to Sunday.
        quantities: [Quantity; 7],
    },
    /// A quantity for the week, whichever the days; spread over all seven by largest remainder.
    Week {
        /// The quantity for seven days.
        quantity: Quantity,
    },
}

/// One visit of a weekly timetable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimetabledVisit {
    /// 0 for Monday to 6 for Sunday.
    pub weekday: u8,
    /// Start in minutes from midnight, London time.
    pub start: u16,
    /// Length in minutes.
    pub minutes: u16,
    /// How many carers: 2 for a double-handed visit.
    pub carers: u8,
}

/// The version that counts for a day of care, as it was known at an instant: of those recorded by then that start
/// on or before the day, the one recorded last. None where there is none, or it had ended.
#[must_use]
pub fn version_for(versions: &[LineVersion], day: NaiveDate, known_at: DateTime<Utc>) -> Option<&LineVersion> {
    last_version_before(versions, day, known_at).filter(|version| version.to.is_none_or(|to| day <= to))
}

/// The version that a day of care follows, whether it still held then or had ended: what a rule may go on paying
/// after a line's end is paid as that version says.
#[must_use]
pub fn last_version_before(versions: &[LineVersion], day: NaiveDate, known_at: DateTime<Utc>) -> Option<&LineVersion> {
    versions
        .iter()
        .filter(|version| version.recorded_at <= known_at && version.from <= day)
        .max_by_key(|version| (version.recorded_at, version.version))
}

/// The plan of a line over some days, as it was known at an instant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedCare {
    /// By day: thousandths of the unit; carer-minutes for a timetabled line. Days without care are left out.
    pub days: Vec<PlannedDay>,
    /// The visits of a timetabled line, in order of time.
    pub visits: Vec<PlannedVisit>,
}

impl PlannedCare {
    /// The plan of a line from one day to another, both included.
    #[must_use]
    pub fn of(versions: &[LineVersion], from: NaiveDate, to: NaiveDate, known_at: DateTime<Utc>) -> Self {
        let mut planned = Self::default();
        for date in from.iter_days().take_while(|date| *date <= to) {
            let Some(version) = version_for(versions, date, known_at) else {
                continue;
            };
            planned.add_day(version, date);
        }
        planned
    }

    fn add_day(&mut self, version: &LineVersion, date: NaiveDate) {
        let weekday = date.weekday().num_days_from_monday();
        let day = Day::of(date);
        let quantity = match &version.plan {
            Plan::Timetable { visits } => {
                let mut today: Vec<_> = visits.iter().filter(|visit| u32::from(visit.weekday) == weekday).collect();
                today.sort_by_key(|visit| (visit.start, visit.minutes, visit.carers));
                let mut carer_minutes = 0;
                for visit in today {
                    carer_minutes += i64::from(visit.minutes) * i64::from(visit.carers);
                    self.visits.push(PlannedVisit {
                        visit: u32::try_from(self.visits.len()).unwrap_or(u32::MAX),
                        day,
                        start: visit.start,
                        minutes: visit.minutes,
                        carers: visit.carers,
                    });
                }
                carer_minutes
            }
            Plan::Days { quantities } => quantities.get(weekday as usize).map_or(0, |quantity| quantity.raw()),
            Plan::Week { quantity } => {
                // the share of a day depends on its place in the week alone, so that part weeks add up to whole ones
                let place = days_since_saturday(date.weekday());
                apportion(quantity.raw(), &[1; 7]).get(place).copied().unwrap_or_default()
            }
        };
        if quantity != 0 {
            self.days.push(PlannedDay { day, quantity });
        }
    }

    /// How much is planned in all: thousandths of the unit, carer-minutes for a timetabled line.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.days.iter().map(|day| day.quantity).sum()
    }
}

/// The field's weeks run from Saturday to Friday; what a division by seven leaves over falls on the first of them.
fn days_since_saturday(weekday: Weekday) -> usize {
    (weekday.num_days_from_monday() as usize + 2) % 7
}

/// The days within a span on which some version of the line holds, as one span from the first to the last.
#[must_use]
pub fn days_held(versions: &[LineVersion], from: NaiveDate, to: NaiveDate, known_at: DateTime<Utc>) -> Option<Span> {
    let held = |date: &NaiveDate| version_for(versions, *date, known_at).is_some();
    let first = from.iter_days().take_while(|date| *date <= to).find(held)?;
    let mut last = to;
    while last > first && !held(&last) {
        last = last.checked_sub_days(Days::new(1))?;
    }
    Some(Span { from: Day::of(first), to: Day::of(last) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone as _;

    fn date(year: i32, month: u32, day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(year, month, day).expect("a date")
    }

    fn at(day: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2024, 12, day, 12, 0, 0).single().expect("an instant")
    }

    fn version(number: u32, from: NaiveDate, to: Option<NaiveDate>, recorded: u32, hours: i64) -> LineVersion {
        LineVersion {
            version: number,
            from,
            to,
            recorded_at: at(recorded),
            service: "External Domiciliary Care - Tiered".to_owned(),
            unit: Unit::Hour,
            tier: "1".to_owned(),
            tier_need: String::new(),
            attributes: Vec::new(),
            plan: Plan::Week { quantity: Quantity::from_thousandths(hours * 1_000) },
        }
    }

    #[test]
    fn fourteen_hours_a_week_from_thursday_are_eight() {
        let versions = [version(1, date(2024, 12, 19), None, 1, 14)];
        // Monday 16 to Sunday 22 December 2024
        let planned = PlannedCare::of(&versions, date(2024, 12, 16), date(2024, 12, 22), at(1));
        assert_eq!(planned.total(), 8_000);
    }

    #[test]
    fn an_end_is_a_version_and_counts_once_it_is_recorded() {
        let versions = [
            version(1, date(2024, 12, 1), None, 1, 14),
            version(2, date(2024, 12, 1), Some(date(2024, 12, 16)), 20, 14),
        ];
        let week = |known| PlannedCare::of(&versions, date(2024, 12, 14), date(2024, 12, 20), known).total();
        assert_eq!(week(at(19)), 14_000);
        assert_eq!(week(at(20)), 6_000);
        let held = days_held(&versions, date(2024, 12, 14), date(2024, 12, 20), at(20)).expect("some days");
        assert_eq!((held.from.date(), held.to.date()), (Some(date(2024, 12, 14)), Some(date(2024, 12, 16))));
    }

    #[test]
    fn a_week_that_does_not_divide_by_seven_still_adds_up() {
        let versions = [version(1, date(2024, 1, 1), None, 1, 10)];
        assert_eq!(PlannedCare::of(&versions, date(2024, 12, 14), date(2024, 12, 20), at(1)).total(), 10_000);
        assert_eq!(PlannedCare::of(&versions, date(2024, 12, 11), date(2024, 12, 17), at(1)).total(), 10_000);
    }
}
