//! Payment runs: one for a schedule, period and sequence, worked contract by contract by any number of workers.

use chrono::{DateTime, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::{ContractId, PeriodId, RunId, ScheduleId};
use counterfoil_core::run::RunState;
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::{Kept as _, record};
use crate::schema::{run, run_contract};
use crate::scope::{Audited, Tx};

record! {
    /// A run as it stands.
    pub struct Run in run {
        /// Its id.
        pub id: RunId,
        /// Of which schedule.
        pub schedule_id: ScheduleId,
        /// Of which period.
        pub period_id: PeriodId,
        /// 1 for the period's ordinary run.
        pub sequence: u32,
        /// How far it is.
        pub state: RunState,
        /// The component that it prices with from beginning to end.
        pub rule_digest: String,
        /// When it was opened.
        pub created_at: DateTime<Utc>,
        /// By whom: whoever prepared it.
        pub opened_by: Actor,
        /// When it was finalised.
        pub finalised_at: Option<DateTime<Utc>>,
        /// By whom.
        pub finalised_by: Option<Actor>,
        /// When it was approved.
        pub approved_at: Option<DateTime<Utc>>,
        /// By whom: never whoever finalised it.
        pub approved_by: Option<Actor>,
        /// Digest of the bank details that were approved.
        pub banks_digest: Option<String>,
    }
}

/// Opens a run, or gives the one that is there: however many start it at once, there is one.
///
/// # Errors
/// [`Error::Database`].
pub async fn open(audited: &mut Audited<'_, '_>, new: Run) -> Result<(Run, bool)> {
    let tenant = audited.tenant();
    let (schedule, period, sequence) = (new.schedule_id, new.period_id, new.sequence);
    let opened = diesel::insert_into(run::table)
        .values(new.for_council(tenant))
        .on_conflict((run::tenant_id, run::schedule_id, run::period_id, run::sequence))
        .do_nothing()
        .execute(audited.conn())
        .await?;
    let there = run::table
        .filter(run::tenant_id.eq(tenant.uuid()))
        .filter(run::schedule_id.eq(schedule.uuid()))
        .filter(run::period_id.eq(period.uuid()))
        .filter(run::sequence.eq(sequence.raw()))
        .select(Run::as_select())
        .first(audited.conn())
        .await?;
    Ok((there, opened == 1))
}

/// One run.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: RunId) -> Result<Run> {
    let tenant = tx.tenant().uuid();
    Ok(run::table
        .filter(run::tenant_id.eq(tenant))
        .filter(run::id.eq(id.uuid()))
        .select(Run::as_select())
        .first(tx.conn())
        .await?)
}

/// One run, locked until the transaction ends.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn lock(tx: &mut Tx<'_>, id: RunId) -> Result<Run> {
    let tenant = tx.tenant().uuid();
    Ok(run::table
        .filter(run::tenant_id.eq(tenant))
        .filter(run::id.eq(id.uuid()))
        .select(Run::as_select())
        .for_update()
        .first(tx.conn())
        .await?)
}

/// Every run of the council, the oldest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<Run>> {
    let tenant = tx.tenant().uuid();
    Ok(run::table
        .filter(run::tenant_id.eq(tenant))
        .order((run::created_at, run::id))
        .select(Run::as_select())
        .load(tx.conn())
        .await?)
}

/// Writes a run's state, finalisation and approval back, if it is still in the state that was read.
///
/// # Errors
/// [`Error::Conflict`] when somebody else moved it meanwhile.
pub async fn update(audited: &mut Audited<'_, '_>, was: RunState, changed: &Run) -> Result<()> {
    let tenant = audited.tenant().uuid();
    let rows = diesel::update(run::table)
        .filter(run::tenant_id.eq(tenant))
        .filter(run::id.eq(changed.id.uuid()))
        .filter(run::state.eq(was.raw()))
        .set((
            run::state.eq(changed.state.raw()),
            run::finalised_at.eq(changed.finalised_at),
            run::finalised_by.eq(changed.finalised_by.clone().raw()),
            run::approved_at.eq(changed.approved_at),
            run::approved_by.eq(changed.approved_by.clone().raw()),
            run::banks_digest.eq(changed.banks_digest.as_deref()),
        ))
        .execute(audited.conn())
        .await?;
    if rows == 0 {
        return Err(Error::Conflict("Somebody else has moved this run on meanwhile. Look at it again.".to_owned()));
    }
    Ok(())
}

/// Puts contracts on a run's list of work; those that are on it stay as they are.
///
/// # Errors
/// [`Error::Database`].
pub async fn add_work(audited: &mut Audited<'_, '_>, id: RunId, contracts: &[ContractId]) -> Result<usize> {
    let tenant = audited.tenant().uuid();
    let rows: Vec<_> = contracts
        .iter()
        .map(|contract| {
            (
                run_contract::tenant_id.eq(tenant),
                run_contract::run_id.eq(id.uuid()),
                run_contract::contract_id.eq(contract.uuid()),
            )
        })
        .collect();
    let mut added = 0;
    for batch in rows.chunks(1_000) {
        added += diesel::insert_into(run_contract::table)
            .values(batch.to_vec())
            .on_conflict_do_nothing()
            .execute(audited.conn())
            .await?;
    }
    Ok(added)
}

/// Takes the next contract to be worked that nobody else is working on, and holds it until the transaction ends. None
/// when all are done or held.
///
/// # Errors
/// [`Error::Database`].
pub async fn take_work(tx: &mut Tx<'_>, id: RunId) -> Result<Option<ContractId>> {
    let tenant = tx.tenant().uuid();
    let taken: Option<Uuid> = run_contract::table
        .filter(run_contract::tenant_id.eq(tenant))
        .filter(run_contract::run_id.eq(id.uuid()))
        .filter(run_contract::state.eq(0))
        .order(run_contract::contract_id)
        .limit(1)
        .select(run_contract::contract_id)
        .for_update()
        .skip_locked()
        .first(tx.conn())
        .await
        .optional()?;
    Ok(taken.map(ContractId::from_uuid))
}

/// Marks a contract as worked.
///
/// # Errors
/// [`Error::Conflict`] when it was worked already.
pub async fn work_done(audited: &mut Audited<'_, '_>, id: RunId, contract: ContractId, worker: &str) -> Result<()> {
    let (tenant, at) = (audited.tenant().uuid(), audited.at());
    let rows = diesel::update(run_contract::table)
        .filter(run_contract::tenant_id.eq(tenant))
        .filter(run_contract::run_id.eq(id.uuid()))
        .filter(run_contract::contract_id.eq(contract.uuid()))
        .filter(run_contract::state.eq(0))
        .set((run_contract::state.eq(1), run_contract::worker.eq(Some(worker)), run_contract::done_at.eq(Some(at))))
        .execute(audited.conn())
        .await?;
    if rows == 0 {
        return Err(Error::Conflict("This contract has been worked into the run already.".to_owned()));
    }
    Ok(())
}

/// How many contracts of a run are still to be worked, and how many are done.
///
/// # Errors
/// [`Error::Database`].
pub async fn progress(tx: &mut Tx<'_>, id: RunId) -> Result<(i64, i64)> {
    let tenant = tx.tenant().uuid();
    let mut counts = [0, 0];
    for (state, count) in (0_i16..).zip(&mut counts) {
        *count = run_contract::table
            .filter(run_contract::tenant_id.eq(tenant))
            .filter(run_contract::run_id.eq(id.uuid()))
            .filter(run_contract::state.eq(state))
            .count()
            .get_result(tx.conn())
            .await?;
    }
    let [to_do, done] = counts;
    Ok((to_do, done))
}
