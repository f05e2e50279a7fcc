//! What accepting an adjustment makes of a line: further versions, which leave everything but the plan of the days asked
//! for as it was known to be.

use std::collections::BTreeSet;

use chrono::{DateTime, Days, NaiveDate, Utc};

use crate::money::{Quantity, apportion};
use crate::plan::{LineVersion, Plan, TimetabledVisit, last_version_before, version_for};
use crate::pricing::facts::{Attribute, Unit, Value};

/// The attribute in which a line repeats its plan, for rules that pay part weeks in sevenths of a whole one: thousandths of
/// the unit.
const WEEKLY_QUANTITY: &str = "weekly-quantity";

/// What a plan becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Becomes {
    /// Another quantity of the line's unit a week; the days share it as they did.
    Quantity(Quantity),
    /// Another timetable.
    Timetable(Vec<TimetabledVisit>),
}

/// Why a plan cannot be changed so, in words for whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdjustmentError {
    /// A day on which the line does not hold.
    #[error("The line has no plan on {}. Choose days from {} to {}.", long(*.day), long(.held.0), .held.1.map_or_else(|| "any later day".to_owned(), long))]
    NotHeld {
        /// The day.
        day: NaiveDate,
        /// The first and, if it ends, the last day of the line.
        held: (NaiveDate, Option<NaiveDate>),
    },
    /// A line without any version.
    #[error("Nothing is planned on this line yet, so that there is nothing to change.")]
    NoPlan,
    /// The last day before the first.
    #[error("The last day must be on or after the first.")]
    Turned,
    /// A quantity for a timetable.
    #[error("The plan of this line is a timetable. Give the visits of a week.")]
    Timetabled,
    /// A timetable for a quantity.
    #[error("The plan of this line has no times. Give a quantity for the week.")]
    NotTimetabled,
    /// A plan that stays as it is.
    #[error("That is what is planned already. Enter another quantity or other days.")]
    Unchanged,
}

/// What a plan comes to in a week: in the line's unit; for a timetable the hours of all carers, or the visits where that is
/// the unit.
#[must_use]
pub fn weekly(plan: &Plan, unit: Unit) -> Quantity {
    match plan {
        Plan::Week { quantity } => *quantity,
        Plan::Days { quantities } => {
            Quantity::from_thousandths(quantities.iter().map(|quantity| quantity.raw()).fold(0, i64::saturating_add))
        }
        Plan::Timetable { visits } if unit == Unit::Hour => {
            let minutes: i64 = visits.iter().map(|visit| i64::from(visit.minutes) * i64::from(visit.carers)).sum();
            Quantity::from_thousandths(minutes.saturating_mul(1_000).saturating_add(30) / 60)
        }
        Plan::Timetable { visits } => {
            Quantity::from_thousandths(i64::try_from(visits.len()).unwrap_or(i64::MAX / 1_000).saturating_mul(1_000))
        }
    }
}

/// The first day of a line and, if it ends, the last, as known at an instant.
#[must_use]
pub fn held(versions: &[LineVersion], known_at: DateTime<Utc>) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let known = || versions.iter().filter(|version| version.recorded_at <= known_at);
    let first = known().map(|version| version.from).min()?;
    // what holds on the last of all days on which anything is said to begin goes on to the end of the line
    let last = known().map(|version| version.from).max()?;
    Some((first, last_version_before(versions, last, known_at).and_then(|version| version.to)))
}

/// Checks that a line holds on the first and last of some days.
///
/// # Errors
/// [`AdjustmentError`] in words for whoever chose them.
pub fn check_days(
    versions: &[LineVersion],
    (from, to): (NaiveDate, Option<NaiveDate>),
    at: DateTime<Utc>,
) -> Result<(), AdjustmentError> {
    let whole = held(versions, at).ok_or(AdjustmentError::NoPlan)?;
    if to.is_some_and(|to| to < from) {
        return Err(AdjustmentError::Turned);
    }
    let outside = [Some(from), to].into_iter().flatten().find(|day| version_for(versions, *day, at).is_none());
    outside.map_or(Ok(()), |day| Err(AdjustmentError::NotHeld { day, held: whole }))
}

