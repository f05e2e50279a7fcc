//! Changes of rates and plans: the uprating of a new financial year, recorded ahead; a change recorded after what it
//! touches was paid; and the same taken back, which the next run posts as its mirror.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::plan::LineVersion;

use super::absences::{chosen, goes_on};
use super::act::{Act, Event};
use super::round::Stage;
use crate::demo::world::care::ServiceLine;
use crate::demo::world::rates::raised;

/// Raises every rate of the council from a day on, by so many tenths of a percent.
#[must_use]
pub(crate) fn uprating(stage: &Stage<'_>, per_mille: i64, from: NaiveDate, at: DateTime<Utc>) -> Event {
    let rows = stage.council.rates.iter();
    let rows = rows.map(|row| raised(row, per_mille, from, at)).collect();
    let by = stage.council.staff.administrator;
    stage.event(at, Act::RecordRates { rows, by })
}

/// Raises the rates of one service from a day in the past, counted from what they were before the uprating.
#[must_use]
pub(crate) fn backdated_rate(
    stage: &Stage<'_>,
    service: &str,
    per_mille: i64,
    from: NaiveDate,
    at: DateTime<Utc>,
) -> Event {
    let rows = stage.council.rates.iter();
    let rows = rows.filter(|row| row.key.service == service).map(|row| raised(row, per_mille, from, at)).collect();
    let by = stage.council.staff.administrator;
    stage.event(at, Act::RecordRates { rows, by })
}

/// Lines of a service that go on throughout, of different people to whom nothing else happens.
#[must_use]
pub(crate) fn lines_of<'a>(
    stage: &Stage<'a>,
    service: &str,
    tier: &str,
    first_week: NaiveDate,
) -> Vec<&'a ServiceLine> {
    const LINES: usize = 4;
    chosen(stage, LINES, |line, _| {
        let fits = |version: &LineVersion| version.service == service && version.tier == tier;
        line.versions.first().is_some_and(fits)
            && goes_on(line, first_week)
            && !stage.befallen.contains(&line.service_user)
    })
}

/// Another version of some lines from a day in the past.
#[must_use]
pub(crate) fn backdated_plan(
    stage: &Stage<'_>,
    lines: &[&ServiceLine],
    from: NaiveDate,
    at: DateTime<Utc>,
    change: impl Fn(&mut LineVersion),
) -> Vec<Event> {
    // the first version is 1, its change 2, and taking that back 3
    vary(stage, lines, from, at, 2, change)
}

/// What the plan was before, from the same day on.
#[must_use]
pub(crate) fn plan_taken_back(
    stage: &Stage<'_>,
    lines: &[&ServiceLine],
    from: NaiveDate,
    at: DateTime<Utc>,
) -> Vec<Event> {
    vary(stage, lines, from, at, 3, |_| ())
}

fn vary(
    stage: &Stage<'_>,
    lines: &[&ServiceLine],
    from: NaiveDate,
    at: DateTime<Utc>,
    number: u32,
    change: impl Fn(&mut LineVersion),
) -> Vec<Event> {
    let by = stage.council.staff.officer;
    let varied = lines.iter().filter_map(|line| {
        let mut version = LineVersion { version: number, from, recorded_at: at, ..line.versions.first()?.clone() };
        change(&mut version);
        let act = Act::VaryLine { line: line.id, version, by };
        Some(stage.event(at, act))
    });
    varied.collect()
}
