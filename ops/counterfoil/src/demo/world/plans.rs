//! Plans drawn from a pattern: timetables as brokers write them, with visits at breakfast, lunch, tea and bedtime.

use counterfoil_core::money::Quantity;
use counterfoil_core::plan::{Plan, TimetabledVisit};

use super::offer::Pattern;
use crate::demo::seed::Random;

/// When visits begin, in minutes from midnight, in the order in which people are given them.
const ROUNDS: [i64; 4] = [7 * 60 + 30, 20 * 60, 12 * 60, 16 * 60 + 30];

/// A plan for one person.
pub(crate) fn draw(pattern: Pattern, random: &mut Random) -> Plan {
    match pattern {
        Pattern::Visits { most_a_day, double_handed } => timetable(most_a_day, double_handed, random),
        Pattern::HoursByDay { least, most, days } => {
            let thousandths = 250 * random.between(least, most);
            let first = random.index(7);
            Plan::Days { quantities: on_days(|place| if (place + 7 - first) % 7 < days { thousandths } else { 0 }) }
        }
        Pattern::HoursByWeek { least, most } => {
            Plan::Week { quantity: Quantity::from_thousandths(1_000 * random.between(least, most)) }
        }
        Pattern::Sessions { most_days } => {
            let days = usize::try_from(random.between(1, most_days)).unwrap_or(1);
            let first = random.index(5);
            let a_day = 1_000 * random.between(1, 2);
            Plan::Days {
                quantities: on_days(|place| if place < 5 && (place + 5 - first) % 5 < days { a_day } else { 0 }),
            }
        }
        Pattern::Nights => Plan::Days { quantities: on_days(|_| 1_000) },
        Pattern::Weekly => Plan::Week { quantity: Quantity::from_thousandths(1_000) },
    }
}

fn on_days(thousandths: impl Fn(usize) -> i64) -> [Quantity; 7] {
    std::array::from_fn(|place| Quantity::from_thousandths(thousandths(place)))
}

/// The same rounds on every day, moved by some quarters of an hour; at most one of them is double-handed in the
/// morning and at night, as hoists need it.
fn timetable(most_a_day: i64, double_handed: u64, random: &mut Random) -> Plan {
    let rounds = usize::try_from(random.between(1, most_a_day)).unwrap_or(1);
    let hoist = random.chance(double_handed);
    let moved = 15 * random.between(-2, 3);
    let mut visits = Vec::new();
    for (place, start) in ROUNDS.iter().take(rounds).enumerate() {
        let minutes = random.pick(&[30, 30, 30, 45, 45, 60]);
        let carers = if hoist && place < 2 { 2 } else { 1 };
        for weekday in 0..7 {
            visits.push(TimetabledVisit {
                weekday,
                start: u16::try_from(start + moved).unwrap_or_default(),
                minutes,
                carers,
            });
        }
    }
    visits.sort_by_key(|visit| (visit.weekday, visit.start));
    Plan::Timetable { visits }
}
