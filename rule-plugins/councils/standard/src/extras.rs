//! Care above the plan: paid, paid for the first days of a spell, or never.

use counterfoil_rule_sdk::{Arg, Day, Verdict, reason};

use crate::Line;
use crate::settings::ExtrasPaid;
use crate::standing::{Outcome, after_end, closed};

/// So many days in a row without extras end a spell.
const WITHOUT: Day = 7;

/// What becomes of extra care of a day.
pub(crate) fn outcome<'a>(line: &Line<'a>, day: Day) -> Outcome<'a> {
    let methods = line.methods.on(day);
    if closed(line, methods, day) {
        return Outcome::held(Verdict::Rejected, reason::plain("closed"));
    }
    if after_end(line, methods, day).is_some() {
        return Outcome::held(Verdict::Suspended, reason::plain("delivered-after-end"));
    }
    match methods.extras {
        ExtrasPaid::Payable => Outcome::payable(reason::plain("extra")),
        ExtrasPaid::Never => Outcome::held(Verdict::Rejected, reason::plain("extra-unpaid")),
        ExtrasPaid::Limited => {
            let began = spell_began(line, day);
            let args = [Arg::Days(methods.extras_days), Arg::Day(began)];
            if i64::from(day) - i64::from(began) < methods.extras_days {
                Outcome::payable(reason::with("extra-within-limit", args))
            } else {
                Outcome::held(Verdict::Rejected, reason::with("extra-over-limit", args))
            }
        }
    }
}

/// The first day of the spell of extras that a day belongs to, as far back as earlier statements are known.
fn spell_began(line: &Line<'_>, day: Day) -> Day {
    let earlier = line.claim.earlier.iter().filter(|e| e.line == line.facts.line && e.extra > 0).map(|e| e.day);
    let by_day = line.facts.stated_days.iter().filter(|d| d.extra > 0).map(|d| d.day);
    let by_visit = line.facts.stated_visits.iter().filter(|v| v.extra > 0).map(|v| v.day);
    let mut with_extra: Vec<Day> = earlier.chain(by_day).chain(by_visit).filter(|d| *d < day).collect();
    with_extra.sort_unstable();
    with_extra.into_iter().rev().fold(day, |began, before| if began - before <= WITHOUT { before } else { began })
}