/// The versions that change a line's plan from one day to another, both included, or for good, in the order in which they
/// are to be recorded. They are numbered on from those that there are.
///
/// # Errors
/// [`AdjustmentError`] for days on which the line does not hold, and for a plan of another kind than it has.
pub fn varied(
    versions: &[LineVersion],
    (from, to): (NaiveDate, Option<NaiveDate>),
    becomes: &Becomes,
    at: DateTime<Utc>,
) -> Result<Vec<LineVersion>, AdjustmentError> {
    check_days(versions, (from, to), at)?;
    let after = to.and_then(|to| to.checked_add_days(Days::new(1)));
    // a version holds from its first day on, so that each day on which anything begins after the change is said again
    let known = versions.iter().filter(|version| version.recorded_at <= at);
    let mut begins: BTreeSet<NaiveDate> = known.map(|version| version.from).filter(|begin| *begin > from).collect();
    begins.insert(from);
    begins.extend(after);
    let mut number = versions.iter().map(|version| version.version).max().unwrap_or(0);
    let mut made = Vec::with_capacity(begins.len());
    let mut changes = false;
    for begin in begins {
        let Some(stands) = last_version_before(versions, begin, at) else { continue };
        let within = to.is_none_or(|to| begin <= to);
        let plan = if within { changed(&stands.plan, becomes)? } else { stands.plan.clone() };
        // what had ended by then is not brought back
        let holds = stands.to.is_none_or(|end| begin <= end);
        changes |= within && holds && plan != stands.plan;
        number += 1;
        let attributes = if within { told_anew(stands, &plan) } else { stands.attributes.clone() };
        made.push(LineVersion { version: number, from: begin, recorded_at: at, plan, attributes, ..stands.clone() });
    }
    if changes { Ok(made) } else { Err(AdjustmentError::Unchanged) }
}

/// The attributes of a line with another plan: what repeats the plan for a rule goes with it.
fn told_anew(stands: &LineVersion, plan: &Plan) -> Vec<Attribute> {
    let mut attributes = stands.attributes.clone();
    for attribute in attributes.iter_mut().filter(|attribute| attribute.key == WEEKLY_QUANTITY) {
        if let Value::Number(thousandths) = &mut attribute.value {
            *thousandths = weekly(plan, stands.unit).raw();
        }
    }
    attributes
}

fn changed(plan: &Plan, becomes: &Becomes) -> Result<Plan, AdjustmentError> {
    Ok(match (plan, becomes) {
        (Plan::Week { .. }, Becomes::Quantity(quantity)) => Plan::Week { quantity: *quantity },
        (Plan::Days { quantities }, Becomes::Quantity(quantity)) => {
            let weights: Vec<u64> = quantities.iter().map(|share| share.raw().max(0).unsigned_abs()).collect();
            let weights = if weights.iter().all(|weight| *weight == 0) { vec![1; 7] } else { weights };
            let mut shares = [Quantity::ZERO; 7];
            for (share, thousandths) in shares.iter_mut().zip(apportion(quantity.raw(), &weights)) {
                *share = Quantity::from_thousandths(thousandths);
            }
            Plan::Days { quantities: shares }
        }
        (Plan::Timetable { .. }, Becomes::Timetable(visits)) => Plan::Timetable { visits: visits.clone() },
        (Plan::Timetable { .. }, Becomes::Quantity(_)) => return Err(AdjustmentError::Timetabled),
        (_, Becomes::Timetable(_)) => return Err(AdjustmentError::NotTimetabled),
    })
}

