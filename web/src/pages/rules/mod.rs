//! `/councils/{council}/rules`: the life of a council's payment rule, for its administrators; auditors look on. What is in
//! force and every version ([`list`]), a new one ([`upload`]) and cases for it ([`cases`]), one of them and what is decided
//! about it ([`version`]), from when it prices ([`activate`]), what its settings are ([`values`]), and what happens when it
//! fails ([`quarantine`]).

pub(crate) mod activate;
pub(crate) mod cases;
pub(crate) mod component;
pub(crate) mod list;
pub(crate) mod quarantine;
pub(super) mod settings;
mod shown;
pub(crate) mod upload;
pub(crate) mod values;
pub(crate) mod version;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::ids::{PersonId, TenantId};
use counterfoil_tenants::identity::CouncilRole;
use counterfoil_tenants::rule_version::{self, RuleSeen, Timeline, Who};
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::steps::Means;

use crate::access::{AtCouncil, Visit};
use crate::events::Event;
use crate::fault::Fault;

/// How long somebody waits for a check: less than any page may take, and longer than all but bombs do.
const PATIENCE: Duration = Duration::from_secs(20);

/// Where the pages of rules begin.
fn home(pass: &AtCouncil) -> String {
    format!("/councils/{}/rules", pass.council.slug)
}

/// Whether somebody may change what they see; an auditor may not.
fn may_change(pass: &AtCouncil) -> bool {
    pass.council.roles.contains(&CouncilRole::Administrator)
}

/// Whoever decides, with the name that the history keeps.
fn who(pass: &AtCouncil) -> Who<'_> {
    Who { person: pass.me.access.person(), name: pass.me.access.name() }
}

fn today(visit: &Visit) -> NaiveDate {
    local_time(visit.now).date()
}

/// Every version, and what prices from when.
async fn all(visit: &Visit, pass: &AtCouncil) -> Result<(Timeline, Vec<RuleSeen>), Fault> {
    let (pricer, today) = (visit.app.means().pricer.clone(), today(visit));
    let read = pass.scope.read(async |tx: &mut Tx<'_>| rule_version::seen(tx, &*pricer, today).await).await;
    read.map_err(|error| Fault::of(&error))
}

/// One version, and what prices from when.
async fn found(visit: &Visit, pass: &AtCouncil, digest: &str) -> Result<(Timeline, RuleSeen), Fault> {
    let (timeline, seen) = all(visit, pass).await?;
    let seen = seen.into_iter().find(|seen| seen.digest == digest).ok_or(Fault::NotFound)?;
    Ok((timeline, seen))
}

/// Tells open pages and other replicas that the council's rule is another.
async fn changed(visit: &Visit, pass: &AtCouncil) {
    let tenant: TenantId = pass.council.id;
    visit.app.events().publish(Event::SettingsChanged { tenant }).await;
}

/// Waits for a check; none where it takes longer than somebody waits. It goes on then, behind others perhaps, and what
/// comes of it is kept.
async fn awaited<T: Send + 'static>(check: impl Future<Output = T> + Send + 'static) -> Result<Option<T>, Fault> {
    match tokio::time::timeout(PATIENCE, tokio::spawn(check)).await {
        Ok(Ok(outcome)) => Ok(Some(outcome)),
        Ok(Err(error)) => Err(Fault::internal(&error)),
        Err(_) => Ok(None),
    }
}

/// Owns what a check needs that goes on without its page.
struct Checking {
    scope: CouncilScope,
    means: Means,
    at: DateTime<Utc>,
    person: PersonId,
    name: String,
}

impl Checking {
    fn of(visit: &Visit, pass: &AtCouncil) -> Self {
        let access = &pass.me.access;
        Self {
            scope: pass.scope.clone(),
            means: visit.app.means().clone(),
            at: visit.now,
            person: access.person(),
            name: access.name().to_owned(),
        }
    }

    fn who(&self) -> Who<'_> {
        Who { person: self.person, name: &self.name }
    }
}
