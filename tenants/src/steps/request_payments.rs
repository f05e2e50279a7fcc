//! A provider asks for payment of its contracts up to a week ending: the claims of the weeks that have none are made from
//! the plan and priced. Whoever asks has it done at once, contract by contract; a job does it where that is interrupted.
//! Before it stands the calendar, beside it [`generate_claims`](super::generate_claims).

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use counterfoil_core::calendar::clock;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, ContractId, OrganisationId, TenantId};
use uuid::Uuid;

use super::Means;
use super::assess_claims::{Purpose, assess_claims};
use super::generate_claims::generate_of;
use crate::audit::Record;
use crate::error::{Error, Result};
use crate::jobs::{self, Enqueue, Job};
use crate::payments::{self, ToMake};
use crate::scope::{CouncilScope, ProviderActing, ProviderScope, Tx};

/// How long whoever asked has before a job looks whether it is done.
const BEFORE_THE_JOB: TimeDelta = TimeDelta::minutes(2);

/// The most contracts that are asked for together.
pub const MOST_CONTRACTS: usize = 1_000;

/// What a provider asks for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'w> {
    /// Names what is asked for together.
    pub batch: Uuid,
    /// For which contracts.
    pub contracts: &'w [ContractId],
    /// Up to which day of care.
    pub up_to: NaiveDate,
}

/// Keeps what a provider asks for, to be done by [`make_requested`].
///
/// # Errors
/// [`Error::NotFound`] for a contract that is not the organisation's, or that the person does not see;
/// [`Error::Refused`] for a week ending in the future, and without a contract.
pub async fn request_payments(
    provider: &ProviderScope,
    at: DateTime<Utc>,
    (tenant, organisation): (TenantId, OrganisationId),
    wanted: Wanted<'_>,
) -> Result<()> {
    if wanted.up_to >= clock::local_time(at).date() {
        return Err(Error::Refused(
            "The week ending has to be in the past: a week in progress cannot be paid.".to_owned(),
        ));
    }
    if wanted.contracts.is_empty() || wanted.contracts.len() > MOST_CONTRACTS {
        return Err(Error::Refused(format!("Select between 1 and {MOST_CONTRACTS} contracts.")));
    }
    provider
        .transaction(at, tenant, organisation, async |tx: &mut Tx<'_, ProviderActing>| {
            payments::check_contracts(tx, wanted.contracts).await?;
            let detail = serde_json::json!({ "contracts": wanted.contracts, "up_to": wanted.up_to });
            let mut audited = tx.audited(Record::on(Action::RequestPayments, "contract").detail(detail)).await?;
            payments::ask_for(&mut audited, wanted.batch, wanted.contracts, wanted.up_to).await?;
            let job = Enqueue::from(Job::RequestPayments { batch: wanted.batch }).not_before(at + BEFORE_THE_JOB);
            jobs::enqueue(&mut audited, job).await
        })
        .await
}

/// Makes what was asked for, contract by contract; what is done already is left. `told` hears how many contracts are done,
/// and of how many. Gives how many claims were made.
///
/// # Errors
/// As [`generate_claims`](super::generate_claims) and [`assess_claims`].
pub async fn make_requested(
    scope: &CouncilScope,
    means: &Means,
    at: DateTime<Utc>,
    batch: Uuid,
    told: &(dyn Fn(u64, u64) + Send + Sync),
) -> Result<usize> {
    let (to_make, of) = scope.read(async |tx: &mut Tx<'_>| payments::to_make(tx, batch).await).await?;
    let mut done = of.saturating_sub(u64::try_from(to_make.len()).unwrap_or(u64::MAX));
    let mut made = 0;
    for one in to_make {
        let claims = make(scope, means, at, &one).await?;
        let count = u32::try_from(claims.len()).unwrap_or(u32::MAX);
        scope
            .transaction(at, async |tx: &mut Tx<'_>| {
                let detail = serde_json::json!({ "claims": count, "up_to": one.up_to });
                let record = Record::of(Action::GenerateClaims, one.contract).detail(detail);
                let mut audited = tx.audited(record).await?;
                payments::made(&mut audited, batch, one.contract, count).await
            })
            .await?;
        made += claims.len();
        done += 1;
        told(done, of);
    }
    Ok(made)
}

async fn make(scope: &CouncilScope, means: &Means, at: DateTime<Utc>, one: &ToMake) -> Result<Vec<ClaimId>> {
    let mut claims = Vec::new();
    for period in &one.periods {
        claims.extend(generate_of(scope, at, *period, Some(one.contract)).await?.claims);
    }
    for claims in claims.chunks(jobs::MOST_IDS) {
        assess_claims(scope, means, at, (Purpose::Shown, at), claims).await?;
    }
    Ok(claims)
}
