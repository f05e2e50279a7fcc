//! An invoice of a provider's own at the council that takes them, for a week that is open when the demo is served. After
//! [`open`](super::open), through the same steps as a page.

use std::collections::BTreeMap;

use anyhow::Context as _;
use chrono::{DateTime, Days, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::claim::ClaimState;
use counterfoil_core::invoice::Reference;
use counterfoil_core::money::Money;
use counterfoil_core::pricing::facts::Recording;
use counterfoil_core::statement::{Actuals, LineStatement, Statement};
use counterfoil_tenants::claim;
use counterfoil_tenants::identity::Identity;
use counterfoil_tenants::scope::{CouncilScope, Provider, Tx};
use counterfoil_tenants::steps::price_actuals::price_actuals;
use counterfoil_tenants::steps::state_actuals::ToState;
use counterfoil_tenants::steps::submit_invoice::{Invoice, InvoicedClaim, lines_of, submit_invoice, total_of};
use uuid::Uuid;

use super::world::World;
use super::world::organisations::STY;
use super::world::people::{ActsFor, Position};
use crate::worker::Worker;

/// How many people the invoice is for.
const PEOPLE: usize = 2;
/// What the provider asks for the first of them beyond the council's price, as somebody does whose own price list is newer.
const MORE: Money = Money::from_pence(250);

/// Writes it. Nothing happens where no week of such a contract is open.
///
/// # Errors
/// When a step refuses.
pub(crate) async fn write(worker: &Worker, world: &World, now: DateTime<Utc>) -> anyhow::Result<()> {
    let council = world
        .councils
        .iter()
        .find(|council| council.slug == STY)
        .context("the council that takes invoices is not there")?;
    let today = clock::local_time(now).date();
    for contract in council.contracts.iter().filter(|contract| contract.recording == Recording::Quantities) {
        let Some(organisation) = contract.organisation else { continue };
        let manages = ActsFor::Organisation(organisation, Position::Administrator);
        let manager =
            world.people.iter().find(|person| person.limited_to.is_none() && person.acts_for.contains(&manages));
        let Some(manager) = manager else { continue };
        let provider = Identity::new(&worker.connections).provider_scope(manager.id).await?;
        let pricing = CouncilScope::system(&worker.connections, council.id, "assess-claims");
        // the weeks that are open are not many
        let since = today.checked_sub_days(Days::new(35)).unwrap_or(today);
        let found = provider
            .read(async |tx: &mut Tx<'_, Provider>| {
                claim::open_own(tx, council.id, organisation, (&[contract.id], since, today), now).await
            })
            .await?;
        let open = found.into_iter().filter(|claim| {
            claim.state == ClaimState::Generated
                && claim.ends < today
                && claim.lines.iter().all(|line| line.held.is_some())
        });
        let open: Vec<_> = open.take(PEOPLE).collect();
        if open.is_empty() {
            continue;
        }
        let number = Reference::read("STY-2041")?;
        let planned = |line| LineStatement { line, actuals: Actuals::AsPlanned, comment: String::new() };
        let to_state = open.iter().map(|claim| ToState {
            claim: claim.id,
            seen: claim.version,
            statement: Statement {
                lines: claim.lines.iter().map(|line| planned(line.number)).collect(),
                payment_reference: number.text().to_owned(),
                note: String::new(),
            },
        });
        let to_state: Vec<ToState> = to_state.collect();
        let to_price: Vec<_> = to_state.iter().map(|one| (one.claim, one.statement.clone())).collect();
        let priced = price_actuals(&provider, &pricing, &worker.means, now, organisation, &to_price).await?;
        let mut more = MORE;
        let claims = to_state.into_iter().map(|to_state| {
            let known = priced.iter().find(|priced| priced.claim == to_state.claim).map(lines_of).unwrap_or_default();
            let mut expected: BTreeMap<u32, Money> = BTreeMap::new();
            for (line, known) in known {
                let sum = known.priced.unwrap_or_default().checked_add(std::mem::take(&mut more))?;
                expected.insert(line, sum);
            }
            anyhow::Ok(InvoicedClaim { to_state, expected })
        });
        let invoice = Invoice {
            contract: contract.id,
            number,
            dated: today,
            submission: Uuid::now_v7(),
            name: &manager.name,
            comment: "Our price list of this month",
            claims: claims.collect::<anyhow::Result<_>>()?,
            shown: total_of(&priced),
        };
        let scopes = (&provider, &pricing);
        submit_invoice(scopes, &worker.means, now, organisation, &invoice, &|_, _| "As planned".to_owned()).await?;
        return Ok(());
    }
    Ok(())
}
