//! Which pay periods are played at each council, and what changes in between. Scene one is the weeks around
//! Christmas 2024, scene two the week of 1 April 2025 and what is recorded after it; the council of 2020 has a Christmas of
//! its own. The periods here are what the demo's length depends on.

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::PeriodDates;
use counterfoil_core::money::Quantity;
use counterfoil_core::plan::Plan;

use super::act::Event;
use super::round::{Round, Stage};
use super::{absences, backdated, changes, round};
use crate::demo::dates::{day, london};
use crate::demo::world::council::PaySchedule;
use crate::demo::world::organisations::{BRA, MOS, STY, W20, W24};

/// Periods of a schedule that follow one another and are played.
type Stretch = (&'static str, &'static [NaiveDate]);

const WORCESTERSHIRE_2020: &[Stretch] = &[
    ("Residential, shared lives and supported living", &[day(2020, 12, 12), day(2021, 1, 9)]),
    ("Actuals-based services", &[day(2020, 12, 12), day(2020, 12, 19), day(2020, 12, 26), day(2021, 1, 2)]),
    ("Actuals-based services", &[day(2021, 1, 9), day(2021, 1, 16), day(2021, 1, 23)]),
];

const WORCESTERSHIRE_2024: &[Stretch] = &[
    ("Weekly actuals", &[day(2024, 12, 14), day(2024, 12, 21), day(2024, 12, 28)]),
    ("Weekly actuals", &[day(2025, 3, 29), day(2025, 4, 5), day(2025, 4, 12)]),
    ("Direct payments", &[day(2025, 1, 4)]),
    ("Direct payments", &[day(2025, 3, 29), day(2025, 4, 26)]),
    ("Residential, shared lives and supported living", &[day(2024, 12, 7), day(2025, 1, 4)]),
    ("Residential, shared lives and supported living", &[day(2025, 3, 29), day(2025, 4, 26)]),
    ("Carer flexible breaks", &[day(2024, 11, 23), day(2024, 12, 21)]),
    ("Carer flexible breaks", &[day(2025, 3, 15)]),
];

const BRADFORD: &[Stretch] = &[
    ("Weekly scheduled payments", &[day(2024, 12, 16), day(2024, 12, 23)]),
    ("Weekly scheduled payments", &[day(2025, 3, 31), day(2025, 4, 7), day(2025, 4, 14)]),
    ("Care homes", &[day(2024, 12, 9), day(2025, 1, 6)]),
    ("Care homes", &[day(2025, 3, 31), day(2025, 4, 28)]),
];

const SOUTH_TYNESIDE: &[Stretch] = &[
    ("Home care and independent living", &[day(2024, 12, 16), day(2024, 12, 23)]),
    ("Home care and independent living", &[day(2025, 3, 31), day(2025, 4, 7)]),
    ("Nursing and residential", &[day(2024, 12, 9), day(2025, 1, 6)]),
    ("Nursing and residential", &[day(2025, 3, 31), day(2025, 4, 28), day(2025, 5, 26)]),
    ("Shared lives timesheets", &[day(2024, 12, 9)]),
    ("Shared lives timesheets", &[day(2025, 3, 31)]),
];

const FENMERE: &[Stretch] = &[
    ("Non-residential", &[day(2024, 12, 16), day(2024, 12, 23)]),
    ("Non-residential", &[day(2025, 3, 31), day(2025, 4, 7), day(2025, 4, 14)]),
    ("Residential", &[day(2024, 12, 1), day(2025, 1, 1)]),
    ("Residential", &[day(2025, 3, 1), day(2025, 4, 1)]),
];

/// The first day of the financial year 2025/26: rates change on it, a Tuesday.
const NEW_YEAR: NaiveDate = day(2025, 4, 1);

/// Everything that happens at a council.
///
/// # Errors
/// When it does not have a schedule or period that is to be played, or a statement would not fit its plan.
pub(crate) fn play(stage: &Stage<'_>) -> anyhow::Result<Vec<Event>> {
    let mut stage = stage.clone();
    let slug = stage.council.slug;
    let (stretches, first_week) = match slug {
        W20 => (WORCESTERSHIRE_2020, day(2020, 12, 12)),
        W24 => (WORCESTERSHIRE_2024, day(2024, 12, 14)),
        BRA => (BRADFORD, day(2024, 12, 16)),
        STY => (SOUTH_TYNESIDE, day(2024, 12, 16)),
        MOS => (FENMERE, day(2024, 12, 16)),
        _ => anyhow::bail!("nothing is written for this council"),
    };
    let mut events = absences::befall(&mut stage, first_week);
    events.extend(changed(&mut stage, first_week));
    for (name, periods) in stretches {
        let schedule =
            stage.council.schedule(name).with_context(|| format!("there is no schedule \u{2018}{name}\u{2019}"))?;
        for round in rounds(&stage, schedule, periods)? {
            events.extend(round::play(&stage, &round)?);
        }
    }
    Ok(events)
}

