//! What belongs to one timesheet: the claims of an organisation for a pay period, with what confirming them declares.

use chrono::NaiveDate;
use counterfoil_core::calendar::clock::local_time;
use counterfoil_core::claim::{ClaimEvent, ClaimState};
use counterfoil_core::ids::ClaimId;
use counterfoil_core::money::Money;
use counterfoil_tenants::claim::{self, ClaimSeen, Declaration, Order, Wanted};
use counterfoil_tenants::scope::{Provider, Tx};

use super::super::hub::{priced, to_mend};
use super::{fits, home, is_alone};
use crate::access::{ForOrganisationAt, Visit};
use crate::fault::Fault;

/// The most claims of a timesheet: a carer has a handful of people. Whoever has more has the list of claims.
const MOST: u32 = 40;

/// One timesheet.
pub(super) struct Sheet {
    /// The day on which it begins, which its address names.
    pub(super) starts: NaiveDate,
    /// Its claims, by person.
    pub(super) claims: Vec<OnSheet>,
}

/// A claim on it.
pub(super) struct OnSheet {
    pub(super) seen: ClaimSeen,
    pub(super) declaration: Declaration,
}

impl Sheet {
    /// The timesheet that begins on a day.
    ///
    /// # Errors
    /// [`Fault::NotFound`] where nothing of it is stated on a timesheet.
    pub(super) async fn of(visit: &Visit, pass: &ForOrganisationAt, starts: &str) -> Result<Self, Fault> {
        let starts: NaiveDate = starts.parse().map_err(|_| Fault::NotFound)?;
        let alone = is_alone(visit, pass).await?;
        let today = local_time(visit.now).date();
        let (council, organisation) = (pass.council.id, pass.provider.organisation.id);
        let wanted = Wanted { starts: Some(starts), order: Order::Person, limit: MOST, ..Wanted::default() };
        let read = pass
            .provider
            .scope
            .read(async |tx: &mut Tx<'_, Provider>| {
                let mut claims = Vec::new();
                for listed in claim::list_own(tx, council, organisation, &wanted).await?.rows {
                    let seen = claim::seen_own(tx, council, organisation, listed.id).await?;
                    if fits(seen.recording, &seen.contract.1, alone) {
                        let declaration = claim::declaration(tx, council, (seen.claim.schedule_id, today)).await?;
                        claims.push(OnSheet { seen, declaration });
                    }
                }
                Ok(claims)
            })
            .await;
        let claims = read.map_err(|error| Fault::of(&error))?;
        if claims.is_empty() { Err(Fault::NotFound) } else { Ok(Self { starts, claims }) }
    }

    /// Where it is.
    pub(super) fn address(&self, pass: &ForOrganisationAt) -> String {
        format!("{}/{}", home(pass), self.starts)
    }

    /// One claim of it, as an address names it, with its place.
    pub(super) fn claim(&self, named: &str) -> Result<(usize, &OnSheet), Fault> {
        let id: ClaimId = named.parse().map_err(|_| Fault::NotFound)?;
        self.claims.iter().enumerate().find(|(_, one)| one.seen.claim.id == id).ok_or(Fault::NotFound)
    }

    /// The next claim after a place that nobody has entered yet.
    pub(super) fn next_after(&self, place: usize) -> Option<&OnSheet> {
        self.claims.iter().skip(place.saturating_add(1)).find(|one| one.is_to_enter())
    }

    /// What all but one of its claims come to as they were entered.
    pub(super) fn payable_beside(&self, id: Option<ClaimId>) -> Money {
        let entered = self.claims.iter().filter(|one| Some(one.seen.claim.id) != id && !one.is_to_enter());
        let payable = entered.filter_map(|one| priced(&one.seen)).map(|assessed| assessed.payable);
        Money::total(payable).unwrap_or(Money::ZERO)
    }
}

impl OnSheet {
    /// Whether nobody has said anything of it yet.
    pub(super) fn is_to_enter(&self) -> bool {
        self.seen.claim.statement_version == 0 && self.seen.claim.state == ClaimState::Generated
    }

    /// Whether it can be sent as it stands.
    pub(super) fn can_send(&self) -> bool {
        let claim = &self.seen.claim;
        let stated = claim.statement_version > 0;
        let may = claim.state.after(ClaimEvent::Confirm, self.declaration.basis, stated).is_ok();
        let fit = priced(&self.seen).is_some_and(|assessed| to_mend(assessed) == 0);
        stated && may && fit && claim.state != ClaimState::Confirmed
    }
}
