//! What both sides say about claims when the demo is served: a conversation at one council, and at another a dispute that
//! waits for its answer. After the weeks were [opened](super::open), at the time at which the demo is served; no sum changes.

use anyhow::{Context as _, bail};
use chrono::{DateTime, Utc};
use counterfoil_core::attachment::Kind;
use counterfoil_core::dispute::DisputeReason;
use counterfoil_core::ids::{ClaimId, OrganisationId, PersonId, TenantId};
use counterfoil_tenants::claim::{self, Standing, Wanted};
use counterfoil_tenants::dispute::{self, NewDispute};
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::scope::{Provider, ProviderScope, Tx};
use counterfoil_tenants::talk::{self, NewFile, NewMessage};

use super::seed::Seed;
use super::world::World;
use super::world::organisations::{BRA, W24};
use super::world::people::submitter;
use crate::worker::{Done, Worker};

/// The time sheet beside the dispute.
const SHEET: &str = "day,planned,delivered\r\nMonday,60,75\r\nTuesday,60,75\r\n";

/// A provider at a council, with a claim that was paid.
struct Place<'a> {
    council: TenantId,
    organisation: OrganisationId,
    officer: PersonId,
    writer: (PersonId, &'a str),
    scope: ProviderScope,
    claim: ClaimId,
}

/// Says it.
///
/// # Errors
/// When the demo has no such claim, or something is refused.
pub(crate) async fn say(worker: &Worker, world: &World, seed: Seed, now: DateTime<Utc>) -> anyhow::Result<()> {
    let asked = place(worker, world, seed, (W24, "Ashgrove Home Care")).await?;
    let own = (asked.council, asked.organisation);
    let message = |writer, body| NewMessage { writer, body, files: &[] };
    let question =
        message(asked.writer, "Was the bank holiday of this week paid at the enhanced rate? We cannot see it.");
    talk::write_own(&asked.scope, now, own, asked.claim, question).await?;
    let (council, _) = Identity::new(&worker.connections).council_scope(asked.officer, asked.council).await?;
    let officer = (asked.officer, named(world, asked.officer)?);
    let answer = message(officer, "There was no bank holiday in it. The next one is on the calendar page.");
    talk::write(&council, now, asked.claim, answer).await?;

    let disputed = place(worker, world, seed, (BRA, "Underwood Care")).await?;
    let own = (disputed.council, disputed.organisation);
    let files = [NewFile { name: "time-sheet.csv".to_owned(), kind: Kind::Csv, bytes: SHEET.as_bytes().to_vec() }];
    let new = NewDispute {
        claim: disputed.claim,
        line: Some(0),
        reason: DisputeReason::PlannedHours,
        wanted: "75 minutes on Monday and Tuesday instead of 60, as the social worker agreed",
        wanted_pence: None,
        message: NewMessage {
            writer: disputed.writer,
            body: "The plan still has the old visits. Our time sheet is attached.",
            files: &files,
        },
    };
    dispute::open_own(&disputed.scope, now, own, &worker.means.holidays, &new).await?;
    while let Some(done) = worker.one(now).await? {
        if let Done::Failed(outcome, said) = done {
            bail!("a job failed ({outcome:?}): {said}");
        }
    }
    Ok(())
}

async fn place<'a>(
    worker: &Worker,
    world: &'a World,
    seed: Seed,
    (slug, name): (&str, &str),
) -> anyhow::Result<Place<'a>> {
    let council = world.councils.iter().find(|council| council.slug == slug).context("a council of the demo")?;
    let organisation = world.organisations.iter().find(|organisation| organisation.name == name);
    let organisation = organisation.context("a provider of the demo")?;
    let person = submitter(seed, organisation);
    let scope = Identity::new(&worker.connections).provider_scope(person).await?;
    let wanted = Wanted { standing: Standing::Paid, descending: true, limit: 1, ..Wanted::default() };
    let (tenant, id) = (council.id, organisation.id);
    let claims = scope.read(async |tx: &mut Tx<'_, Provider>| claim::list_own(tx, tenant, id, &wanted).await).await?;
    let claim = claims.rows.as_slice().first().with_context(|| format!("{name} has no paid claim at {slug}"))?.id;
    Ok(Place {
        council: tenant,
        organisation: id,
        officer: council.staff.officer,
        writer: (person, named(world, person)?),
        scope,
        claim,
    })
}

fn named(world: &World, person: PersonId) -> anyhow::Result<&str> {
    let found = world.people.iter().find(|known| known.id == person);
    Ok(found.context("somebody of the demo")?.name.as_str())
}
