//! A provider sends an invoice that it wrote. What it says was delivered is stated and priced by
//! [`state_actuals`](super::state_actuals); then, in one transaction, its claims are confirmed as
//! [`confirm_claims`](super::confirm_claims) does it and the invoice is stored with what both sides make of it. Nothing is
//! stated before everything was tried: number, dates, price. Where confirming is refused after that, what was stated
//! stands as an ordinary statement, and sending again goes on from there.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::disposition::Assessment;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, ContractId, InvoiceId, OrganisationId, TenantId};
use counterfoil_core::invoice::{Reference, check_date};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::{Finding, FindingLevel};
use counterfoil_core::statement::{Quantities, Statement};
use uuid::Uuid;

use super::Means;
use super::confirm_claims::{Declared, LONGEST_COMMENT, Receipt, confirm};
use super::price_actuals::{PricedActuals, price_actuals};
use super::state_actuals::{ToState, state_actuals};
use crate::audit::Record;
use crate::claim::{self, Claim};
use crate::error::{Error, Result};
use crate::invoice::{self, InvoiceLine, NewInvoice};
use crate::scope::{CouncilScope, Provider, ProviderActing, ProviderScope, Tx};
use crate::statement::Source;

/// The most claims of one invoice: what a page can show to be checked.
pub const MOST_CLAIMS: usize = 30;

/// The longest name of whoever declares, in characters.
const LONGEST_NAME: usize = 200;

/// An invoice as it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Invoice<'i> {
    /// Under which contract.
    pub contract: ContractId,
    /// The provider's number.
    pub number: Reference,
    /// The provider's date.
    pub dated: NaiveDate,
    /// Names the form that it is sent with.
    pub submission: Uuid,
    /// Who declares it.
    pub name: &'i str,
    /// What they add for the council to read; may be empty.
    pub comment: &'i str,
    /// What it is for.
    pub claims: Vec<InvoicedClaim>,
    /// The council's price that was shown beside it: another one by now is shown again before anything happens.
    pub shown: Money,
}

/// A claim of an invoice.
#[derive(Debug, Clone, PartialEq)]
pub struct InvoicedClaim {
    /// The claim, as it was seen, with what was delivered.
    pub to_state: ToState,
    /// What the provider expects, by line.
    pub expected: BTreeMap<u32, Money>,
}

/// What the rule makes of one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricedLine {
    /// Planned, delivered, frustrated and so on.
    pub quantities: Quantities,
    /// The price of what is stated; none where the rule gave no sum.
    pub priced: Option<Money>,
    /// Of that, what is not payable as it stands.
    pub withheld: Money,
}

/// What the rule makes of each line of a claim, by number.
#[must_use]
pub fn lines_of(priced: &PricedActuals) -> BTreeMap<u32, PricedLine> {
    use counterfoil_core::disposition::Disposition;
    let line = |(number, quantities): (&u32, &Quantities)| {
        let charges = match &priced.assessment {
            Assessment::Priced(assessed) => Some(assessed.charges.iter().filter(|charge| charge.line == *number)),
            Assessment::Faulted { .. } => None,
        };
        let sum = |all: bool| {
            let charges = charges.clone()?;
            let meant = charges.filter(|charge| all || charge.disposition != Disposition::Payable);
            Money::total(meant.map(|charge| charge.amount)).ok()
        };
        let line = PricedLine { quantities: *quantities, priced: sum(true), withheld: sum(false).unwrap_or_default() };
        (*number, line)
    };
    priced.lines.iter().map(line).collect()
}

/// What the whole comes to by the council's rule.
#[must_use]
pub fn total_of(priced: &[PricedActuals]) -> Money {
    let sums = priced.iter().flat_map(lines_of).filter_map(|(_, line)| line.priced);
    Money::total(sums).unwrap_or_default()
}

/// Submits an invoice; the same form sent again answers with the first one. `worked_out` puts a line's price into words.
///
/// # Errors
/// [`Error::NotFound`] for a claim that is not the organisation's; [`Error::Conflict`] for one that somebody changed, and
/// where the council's price is no longer the one that was shown; [`Error::Refused`], in a sentence that says what to do,
/// where the council takes no invoices, for a number that was used before, for a date that is none, and for whatever
/// stating or confirming refuses.
pub async fn submit_invoice(
    (provider, pricing): (&ProviderScope, &CouncilScope),
    means: &Means,
    at: DateTime<Utc>,
    organisation: OrganisationId,
    new: &Invoice<'_>,
    worked_out: &(dyn Fn(&PricedActuals, u32) -> String + Send + Sync),
) -> Result<InvoiceId> {
    let place = (pricing.tenant(), organisation);
    if let Some(first) = sent_before(provider, place, new.submission).await? {
        return Ok(first);
    }
    let error = match submit((provider, pricing), means, at, organisation, new, worked_out).await {
        Ok(id) => return Ok(id),
        Err(error) => error,
    };
    // whoever pressed twice has the first one
    sent_before(provider, place, new.submission).await?.ok_or(error)
}

