//! Writes the demo's [`World`] into a database, through the same functions that a council's set-up uses: platform
//! tables first, then each council in its own scope, every change with its audit record. Before it stands the
//! [`world`](super::world), after it the [`timeline`](super::timeline) is played.

mod billing;
pub(crate) mod care;
mod platform;
mod settings;
#[cfg(test)]
mod tests;
mod told;

use std::collections::BTreeMap;

use anyhow::Context as _;
use counterfoil_core::calendar::BankHolidays;
use counterfoil_core::ids::PeriodId;
use counterfoil_tenants::Connections;
use counterfoil_tenants::scope::CouncilScope;
use counterfoil_tenants::vault::MasterKey;
use indicatif::ProgressBar;

use super::seed::Seed;
use super::timeline::act::Pays;
use super::world::World;
use super::world::council::CouncilWorld;
use crate::means::LoadedPack;

/// The job in whose name councils are set up.
const JOB: &str = "demo-set-up";

/// What loading needs beside the world.
pub(crate) struct Means<'a> {
    /// The database.
    pub(crate) connections: &'a Connections,
    /// Encrypts the councils' keys.
    pub(crate) master_key: &'a MasterKey,
    /// The packs that councils use, by name.
    pub(crate) packs: &'a BTreeMap<String, LoadedPack>,
    /// Bank holidays, for the pay periods.
    pub(crate) holidays: &'a BankHolidays,
    /// The seed, for the ids of what the world does not name.
    pub(crate) seed: Seed,
}

/// Writes everything. The bar counts councils in steps of [`STEPS`], after one for the platform.
///
/// # Errors
/// When the database refuses something, for example because the demo is in it already, or a council uses a pack
/// that was not loaded.
pub(crate) async fn world(means: &Means<'_>, world: &World, bar: &ProgressBar) -> anyhow::Result<()> {
    bar.set_length(1 + STEPS * u64::try_from(world.councils.len()).unwrap_or_default());
    bar.set_message("councils, providers and people");
    platform::write(means, world)
        .await
        .context("councils and providers cannot be written; is the demo in this database already?")?;
    bar.inc(1);
    for council in &world.councils {
        let scope = CouncilScope::system(means.connections, council.id, JOB);
        let one = One { means, council, scope: &scope };
        bar.set_message(council.name);
        one.write(bar).await.with_context(|| format!("{} cannot be set up", council.name))?;
    }
    platform::limit(means, world).await.context("people cannot be limited to contracts")?;
    Ok(())
}

/// How many steps of the progress bar a council takes.
pub(crate) const STEPS: u64 = 7;

/// One council that is being set up.
struct One<'a> {
    means: &'a Means<'a>,
    council: &'a CouncilWorld,
    scope: &'a CouncilScope,
}

impl One<'_> {
    async fn write(&self, bar: &ProgressBar) -> anyhow::Result<()> {
        settings::profile(self).await?;
        settings::brand(self).await?;
        bar.inc(1);
        settings::rule(self).await?;
        bar.inc(1);
        settings::prices(self).await?;
        bar.inc(1);
        settings::schedules(self).await?;
        billing::calendars(self).await?;
        told::published(self).await?;
        bar.inc(1);
        care::payees(self).await?;
        bar.inc(1);
        care::contracts(self).await?;
        bar.inc(1);
        care::people(self).await?;
        told::teams(self).await?;
        bar.inc(1);
        Ok(())
    }

    /// The id of something of this council that the world does not name.
    fn id(&self, path: &str) -> uuid::Uuid {
        self.means.seed.id(&format!("{}/{path}", self.council.slug))
    }
}

/// The id under which a pay period is written.
#[must_use]
pub(crate) fn period_id(seed: Seed, pays: Pays) -> PeriodId {
    let Pays { schedule, period } = pays;
    PeriodId::from_uuid(seed.id(&format!("pay-period/{}/{period}", schedule.uuid())))
}
