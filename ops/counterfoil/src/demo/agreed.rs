//! A document that waits to be agreed and an adjustment that was accepted, so that the served demo has one of each: at the
//! council that has an adjustment form. Like the [open weeks](super::open) it is no part of what was played; the plan
//! changes only from a day that no week reaches yet.

use anyhow::Context as _;
use chrono::{DateTime, Days, Utc};
use counterfoil_core::adjustment::{Becomes, held, weekly};
use counterfoil_core::calendar::clock;
use counterfoil_core::money::Quantity;
use counterfoil_core::plan::LineVersion;
use counterfoil_core::pricing::facts::{Recording, Unit};
use counterfoil_tenants::adjustment::{self, Accepted, Asker, NewAdjustment};
use counterfoil_tenants::contract_document::{self, Attached, Kind, NewDocument, Publisher};
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::scope::{CouncilScope, Tx};
use counterfoil_tenants::{Connections, service_line};

use super::world::World;
use super::world::care::{Contract, ServiceLine};
use super::world::council::CouncilWorld;
use super::world::organisations::BRA;
use super::world::people::{ActsFor, Person, Position, Post};

/// From when on the adjustment holds, in days: after every week that is open.
const AHEAD: Days = Days::new(28);
/// How long the document waits.
const GIVEN: Days = Days::new(14);
/// What is asked for beside the plan: two hours.
const MORE: i64 = 2_000;

/// Publishes the one, and has the other asked for and accepted.
///
/// # Errors
/// When the demo has no line for them, or a step refuses.
pub(crate) async fn documents(connections: &Connections, world: &World, now: DateTime<Utc>) -> anyhow::Result<()> {
    let council = world.councils.iter().find(|council| council.slug == BRA).context("no council has the form")?;
    let officer = person(world, ActsFor::Council(council.id, Post::Officer))?;
    let identity = Identity::new(connections);
    let (scope, _) = identity.council_scope(officer.id, council.id).await?;
    let (contract, line, newest) = goes_on(&scope, council, now).await?;
    let organisation = contract.organisation.context("a contract with an organisation was chosen")?;
    let staff = person(world, ActsFor::Organisation(organisation, Position::Staff))?;
    let today = clock::local_time(now).date();
    let planned = weekly(&newest.plan, newest.unit);

    let agreement = NewDocument {
        title: format!("Individual service agreement for {}", line.reference),
        terms: format!(
            "# What is agreed\n- {planned} hours of care a week, as the plan of the service line has them.\n- Every visit is \
             recorded, and differences from the plan are commented on.\n\n# Changes\nWhen needs change, ask for an \
             adjustment on the page of the service line. Nothing above the plan is payable once an adjustment for it was \
             accepted."
        ),
        agree_by: today.checked_add_days(GIVEN).unwrap_or(today),
        attached: Attached::Nothing,
    };
    let publisher = Publisher { person: officer.id, name: &officer.name, email: &officer.email };
    let about = (contract.id, Some(line.id), Kind::Agreement);
    contract_document::publish(&scope, now, publisher, about, &agreement).await?;

    let from = today.checked_add_days(AHEAD).unwrap_or(today);
    let wanted = Quantity::from_thousandths(planned.raw().saturating_add(MORE));
    let seen = newest.version;
    let asked = NewAdjustment {
        line: line.id,
        from,
        to: None,
        wanted,
        why: "Two more hours are needed on weekday mornings after the review of last week.".to_owned(),
        claim: None,
        seen,
    };
    let provider = identity.provider_scope(staff.id).await?;
    let asker = Asker { person: staff.id, name: &staff.name, email: &staff.email };
    let id = adjustment::ask(&provider, now, (council.id, organisation), asker, &asked).await?;
    let accepted = Accepted {
        from,
        to: None,
        becomes: Becomes::Quantity(wanted),
        reason: "Agreed at the review.".to_owned(),
        seen,
    };
    adjustment::accept(&scope, now, (officer.id, &officer.name), (id, &accepted)).await?;
    Ok(())
}

/// The first line of an organisation, by reference, that is planned in hours and has no end, with its newest version as
/// it was played.
async fn goes_on<'w>(
    scope: &CouncilScope,
    council: &'w CouncilWorld,
    now: DateTime<Utc>,
) -> anyhow::Result<(&'w Contract, &'w ServiceLine, LineVersion)> {
    let mut lines: Vec<(&Contract, &ServiceLine)> = council
        .lines
        .iter()
        .filter_map(|line| {
            let contract = council.contracts.iter().find(|contract| contract.id == line.contract)?;
            (contract.organisation.is_some() && contract.recording == Recording::Quantities).then_some((contract, line))
        })
        .collect();
    lines.sort_by(|(_, one), (_, other)| one.reference.cmp(&other.reference));
    let ids: Vec<_> = lines.iter().map(|(_, line)| line.id).collect();
    let versions = scope.read(async |tx: &mut Tx<'_>| service_line::versions(tx, &ids).await).await?;
    let found = lines.into_iter().find_map(|(contract, line)| {
        let own = versions.get(&line.id)?;
        let (_, to) = held(own, now)?;
        let newest = own.last().filter(|newest| to.is_none() && newest.unit == Unit::Hour)?;
        Some((contract, line, newest.clone()))
    });
    found.context("no line of the council goes on by quantities")
}

fn person(world: &World, acts_for: ActsFor) -> anyhow::Result<&Person> {
    let found = world.people.iter().find(|person| person.acts_for.contains(&acts_for) && person.limited_to.is_none());
    found.with_context(|| format!("nobody acts for {acts_for:?}"))
}