async fn sent_before(
    provider: &ProviderScope,
    (tenant, organisation): (TenantId, OrganisationId),
    submission: Uuid,
) -> Result<Option<InvoiceId>> {
    provider
        .read(async |tx: &mut Tx<'_, Provider>| invoice::used_by_submission(tx, tenant, organisation, submission).await)
        .await
}

async fn submit(
    (provider, pricing): (&ProviderScope, &CouncilScope),
    means: &Means,
    at: DateTime<Utc>,
    organisation: OrganisationId,
    new: &Invoice<'_>,
    worked_out: &(dyn Fn(&PricedActuals, u32) -> String + Send + Sync),
) -> Result<InvoiceId> {
    check_form(new)?;
    check_stands(provider, (pricing.tenant(), organisation), at, new).await?;
    let to_price: Vec<(ClaimId, Statement)> =
        new.claims.iter().map(|one| (one.to_state.claim, one.to_state.statement.clone())).collect();
    let priced = price_actuals(provider, pricing, means, at, organisation, &to_price).await?;
    check_price(new, &priced)?;
    let to_state = new.claims.iter().map(|one| one.to_state.clone()).collect();
    state_actuals(provider, pricing, means, at, (organisation, Source::Screen), to_state).await?;
    let lines = lines(new, &priced, worked_out);
    provider
        .transaction(at, pricing.tenant(), organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            store(tx, new, (&lines, total_of(&priced))).await
        })
        .await
}

/// What can be wrong with the form alone.
fn check_form(new: &Invoice<'_>) -> Result<()> {
    if new.name.trim().is_empty() || new.name.chars().count() > LONGEST_NAME {
        return Err(Error::Refused(format!("Give your name in {LONGEST_NAME} characters or fewer.")));
    }
    if new.comment.chars().count() > LONGEST_COMMENT {
        return Err(Error::Refused(format!("Give a comment of {LONGEST_COMMENT} characters or fewer.")));
    }
    if new.claims.is_empty() || new.claims.len() > MOST_CLAIMS {
        return Err(Error::Refused(format!("An invoice is for 1 to {MOST_CLAIMS} claims.")));
    }
    if new.claims.iter().flat_map(|one| one.expected.values()).any(|sum| sum.is_negative()) {
        return Err(Error::Refused("Enter amounts of £0.00 or more.".to_owned()));
    }
    Ok(())
}

/// What the database knows against it.
async fn check_stands(
    provider: &ProviderScope,
    (tenant, organisation): (TenantId, OrganisationId),
    at: DateTime<Utc>,
    new: &Invoice<'_>,
) -> Result<()> {
    let ids: Vec<ClaimId> = new.claims.iter().map(|one| one.to_state.claim).collect();
    provider
        .read(async |tx: &mut Tx<'_, Provider>| {
            if !invoice::allowed_own(tx, tenant).await? {
                return Err(Error::Refused("This council takes no invoices that providers write.".to_owned()));
            }
            for id in &ids {
                let found = claim::find_of_provider(tx, tenant, *id).await?;
                if found.organisation_id != Some(organisation) || found.contract_id != new.contract {
                    return Err(Error::NotFound);
                }
                check_date(new.dated, found.starts, clock::local_time(at).date())
                    .map_err(|error| Error::Refused(format!("{error}.")))?;
            }
            match invoice::used(tx, tenant, organisation, &new.number).await? {
                Some(used) => Err(number_used(&used.number)),
                None => Ok(()),
            }
        })
        .await
}

fn number_used(number: &str) -> Error {
    Error::Refused(format!("You have used the invoice number {number} before. Give this invoice a number of its own."))
}