/// What is recorded in between: rates ahead, then something after the fact, then the same taken back.
fn changed(stage: &mut Stage<'_>, first_week: NaiveDate) -> Vec<Event> {
    let at = |month, date| london(day(2025, month, date), 10, 0);
    match stage.council.slug {
        W20 => vec![changes::backdated_rate(stage, "Day Care", 29, day(2020, 12, 26), london(day(2021, 1, 7), 10, 0))],
        W24 => {
            // after the run for direct payments of the new year, so that the run after it has the difference
            let mut events = vec![changes::uprating(stage, 42, NEW_YEAR, at(3, 18))];
            events.extend(there_and_back(
                stage,
                ("External Domiciliary Care - Tiered", 57, 42),
                (at(4, 10), at(4, 17)),
            ));
            events.extend(backdated::line(
                stage,
                "External Domiciliary Care - Tiered",
                "tier-1",
                day(2025, 3, 29),
                at(4, 10),
            ));
            events
        }
        BRA => {
            let mut events = vec![changes::uprating(stage, 38, NEW_YEAR, at(3, 20))];
            events.extend(there_and_back(stage, ("Home Support", 50, 38), (at(4, 10), at(4, 17))));
            events.extend(backdated::line(stage, "Home Support", "", day(2025, 3, 31), at(4, 10)));
            events
        }
        STY => {
            let lines = changes::lines_of(stage, "Care Home", "residential", first_week);
            let mut events = vec![changes::uprating(stage, 45, NEW_YEAR, at(3, 21))];
            events.extend(changes::backdated_plan(stage, &lines, NEW_YEAR, at(4, 14), |version| {
                "nursing".clone_into(&mut version.tier)
            }));
            events.extend(changes::plan_taken_back(stage, &lines, NEW_YEAR, at(5, 12)));
            events
        }
        _ => {
            let lines = changes::lines_of(stage, "Community Support", "", first_week);
            stage.varied.extend(lines.iter().map(|line| line.id));
            let mut events = vec![changes::uprating(stage, 40, NEW_YEAR, at(3, 24))];
            events.extend(changes::backdated_plan(stage, &lines, NEW_YEAR, at(4, 14), |version| {
                if let Plan::Week { quantity } = &mut version.plan {
                    *quantity = Quantity::from_thousandths(quantity.raw() + 2_000);
                }
            }));
            events.extend(changes::plan_taken_back(stage, &lines, NEW_YEAR, at(4, 23)));
            events
        }
    }
}

/// A service's rates raised after the fact to so many tenths of a percent above the old year's, and put back to what
/// the uprating had made them.
fn there_and_back(
    stage: &Stage<'_>,
    (service, raised, before): (&str, i64, i64),
    (there, back): (DateTime<Utc>, DateTime<Utc>),
) -> [Event; 2] {
    [
        changes::backdated_rate(stage, service, raised, NEW_YEAR, there),
        changes::backdated_rate(stage, service, before, NEW_YEAR, back),
    ]
}

/// The rounds of a stretch, each with those that come after it.
fn rounds<'a>(stage: &Stage<'_>, schedule: &'a PaySchedule, periods: &[NaiveDate]) -> anyhow::Result<Vec<Round<'a>>> {
    let calendar = schedule.calendar(stage.holidays)?;
    let mut dates: Vec<PeriodDates> = Vec::new();
    for starts in periods {
        let period = calendar
            .periods
            .iter()
            .find(|period| period.dates.starts == *starts)
            .with_context(|| format!("no pay period starts on {starts}"))?;
        anyhow::ensure!(calendar.impossible(*starts).next().is_none(), "the pay period from {starts} cannot be run");
        dates.push(period.dates);
    }
    let rounds = dates.iter().enumerate().map(|(place, own)| {
        let later = dates.get(place + 1..).unwrap_or_default();
        let corrected = london(round::plus(own.bank_date, 1), 10, 15);
        Round {
            schedule,
            dates: *own,
            next: later.first().copied(),
            after_payment: later.iter().find(|next| corrected < next.cut_off).copied(),
        }
    });
    Ok(rounds.collect())
}
