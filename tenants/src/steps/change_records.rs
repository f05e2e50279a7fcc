//! Changes of what claims are priced from: a rate, a service line's plan, a stay, a death or an end, bank details. Each is
//! one more version, and makes every claim that it touches be assessed again, paid ones too: the difference is an entry
//! of the next run. What was posted is never touched.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, PayeeId, ServiceLineId, ServiceUserId};
use counterfoil_core::plan::LineVersion;
use counterfoil_core::rate_card::RateCardRow;
use uuid::Uuid;

use super::Means;
use super::assess_claims::{Purpose, assess_claims};
use crate::audit::Record;
use crate::bank::{self, BankDetails};
use crate::claim::{self, Claim};
use crate::error::{Error, Result};
use crate::jobs::{self, Job};
use crate::rate::{self, RateRecord};
use crate::scope::{CouncilScope, Tx};
use crate::service_line::{self, LineVersionRow};
use crate::service_user::{self, EndingRow, StayRow};
use crate::vault::MasterKey;

/// Claims that are assessed at once.
const BATCH: usize = 500;

/// Records rates.
///
/// # Errors
/// [`Error::Database`].
pub async fn record_rates(scope: &CouncilScope, at: DateTime<Utc>, rows: Vec<RateCardRow>) -> Result<()> {
    let Some(from) = rows.iter().map(|row| row.from).min() else { return Ok(()) };
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let by = tx.actor();
            let rows: Vec<RateRecord> = rows
                .iter()
                .map(|row| RateRecord::new(Uuid::now_v7(), RateCardRow { recorded_at: at, ..row.clone() }, by.clone()))
                .collect();
            let detail = serde_json::json!({ "rows": rows.len(), "from": from });
            let mut audited = tx.audited(Record::on(Action::RecordRate, "rate").detail(detail)).await?;
            rate::add(&mut audited, rows).await?;
            jobs::enqueue(&mut audited, Job::ReassessRates { from }).await
        })
        .await
}

/// Gives a service line another version: a variation, an end, a backdated start.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Database`] where somebody else added that version.
pub async fn vary_line(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    line: ServiceLineId,
    version: LineVersion,
) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let versions = service_line::versions(tx, &[line]).await?;
            let last = versions.get(&line).and_then(|versions| versions.last()).map_or(0, |version| version.version);
            let next = LineVersion { version: last + 1, recorded_at: at, ..version.clone() };
            record_versions(tx, line, vec![next]).await
        })
        .await
}

/// The same within a transaction, and with several versions: a change for a while is one and what holds after it another.
pub(crate) async fn record_versions(tx: &mut Tx<'_>, line: ServiceLineId, versions: Vec<LineVersion>) -> Result<()> {
    let found = service_line::find(tx, line).await?;
    let by = tx.actor();
    let rows: Vec<_> = versions.into_iter().map(|version| LineVersionRow::new(&found, version, by.clone())).collect();
    let detail = rows
        .iter()
        .map(|row| serde_json::json!({ "version": row.version, "from": row.valid_from, "to": row.valid_to }));
    let detail = match detail.collect::<Vec<_>>().as_slice() {
        [one] => one.clone(),
        several => serde_json::json!({ "versions": several }),
    };
    let mut audited = tx.audited(Record::of(Action::VaryLine, line).detail(detail)).await?;
    service_line::add_versions(&mut audited, rows).await?;
    jobs::enqueue(&mut audited, Job::ReassessLine { line }).await
}

/// Records a stay away from home, or a change of one.
///
/// # Errors
/// [`Error::NotFound`] for a person whom the council does not know; [`Error::Database`] where somebody else changed it
/// meanwhile.
pub async fn record_stay(scope: &CouncilScope, at: DateTime<Utc>, stay: StayRow) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let person = stay.service_user_id;
            service_user::find(tx, person).await?;
            let row = StayRow { recorded_at: at, recorded_by: tx.actor(), ..stay.clone() };
            let record = Record::of(Action::RecordAbsence, person).detail(serde_json::json!({ "stay": row.id }));
            let mut audited = tx.audited(record).await?;
            service_user::add_stays(&mut audited, vec![row]).await?;
            jobs::enqueue(&mut audited, Job::ReassessPerson { person }).await
        })
        .await
}

/// Records a death or the end of a placement, or a change of it.
///
/// # Errors
/// [`Error::NotFound`] for a person whom the council does not know; [`Error::Database`] where somebody else changed it
/// meanwhile.
pub async fn record_ending(scope: &CouncilScope, at: DateTime<Utc>, ending: EndingRow) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            let person = ending.service_user_id;
            service_user::find(tx, person).await?;
            let row = EndingRow { recorded_at: at, recorded_by: tx.actor(), ..ending.clone() };
            let record = Record::of(Action::RecordAbsence, person);
            let mut audited = tx.audited(record).await?;
            service_user::add_endings(&mut audited, vec![row]).await?;
            jobs::enqueue(&mut audited, Job::ReassessPerson { person }).await
        })
        .await
}

/// Changes the bank details of a payee. An approval that was given for the old ones is void.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] for details that cannot be paid to.
pub async fn change_bank_details(
    scope: &CouncilScope,
    master_key: &MasterKey,
    at: DateTime<Utc>,
    payee: PayeeId,
    details: BankDetails,
) -> Result<()> {
    scope
        .transaction(at, async |tx: &mut Tx<'_>| {
            crate::payee::find(tx, payee).await?;
            let mut audited = tx.audited(Record::of(Action::ChangeBankDetails, payee)).await?;
            bank::set_payee(&mut audited, master_key, payee, &details).await.map(|_| ())
        })
        .await
}

/// What a change touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Touched {
    /// The claims that a service line has part in, since the first day of what was recorded last about it.
    Line(ServiceLineId),
    /// A person's claims.
    Person(ServiceUserId),
    /// Claims with a day of care on or after one.
    From(NaiveDate),
}

/// Assesses every claim again that a change touches. A claim that a run holds is assessed once the run has paid it.
///
/// # Errors
/// As [`assess_claims`].
pub async fn reassess(scope: &CouncilScope, means: &Means, at: DateTime<Utc>, touched: Touched) -> Result<usize> {
    let claims: Vec<ClaimId> = scope
        .read(async |tx: &mut Tx<'_>| {
            let claims: Vec<Claim> = match touched {
                Touched::Line(line) => {
                    let versions = service_line::versions(tx, &[line]).await?;
                    let versions = versions.get(&line).ok_or(Error::NotFound)?;
                    let newest = versions.last().ok_or(Error::NotFound)?.recorded_at;
                    // versions that were recorded together are one change
                    let together = versions.iter().filter(|version| version.recorded_at == newest);
                    let from = together.map(|version| version.from).min().unwrap_or_default();
                    claim::with_line(tx, line, from).await?
                }
                Touched::Person(person) => claim::of_person(tx, person, NaiveDate::default()).await?,
                Touched::From(from) => claim::since(tx, from).await?,
            };
            Ok(claims.into_iter().filter(|claim| claim.state != ClaimState::Locked).map(|claim| claim.id).collect())
        })
        .await?;
    let mut changed = 0;
    for batch in claims.chunks(BATCH) {
        let assessed = assess_claims(scope, means, at, (Purpose::Shown, at), batch).await?;
        changed += assessed.iter().filter(|one| one.stored).count();
    }
    Ok(changed)
}
