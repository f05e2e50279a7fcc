//! What providers and officers do to claims.

use std::collections::BTreeMap;

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use counterfoil_core::disposition::{Disposition, Settlement};
use counterfoil_core::ids::{AssessmentId, ClaimId, ContractId, OrganisationId, PersonId, ServiceUserId};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::canonical;
use counterfoil_core::statement::Statement;
use counterfoil_tenants::assessment;
use counterfoil_tenants::charge::{self, ChargeRow};
use counterfoil_tenants::claim::{self, Claim};
use counterfoil_tenants::scope::Tx;
use counterfoil_tenants::statement::Source;
use counterfoil_tenants::steps::confirm_claims::{confirm_claims, send_back, unconfirm_claim};
use counterfoil_tenants::steps::settle_suspended::settle_suspended;
use counterfoil_tenants::steps::state_actuals::{ToState, state_actuals};

use super::Play;
use crate::demo::load::period_id;
use crate::demo::timeline::act::{self, ClaimKey, Pays};
use crate::demo::timeline::settling::{Choice, choice};
use crate::demo::world::council::CouncilWorld;

impl Play<'_> {
    pub(super) async fn state(
        &self,
        council: &CouncilWorld,
        at: DateTime<Utc>,
        (organisation, by, source): (OrganisationId, PersonId, act::Source),
        stated: &[(ClaimKey, Statement)],
    ) -> anyhow::Result<()> {
        let claims = self.claims(council, stated.iter().map(|(key, _)| key)).await?;
        let to_state = claims
            .iter()
            .zip(stated)
            .map(|(claim, (_, statement))| ToState {
                claim: claim.id,
                seen: claim.version,
                statement: statement.clone(),
            })
            .collect();
        let source = match source {
            act::Source::Screen => Source::Screen,
            act::Source::File => Source::File,
            act::Source::Monitoring => Source::Monitoring,
        };
        let (provider, pricing) = (self.provider(by).await?, self.service(council, "assess-claims"));
        state_actuals(&provider, &pricing, &self.worker.means, at, (organisation, source), to_state).await?;
        Ok(())
    }

    pub(super) async fn confirm(
        &self,
        council: &CouncilWorld,
        at: DateTime<Utc>,
        (organisation, by): (OrganisationId, PersonId),
        keys: &[ClaimKey],
    ) -> anyhow::Result<()> {
        let seen: Vec<(ClaimId, u32)> =
            self.claims(council, keys.iter()).await?.iter().map(|claim| (claim.id, claim.version)).collect();
        let name = self.world.people.iter().find(|person| person.id == by).map_or("Somebody", |person| &person.name);
        confirm_claims(&self.provider(by).await?, at, (council.id, organisation), &seen, name).await?;
        Ok(())
    }

    pub(super) async fn unconfirm(
        &self,
        council: &CouncilWorld,
        at: DateTime<Utc>,
        (organisation, by): (OrganisationId, PersonId),
        key: &ClaimKey,
    ) -> anyhow::Result<()> {
        let claim = self.claims(council, [key].into_iter()).await?.pop().context("no such claim")?;
        let provider = self.provider(by).await?;
        Ok(unconfirm_claim(&provider, at, (council.id, organisation), claim.id, claim.version).await?)
    }

    pub(super) async fn send_back(
        &self,
        council: &CouncilWorld,
        at: DateTime<Utc>,
        by: PersonId,
        key: &ClaimKey,
        because: &str,
    ) -> anyhow::Result<()> {
        let claim = self.claims(council, [key].into_iter()).await?.pop().context("no such claim")?;
        Ok(send_back(&self.staff(council, by).await?, at, claim.id, because).await?)
    }

    /// An officer goes through every line of the period's claims on which something is suspended.
    pub(super) async fn settle(
        &self,
        council: &CouncilWorld,
        at: DateTime<Utc>,
        pays: Pays,
        (officer, second): (PersonId, PersonId),
    ) -> anyhow::Result<()> {
        let scope = self.staff(council, officer).await?;
        let period = period_id(self.seed, pays);
        let (claims, charges, inputs) = scope
            .read(async |tx: &mut Tx<'_>| {
                let claims = claim::due_in(tx, period).await?;
                let ids: Vec<AssessmentId> = claims.iter().filter_map(|claim| claim.assessment_id).collect();
                let mut charges = charge::of_assessments(tx, &ids).await?;
                let held = |row: &ChargeRow| row.disposition == Disposition::Suspended;
                let suspended: Vec<(ClaimId, u32)> =
                    charges.iter().filter(|row| held(row)).map(|row| (row.claim_id, row.line)).collect();
                charges.retain(|row| suspended.contains(&(row.claim_id, row.line)));
                let ids: Vec<AssessmentId> = charges.iter().map(|row| row.assessment_id).collect();
                Ok((claims, charges, assessment::find_all(tx, &ids).await?))
            })
            .await?;
        let mut lines: BTreeMap<(ClaimId, u32), Vec<ChargeRow>> = BTreeMap::new();
        for row in charges {
            lines.entry((row.claim_id, row.line)).or_default().push(row);
        }
        let mut asked = Vec::new();
        for ((id, line), charges) in lines {
            let claim = claims.iter().find(|claim| claim.id == id).context("a charge without its claim")?;
            asked.push((self.key(council, claim)?, id, line, charges));
        }
        // by reference, so that what is decided first depends on nothing but the world
        asked.sort_by(|a, b| (&a.0, a.2).cmp(&(&b.0, b.2)));
        for (key, id, line, charges) in asked {
            let settlement = match choice(self.seed, &key, line) {
                Choice::Accept => Settlement::Accept,
                Choice::Reject => Settlement::Reject,
                Choice::Leave => continue,
                Choice::AcceptPart { percent } => {
                    let input = inputs.iter().find(|row| row.claim_id == id).context("an assessment without input")?;
                    let facts = canonical::read(&input.input)?;
                    let line = facts.lines.iter().find(|known| known.line == line).context("no such line")?;
                    let days = line.stated_days.iter().map(|day| day.delivered + day.frustrated);
                    let visits = line.stated_visits.iter().map(|visit| visit.delivered + visit.frustrated);
                    Settlement::Quantity { accepted: days.chain(visits).sum::<i64>() * percent / 100 }
                }
                Choice::Amount { percent } => {
                    let open = charges
                        .iter()
                        .filter(|row| matches!(row.disposition, Disposition::Payable | Disposition::Suspended));
                    let claimed = Money::total(open.map(|row| row.pence))?;
                    Settlement::Amount { amount: Money::from_pence(claimed.pence() * percent / 100), second }
                }
            };
            let because = choice(self.seed, &key, line).because();
            settle_suspended(&scope, &self.worker.means, at, id, (line, settlement.clone(), because))
                .await
                .with_context(|| format!("{key} line {line}: {settlement:?}"))?;
        }
        Ok(())
    }

    /// The claims that people address by these references, in the order in which they name them.
    async fn claims(
        &self,
        council: &CouncilWorld,
        keys: impl Iterator<Item = &ClaimKey>,
    ) -> anyhow::Result<Vec<Claim>> {
        let keys: Vec<&ClaimKey> = keys.collect();
        let scope = self.service(council, "demo");
        let contracts: BTreeMap<&str, ContractId> =
            council.contracts.iter().map(|contract| (contract.reference.as_str(), contract.id)).collect();
        let mut found = Vec::with_capacity(keys.len());
        let mut known: BTreeMap<ContractId, Vec<(String, Claim)>> = BTreeMap::new();
        for key in &keys {
            let contract = *contracts.get(key.contract.as_str()).with_context(|| format!("{key}: no such contract"))?;
            if let std::collections::btree_map::Entry::Vacant(entry) = known.entry(contract) {
                let dates = keys.iter().map(|key| key.starts);
                let (first, last) = (dates.clone().min().unwrap_or_default(), dates.max().unwrap_or_default());
                let claims = scope
                    .read(async |tx: &mut Tx<'_>| {
                        let claims = claim::of_contract(tx, contract, first, last).await?;
                        let ids: Vec<ServiceUserId> = claims.iter().map(|claim| claim.service_user_id).collect();
                        let people = counterfoil_tenants::service_user::find_all(tx, &ids).await?;
                        Ok(claims
                            .into_iter()
                            .filter_map(|claim| {
                                let person = people.iter().find(|person| person.id == claim.service_user_id)?;
                                Some((person.reference.clone(), claim))
                            })
                            .collect::<Vec<_>>())
                    })
                    .await?;
                entry.insert(claims);
            }
            let claim = known
                .get(&contract)
                .into_iter()
                .flatten()
                .find(|(reference, claim)| *reference == key.service_user && claim.starts == key.starts);
            found.push(claim.with_context(|| format!("{key}: no such claim"))?.1.clone());
        }
        Ok(found)
    }

    fn key(&self, council: &CouncilWorld, claim: &Claim) -> anyhow::Result<ClaimKey> {
        let contract = council.contract(claim.contract_id).context("a claim of an unknown contract")?;
        let person = council.service_user(claim.service_user_id);
        Ok(ClaimKey {
            contract: contract.reference.clone(),
            service_user: person.map_or_else(|| claim.service_user_id.to_string(), |person| person.reference.clone()),
            starts: claim.starts,
        })
    }
}
