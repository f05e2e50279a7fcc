//! Plays the [`timeline`](super::timeline) on a loaded database: each event is a step, done as whoever does it, at its
//! instant of the simulated clock; between events a worker does every job that has become due. Before it stands
//! [`load`](super::load), after it [`report`](super::report).

mod acts;
mod claims;
mod runs;

use std::time::Duration;

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use counterfoil_core::ids::{PersonId, TenantId};
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::scope::{CouncilScope, ProviderScope};
use indicatif::ProgressBar;

use super::clock::FileClock;
use super::outbox::Outbox;
use super::seed::Seed;
use super::timeline::act::Event;
use super::world::World;
use super::world::council::CouncilWorld;
use crate::worker::{Done, Worker};

/// How often the clock is looked at.
const LOOKS: Duration = Duration::from_millis(250);

/// What playing needs.
pub(crate) struct Play<'a> {
    pub(crate) worker: &'a Worker,
    pub(crate) world: &'a World,
    pub(crate) seed: Seed,
    pub(crate) outbox: &'a Outbox,
}

/// Plays events in their order.
///
/// # Errors
/// The first event or job that fails, with when and where: the demo does nothing that should be refused.
pub(crate) async fn play(play: &Play<'_>, events: &[Event], bar: &ProgressBar) -> anyhow::Result<()> {
    bar.set_length(u64::try_from(events.len()).unwrap_or_default());
    for event in events {
        play.drain(event.at).await?;
        let council = play.council(event.council)?;
        bar.set_message(format!("{} {}", event.at.format("%-d %b %Y"), council.name));
        play.act(council, event)
            .await
            .with_context(|| format!("{} on {}: {}", council.name, event.at, acts::name(&event.act)))?;
        play.drain(event.at).await?;
        bar.inc(1);
    }
    Ok(())
}

/// Goes on with the clock, once the demo is served: what councils do by the calendar is done when it is due, and the jobs
/// that the pages leave are done at once. What providers do is left to whoever signs in.
///
/// # Errors
/// The first event or job that fails.
pub(crate) async fn follow(play: &Play<'_>, events: &[Event], clock: &FileClock) -> anyhow::Result<()> {
    let mut done = 0;
    loop {
        let now = clock.now();
        while let Some(event) = events.get(done).filter(|event| event.at <= now) {
            done += 1;
            if !acts::is_by_the_calendar(&event.act) {
                continue;
            }
            play.drain(event.at).await?;
            let council = play.council(event.council)?;
            play.act(council, event)
                .await
                .with_context(|| format!("{} on {}: {}", council.name, event.at, acts::name(&event.act)))?;
        }
        play.drain(now).await?;
        tokio::time::sleep(LOOKS).await;
    }
}

impl Play<'_> {
    /// Does every job that is due at an instant.
    async fn drain(&self, now: DateTime<Utc>) -> anyhow::Result<()> {
        while let Some(done) = self.worker.one(now).await? {
            if let Done::Failed(outcome, said) = done {
                bail!("a job failed ({outcome:?}): {said}");
            }
        }
        Ok(())
    }

    fn council(&self, id: TenantId) -> anyhow::Result<&CouncilWorld> {
        self.world.councils.iter().find(|council| council.id == id).context("an event of an unknown council")
    }

    /// The council's own scope, for what the service does by itself.
    fn service(&self, council: &CouncilWorld, job: &str) -> CouncilScope {
        CouncilScope::system(&self.worker.connections, council.id, job)
    }

    /// The scope of a member of the council's staff.
    async fn staff(&self, council: &CouncilWorld, person: PersonId) -> anyhow::Result<CouncilScope> {
        let (scope, _) = Identity::new(&self.worker.connections).council_scope(person, council.id).await?;
        Ok(scope)
    }

    /// The scope of somebody who acts for a provider.
    async fn provider(&self, person: PersonId) -> anyhow::Result<ProviderScope> {
        Ok(Identity::new(&self.worker.connections).provider_scope(person).await?)
    }
}
