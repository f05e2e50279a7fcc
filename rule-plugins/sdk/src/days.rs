//! Days: their place in the week, and what the council's calendar says of them.

use crate::types::{ClaimFacts, Day, DayFacts, DayKind, Span};

/// The kind of a day by its place in the week. Day 0, 1 January 1970, was a Thursday.
#[must_use]
pub const fn kind(day: Day) -> DayKind {
    match day.rem_euclid(7) {
        2 => DayKind::Saturday,
        3 => DayKind::Sunday,
        _ => DayKind::Weekday,
    }
}

/// What the calendar says of a day. A day that the claim does not give (the one after a visit past midnight) is an
/// ordinary day of its kind.
#[must_use]
pub fn facts(claim: &ClaimFacts, day: Day) -> DayFacts {
    // days come in order and without gaps, so that the position is mostly the distance from the first
    let guess = claim.days.first().and_then(|first| usize::try_from(day.checked_sub(first.day)?).ok());
    if let Some(found) = guess.and_then(|at| claim.days.get(at)).filter(|found| found.day == day) {
        return *found;
    }
    let ordinary = DayFacts { day, kind: kind(day), bank_holiday: false, closed: false };
    claim.days.iter().find(|given| given.day == day).copied().unwrap_or(ordinary)
}

/// Whether a day lies within a span.
#[must_use]
pub const fn within(span: &Span, day: Day) -> bool {
    span.from <= day && day <= span.to
}

/// The number of days of a span, both ends included; none for one that runs backwards.
#[must_use]
pub const fn count(span: &Span) -> i64 {
    let days = span.to as i64 - span.from as i64 + 1;
    if days < 0 { 0 } else { days }
}

/// The days of a span in order.
pub fn each(span: &Span) -> impl Iterator<Item = Day> + use<> {
    span.from..=span.to
}

/// What two spans share.
#[must_use]
pub fn overlap(a: &Span, b: &Span) -> Option<Span> {
    let shared = Span { from: a.from.max(b.from), to: a.to.min(b.to) };
    (shared.from <= shared.to).then_some(shared)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_days_of_1970_were_thursday_friday_saturday_sunday() {
        let kinds: Vec<DayKind> = (0..5).map(kind).collect();
        assert_eq!(kinds, [DayKind::Weekday, DayKind::Weekday, DayKind::Saturday, DayKind::Sunday, DayKind::Weekday]);
        assert_eq!(kind(-5), DayKind::Saturday);
    }
}
