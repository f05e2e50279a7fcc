//! What happens in the demo, as data: every act of providers, officers and the service itself, in the order of a
//! simulated clock. Before it stands the [`world`](super::world); whoever plays it calls one step for each act.
//!
//! [`scenes`] says which pay periods are played, [`round`] what happens in one, [`fate`] when each claim is stated and
//! confirmed, [`actuals`] what is stated. [`absences`] and [`changes`] are what befalls plans, people and rates.

pub(crate) mod absences;
pub(crate) mod act;
pub(crate) mod actuals;
pub(crate) mod backdated;
pub(crate) mod changes;
pub(crate) mod claims;
pub(crate) mod fate;
pub(crate) mod round;
pub(crate) mod scenes;
pub(crate) mod settling;
#[cfg(test)]
mod tests;

use anyhow::Context as _;
use counterfoil_core::calendar::BankHolidays;

use super::seed::Seed;
use super::world::World;
use act::{Act, Event};
use round::Stage;

/// Everything that happens, in order. What happens to different councils at one moment is in the councils' order.
///
/// # Errors
/// When a scene names a schedule or pay period that its council does not have, or a statement does not fit its plan.
pub(crate) fn of(world: &World, seed: Seed) -> anyhow::Result<Vec<Event>> {
    let holidays = BankHolidays::bundled().context("the bundled bank holidays cannot be read")?;
    let mut events = Vec::new();
    for council in &world.councils {
        let stage = Stage::new(seed, council, &world.organisations, &holidays);
        let played =
            scenes::play(&stage).with_context(|| format!("the scenes of {} cannot be played", council.slug))?;
        events.extend(played);
    }
    // the sort is stable: what one council does at one moment stays in the order in which it was written
    events.sort_by_key(|event| event.at);
    Ok(gathered(events))
}

/// What one person of a provider does at one moment in one way is one act: a file with many claims, a page of them
/// confirmed together.
fn gathered(events: Vec<Event>) -> Vec<Event> {
    let mut acts: Vec<Event> = Vec::with_capacity(events.len());
    let mut moment = 0;
    for event in events {
        if acts.get(moment).is_none_or(|first| first.at != event.at) {
            moment = acts.len();
        }
        let same = acts.iter_mut().skip(moment).find(|other| joins(other, &event));
        match (same.map(|other| &mut other.act), event.act) {
            (Some(Act::State { claims, .. }), Act::State { claims: more, .. }) => {
                claims.extend(more);
            }
            (Some(Act::Confirm { claims, .. }), Act::Confirm { claims: more, .. }) => {
                claims.extend(more);
            }
            (_, act) => acts.push(Event { act, ..event }),
        }
    }
    acts
}

fn joins(one: &Event, other: &Event) -> bool {
    let of = |event: &Event| match &event.act {
        Act::State { organisation, by, source, .. } => Some((event.council, *organisation, *by, Some(*source))),
        Act::Confirm { organisation, by, .. } => Some((event.council, *organisation, *by, None)),
        _ => None,
    };
    of(one).is_some() && of(one) == of(other)
}
