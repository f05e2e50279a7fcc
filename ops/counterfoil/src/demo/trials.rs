//! A trial of the rule that is in force with another setting, on weeks that were played, so that the served demo has
//! one: at the council that limits extras. Like the [open weeks](super::open) it is no part of what was played, and it
//! changes no claim.

use anyhow::Context as _;
use chrono::{DateTime, Days, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::pricing::facts::Value;
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::rule_trial::{self, TriedSetting};
use counterfoil_tenants::rule_version::Who;
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::steps::try_rule::{ToStart, start_trial};
use counterfoil_tenants::{Connections, rule, steps::Means};

use super::world::World;
use super::world::organisations::BRA;

/// How many weeks it is tried on.
const WEEKS: usize = 4;
/// Weeks that ended so long ago were played; later ones are open. The last schedule by name pays weekly.
const PLAYED: Days = Days::new(28);

/// Starts it; the demo's worker tries the claims.
///
/// # Errors
/// When the council has no weeks to try it on, or the step refuses.
pub(crate) async fn start(
    connections: &Connections,
    means: &Means,
    world: &World,
    now: DateTime<Utc>,
) -> anyhow::Result<()> {
    let council = world.councils.iter().find(|council| council.slug == BRA).context("no council limits extras")?;
    let person = council.staff.administrator;
    let (scope, _) = Identity::new(connections).council_scope(person, council.id).await?;
    let name = world.people.iter().find(|one| one.id == person).map(|one| one.name.as_str());
    let today = clock::local_time(now).date();
    let (choices, in_force) = scope
        .read(async |tx: &mut Tx<'_>| Ok((rule_trial::choices(tx, today).await?, rule::in_force(tx, today).await?)))
        .await?;
    let extras =
        TriedSetting { key: "extras".to_owned(), scope: String::new(), value: Value::Code("never".to_owned()) };
    let to_start = ToStart {
        digest: in_force.component_digest,
        periods: choices
            .iter()
            .rev()
            .filter(|choice| choice.ends + PLAYED < today)
            .take(WEEKS)
            .map(|choice| choice.id)
            .collect(),
        settings: vec![extras],
    };
    let who = Who { person, name: name.unwrap_or("An administrator") };
    start_trial(&scope, means, now, who, &to_start).await?;
    Ok(())
}