/// The price has to be the one that was shown, and nothing may be left to mend.
fn check_price(new: &Invoice<'_>, priced: &[PricedActuals]) -> Result<()> {
    let mend = |finding: &&Finding| finding.level == FindingLevel::Mend;
    for one in priced {
        if let Assessment::Priced(assessed) = &one.assessment
            && let Some(first) = assessed.findings.iter().find(mend)
        {
            let line = first.line.map(|line| format!(" on line {}", line.saturating_add(1))).unwrap_or_default();
            let what = first.reason.code.replace('-', " ");
            return Err(Error::Refused(format!("Mend this before submitting{line}: {what}.")));
        }
    }
    if total_of(priced) == new.shown {
        return Ok(());
    }
    Err(Error::Conflict(
        "The council\u{2019}s price has changed since you looked. It is shown here as it is now.".to_owned(),
    ))
}

/// The invoice's lines; their receipts are to come.
fn lines(
    new: &Invoice<'_>,
    priced: &[PricedActuals],
    worked_out: &(dyn Fn(&PricedActuals, u32) -> String + Send + Sync),
) -> Vec<InvoiceLine> {
    let mut lines = Vec::new();
    for one in &new.claims {
        let Some(of_claim) = priced.iter().find(|priced| priced.claim == one.to_state.claim) else { continue };
        let known = lines_of(of_claim);
        for stated in &one.to_state.statement.lines {
            let line = known.get(&stated.line);
            let quantities = line.map(|line| line.quantities).unwrap_or_default();
            lines.push(InvoiceLine {
                invoice_id: InvoiceId::from_uuid(Uuid::nil()),
                number: u32::try_from(lines.len()).unwrap_or(u32::MAX),
                organisation_id: OrganisationId::from_uuid(Uuid::nil()),
                claim_id: one.to_state.claim,
                line: stated.line,
                receipt: Uuid::nil(),
                planned: quantities.planned,
                // what was extra was delivered, too
                delivered: quantities.delivered.saturating_add(quantities.extra),
                frustrated: quantities.frustrated,
                expected_pence: one.expected.get(&stated.line).copied().unwrap_or_default(),
                priced_pence: line.and_then(|line| line.priced),
                worked_out: worked_out(of_claim, stated.line),
            });
        }
    }
    lines
}

/// Confirms the claims and stores the invoice.
async fn store(
    tx: &mut Tx<'_, ProviderActing>,
    new: &Invoice<'_>,
    (lines, priced): (&[InvoiceLine], Money),
) -> Result<InvoiceId> {
    let ids: Vec<ClaimId> = new.claims.iter().map(|one| one.to_state.claim).collect();
    let stated: BTreeMap<ClaimId, Claim> =
        claim::find_all_own(tx, &ids).await?.into_iter().map(|claim| (claim.id, claim)).collect();
    // stating raised each version by one; whoever came between is told
    let seen: Vec<(ClaimId, u32)> =
        new.claims.iter().map(|one| (one.to_state.claim, one.to_state.seen.saturating_add(1))).collect();
    if seen.iter().any(|(id, version)| stated.get(id).is_none_or(|claim| claim.version != *version)) {
        return Err(claim::changed_by_others());
    }
    let receipts = confirm(tx, &seen, Declared { name: new.name, comment: new.comment }).await?;
    let receipts: BTreeMap<ClaimId, Receipt> = receipts.into_iter().map(|receipt| (receipt.claim, receipt)).collect();
    let organisation = tx.organisation();
    let detail = serde_json::json!({ "number": new.number.text(), "claims": ids, "submission": new.submission });
    let mut audited = tx.audited(Record::on(Action::SubmitInvoice, "invoice").detail(detail)).await?;
    let expected = Money::total(lines.iter().map(|line| line.expected_pence)).map_err(Error::refused)?;
    let row = NewInvoice {
        contract: new.contract,
        number: (new.number.text().to_owned(), new.number.key()),
        dated: new.dated,
        submission: new.submission,
        name: new.name.trim().to_owned(),
        comment: new.comment.trim().to_owned(),
        expected,
        priced,
    };
    let id = match invoice::add(&mut audited, row).await {
        Err(error) if error.constraint().is_some_and(|name| name.contains("number_key")) => {
            return Err(number_used(new.number.text()));
        }
        added => added?,
    };
    let mut rows = lines.to_vec();
    for row in &mut rows {
        (row.invoice_id, row.organisation_id) = (id, organisation);
        row.receipt = receipts.get(&row.claim_id).map(|receipt| receipt.receipt).ok_or(Error::NotFound)?;
    }
    invoice::add_lines(&mut audited, rows).await?;
    claim::refer_own(&mut audited, &ids, (Some(new.number.text()), Some(new.dated))).await?;
    Ok(id)
}
