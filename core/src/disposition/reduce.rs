//! The facts of a claim with less of one line accepted: what an officer's decision on quantities is priced from.
//! Extra care is taken off first, the latest first; then delivered care, which then counts as missed.

use crate::pricing::ClaimFacts;
use crate::pricing::facts::LineFacts;
use crate::statement::Quantities;

/// The facts with delivered and frustrated care of a line reduced to what was accepted: thousandths of the unit,
/// carer-minutes for a timetabled line. None when the line is not there or less than that was claimed.
#[must_use]
pub fn reduced_to(facts: &ClaimFacts, line: u32, accepted: i64) -> Option<ClaimFacts> {
    let mut facts = facts.clone();
    let reduced = facts.lines.iter_mut().find(|candidate| candidate.line == line)?;
    let days = reduced.stated_days.iter().map(|day| day.delivered + day.frustrated);
    let visits = reduced.stated_visits.iter().map(|visit| visit.delivered + visit.frustrated);
    let claimed: i64 = days.chain(visits).sum();
    let surplus = claimed.checked_sub(accepted).filter(|surplus| *surplus >= 0 && accepted >= 0)?;
    let left = take_off(reduced, surplus, true)?;
    let left = take_off(reduced, left, false)?;
    (left == 0).then_some(facts)
}

/// Takes up to so much off, from what is extra or from all that was delivered; gives back what could not be taken.
fn take_off(line: &mut LineFacts, mut surplus: i64, extra_only: bool) -> Option<i64> {
    for day in line.stated_days.iter_mut().rev() {
        let planned = day.delivered + day.frustrated + day.missed - day.extra;
        let cut = surplus.min(if extra_only { day.extra } else { day.delivered });
        let settled = Quantities::settle(planned, day.delivered - cut, day.frustrated)?;
        (day.delivered, day.missed, day.extra) = (settled.delivered, settled.missed, settled.extra);
        surplus -= cut;
    }
    for visit in line.stated_visits.iter_mut().rev() {
        let planned = visit.delivered + visit.frustrated + visit.missed - visit.extra;
        let cut = surplus.min(if extra_only { visit.extra } else { visit.delivered });
        if cut == 0 || visit.carers == 0 {
            continue;
        }
        let delivered = visit.delivered - cut;
        let settled = Quantities::settle(planned, delivered, visit.frustrated)?;
        (visit.delivered, visit.missed, visit.extra) = (settled.delivered, settled.missed, settled.extra);
        // the rule prices a visit by its length: as long as the accepted carer-minutes make it
        let minutes = delivered / i64::from(visit.carers);
        visit.minutes = u16::try_from(minutes).ok()?;
        visit.actual_minutes = visit.actual_minutes.map(|actual| actual.min(visit.minutes));
        if delivered == 0 {
            visit.carers = 0;
        }
        surplus -= cut;
    }
    Some(surplus)
}
