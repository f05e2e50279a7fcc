//! The versions of a person's service lines: plan, tier with its need, a start or end in the middle of a week, a
//! variation that is known ahead.

use chrono::{DateTime, Days, NaiveDate, Utc};
use counterfoil_core::money::Quantity;
use counterfoil_core::plan::{LineVersion, Plan, TimetabledVisit};
use counterfoil_core::pricing::facts::{Attribute, Day, Value};

use super::offer::{Offer, Pattern};
use super::plans;
use crate::demo::seed::{Random, Seed};

/// The conditions of which a higher tier needs one (Worcestershire, 2024/25).
pub(crate) const NEEDS: [&str; 4] = [
    "behaviour-that-may-challenge",
    "health-needs-and-intensive-management",
    "rurality",
    "high-risk-and-legal-frameworks",
];

/// The days that lines are drawn around.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// When the council's contracts begin.
    pub(crate) contracts_begin: NaiveDate,
    /// The first day of the first week that is played.
    pub(crate) first_week: NaiveDate,
    /// When everything was recorded.
    pub(crate) recorded_at: DateTime<Utc>,
}

/// A person's lines for a service, each with its versions: mostly one line with one version.
#[must_use]
pub(crate) fn draw(seed: Seed, offer: &Offer, path: &str, times: &Times) -> Vec<Vec<LineVersion>> {
    let mut random = seed.random(&format!("{path}/line"));
    let mut lines = vec![versions(offer, times, &mut random)];
    // a person whose daily visits go on throughout, so that both lines are in each of their claims
    let goes_on = lines
        .first()
        .and_then(|versions| versions.first())
        .is_some_and(|first| first.from < times.first_week && first.to.is_none());
    if goes_on && matches!(offer.pattern, Pattern::Visits { .. }) && random.chance(8) {
        lines.push(vec![sitting(offer, times, &mut random)]);
    }
    lines
}

fn versions(offer: &Offer, times: &Times, random: &mut Random) -> Vec<LineVersion> {
    let ago = u64::try_from(random.between(0, 690)).unwrap_or_default();
    let mut first = LineVersion {
        from: after(times.contracts_begin, ago),
        plan: plans::draw(offer.pattern, random),
        ..blank(offer, times)
    };
    tier(offer, &mut first, random);
    // of a hundred: five start in the weeks that are played, three end in them, six vary
    match random.below(100) {
        0..5 => first.from = after(times.first_week, 1 + random.below(18)),
        5..8 => first.to = Some(after(times.first_week, 9 + random.below(20))),
        8..14 => {
            let mut second = LineVersion {
                version: 2,
                from: after(times.first_week, 7 + random.below(10)),
                plan: plans::draw(offer.pattern, random),
                ..first.clone()
            };
            weekly_quantity(&mut first);
            weekly_quantity(&mut second);
            return vec![first, second];
        }
        _ => {}
    }
    weekly_quantity(&mut first);
    vec![first]
}

fn blank(offer: &Offer, times: &Times) -> LineVersion {
    LineVersion {
        version: 1,
        from: times.contracts_begin,
        to: None,
        recorded_at: times.recorded_at,
        service: offer.service.to_owned(),
        unit: offer.unit,
        tier: String::new(),
        tier_need: String::new(),
        attributes: Vec::new(),
        plan: Plan::Week { quantity: Quantity::ZERO },
    }
}

/// A sitting service beside the daily visits: two hours on one afternoon of the week.
fn sitting(offer: &Offer, times: &Times, random: &mut Random) -> LineVersion {
    let visit = TimetabledVisit {
        weekday: u8::try_from(random.index(7)).unwrap_or_default(),
        start: 14 * 60,
        minutes: 120,
        carers: 1,
    };
    let mut version = LineVersion { plan: Plan::Timetable { visits: vec![visit] }, ..blank(offer, times) };
    if let Some((tier, _)) = offer.tiers.first() {
        (*tier).clone_into(&mut version.tier);
    }
    version
}

/// A part of a package: a few hours on some days of the week, throughout.
#[must_use]
pub(crate) fn part_of_package(seed: Seed, offer: &Offer, path: &str, times: &Times) -> LineVersion {
    let mut random = seed.random(&format!("{path}/line"));
    let days = usize::try_from(random.between(1, 7)).unwrap_or(1);
    let plan = plans::draw(Pattern::HoursByDay { least: 2, most: 8, days }, &mut random);
    let mut version = LineVersion { plan, ..blank(offer, times) };
    weekly_quantity(&mut version);
    version
}

/// Everyone starts at the first tier; a higher one needs a recorded condition, which one in thirty lacks.
fn tier(offer: &Offer, version: &mut LineVersion, random: &mut Random) {
    let mut drawn = random.below(100);
    let chosen = offer.tiers.iter().position(|(_, share)| {
        let this = drawn < *share;
        drawn = drawn.saturating_sub(*share);
        this
    });
    let place = chosen.unwrap_or_default();
    let Some((tier, _)) = offer.tiers.get(place) else {
        return;
    };
    (*tier).clone_into(&mut version.tier);
    let need = random.pick(&NEEDS);
    if place > 0 && random.below(30) > 0 {
        need.clone_into(&mut version.tier_need);
        version.attributes.push(Attribute {
            key: "tier-need".to_owned(),
            from: Day::of(version.from),
            to: None,
            value: Value::Code(need.to_owned()),
        });
    }
}

/// What a week comes to, for the rule that pays part weeks in sevenths of it.
fn weekly_quantity(version: &mut LineVersion) {
    let thousandths = match &version.plan {
        Plan::Timetable { .. } => return,
        Plan::Days { quantities } => quantities.iter().map(|quantity| quantity.raw()).sum(),
        Plan::Week { quantity } => quantity.raw(),
    };
    version.attributes.push(Attribute {
        key: "weekly-quantity".to_owned(),
        from: Day::of(version.from),
        to: None,
        value: Value::Number(thousandths),
    });
}

fn after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(day)
}