fn long(date: NaiveDate) -> String {
    date.format("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone as _;
    use proptest::prelude::*;

    use super::*;

    fn day(place: u64) -> NaiveDate {
        NaiveDate::from_ymd_opt(2024, 12, 1).expect("a date") + Days::new(place)
    }

    fn at(hour: u32) -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2024, 11, 1, hour, 0, 0).single().expect("an instant")
    }

    fn version(number: u32, from: u64, to: Option<u64>, hours: i64) -> LineVersion {
        LineVersion {
            version: number,
            from: day(from),
            to: to.map(day),
            recorded_at: at(number),
            service: "Home care".to_owned(),
            unit: Unit::Hour,
            tier: format!("tier {number}"),
            tier_need: String::new(),
            attributes: Vec::new(),
            plan: Plan::Week { quantity: Quantity::from_thousandths(hours * 1_000) },
        }
    }

    fn plan_on(versions: &[LineVersion], place: u64, known_at: DateTime<Utc>) -> Option<(Quantity, String)> {
        version_for(versions, day(place), known_at).map(|one| (weekly(&one.plan, one.unit), one.tier.clone()))
    }

    #[test]
    fn a_plan_changes_for_a_while_and_goes_back() {
        let stands = [version(1, 0, None, 7)];
        let nine = Becomes::Quantity(Quantity::from_thousandths(9_000));
        let made = varied(&stands, (day(7), Some(day(13))), &nine, at(9)).expect("a change");
        assert_eq!(made.iter().map(|one| (one.version, one.from)).collect::<Vec<_>>(), [(2, day(7)), (3, day(14))]);
        let all: Vec<LineVersion> = stands.iter().cloned().chain(made).collect();
        let planned: Vec<i64> =
            [6, 7, 13, 14].iter().map(|place| plan_on(&all, *place, at(9)).expect("a plan").0.raw()).collect();
        assert_eq!(planned, [7_000, 9_000, 9_000, 7_000]);
    }

    #[test]
    fn what_repeats_the_plan_for_a_rule_goes_with_it() {
        let told = |value| Attribute {
            key: WEEKLY_QUANTITY.to_owned(),
            from: crate::pricing::facts::Day::of(day(0)),
            to: None,
            value: Value::Number(value),
        };
        let stands = [LineVersion { attributes: vec![told(7_000)], ..version(1, 0, None, 7) }];
        let nine = Becomes::Quantity(Quantity::from_thousandths(9_000));
        let made = varied(&stands, (day(7), Some(day(13))), &nine, at(9)).expect("a change");
        assert_eq!(made.iter().map(|one| one.attributes.clone()).collect::<Vec<_>>(), [[told(9_000)], [told(7_000)]]);
    }

    #[test]
    fn what_cannot_be_is_said_with_the_days_that_can() {
        let stands = [version(1, 5, Some(20), 7)];
        let same = Becomes::Quantity(Quantity::from_thousandths(7_000));
        let said = |days, becomes: &Becomes| varied(&stands, days, becomes, at(9)).expect_err("a refusal").to_string();
        assert!(said((day(4), None), &same).contains("from 6 December 2024 to 21 December 2024"));
        assert!(said((day(9), Some(day(25))), &same).contains("no plan on 26 December 2024"));
        assert!(said((day(9), Some(day(8))), &same).contains("on or after"));
        assert!(said((day(9), None), &same).contains("already"));
        assert!(said((day(9), None), &Becomes::Timetable(Vec::new())).contains("no times"));
        assert_eq!(varied(&[], (day(1), None), &same, at(9)), Err(AdjustmentError::NoPlan));
    }

    #[test]
    fn days_share_a_quantity_as_they_did_to_the_thousandth() {
        let mut quantities = [Quantity::ZERO; 7];
        (quantities[0], quantities[3]) = (Quantity::from_thousandths(2_000), Quantity::from_thousandths(1_000));
        let stands = [LineVersion { plan: Plan::Days { quantities }, ..version(1, 0, None, 0) }];
        let ten = Becomes::Quantity(Quantity::from_thousandths(10_000));
        let made = varied(&stands, (day(0), None), &ten, at(9)).expect("a change");
        let Plan::Days { quantities } = &made[0].plan else { panic!("by day") };
        assert_eq!(quantities.map(Quantity::raw), [6_667, 0, 0, 3_333, 0, 0, 0]);
        assert_eq!(weekly(&made[0].plan, Unit::Hour).raw(), 10_000);
    }

    proptest! {
        #[test]
        fn an_adjustment_changes_the_plan_of_its_days_and_nothing_else(
            others in proptest::collection::vec((0_u64..40, proptest::option::of(0_u64..30), 1_i64..20), 1..5),
            (from, length) in (0_u64..40, proptest::option::of(0_u64..20)),
        ) {
            let stands: Vec<LineVersion> = others
                .iter()
                .zip(1..)
                .map(|((from, length, hours), number)| version(number, *from, length.map(|length| from + length), *hours))
                .collect();
            let to = length.map(|length| from + length);
            let becomes = Becomes::Quantity(Quantity::from_thousandths(33_000));
            let Ok(made) = varied(&stands, (day(from), to.map(day)), &becomes, at(20)) else { return Ok(()) };
            let all: Vec<LineVersion> = stands.iter().cloned().chain(made).collect();
            for place in 0..90 {
                let before = plan_on(&stands, place, at(20));
                let covered = place >= from && to.is_none_or(|to| place <= to);
                let expected = before.map(|(quantity, tier)| {
                    (if covered { Quantity::from_thousandths(33_000) } else { quantity }, tier)
                });
                prop_assert_eq!(plan_on(&all, place, at(20)), expected, "day {}", place);
                // what was known before stays what was known before
                prop_assert_eq!(plan_on(&all, place, at(19)), plan_on(&stands, place, at(19)));
            }
        }
    }
}
