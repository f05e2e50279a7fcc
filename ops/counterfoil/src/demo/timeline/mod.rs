//! What happens in the demo, as data: every act of providers, officers and the service itself, in the order of a
//! simulated clock. Before it stands the [`world`](super::world); whoever plays it calls one step for each act.
//!
//! [`scenes`] says which pay periods are played, [`round`] what happens in one, [`fate`] when each claim is stated and
//! confirmed, [`actuals`] what is stated. [`absences`] and [`changes`] are what befalls plans, people and rates.

pub mod absences;
pub mod act;
pub mod actuals;
pub mod backdated;
pub mod changes;
pub mod claims;
pub mod fate;
pub mod round;
pub mod scenes;
pub mod settling;
#[cfg(test)]
mod tests;

use anyhow::Context as _;
use counterfoil_core::calendar::BankHolidays;

use super::seed::Seed;
use super::world::World;
use act::Event;
use round::Stage;

/// Everything that happens, in order. What happens to different councils at one moment is in the councils' order.
///
/// # Errors
/// When a scene names a schedule or pay period that its council does not have, or a statement does not fit its plan.
pub fn of(world: &World, seed: Seed) -> anyhow::Result<Vec<Event>> {
    let holidays = BankHolidays::bundled().context("the bundled bank holidays cannot be read")?;
    let mut events = Vec::new();
    for council in &world.councils {
        let stage = Stage::new(seed, council, &world.organisations, &holidays);
        let played = scenes::play(&stage)
            .with_context(|| format!("the scenes of {} cannot be played", council.slug))?;
        events.extend(played);
    }
    // the sort is stable: what one council does at one moment stays in the order in which it was written
    events.sort_by_key(|event| event.at);
    Ok(events)
}
