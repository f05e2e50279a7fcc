//! Generates the claims of a pay period from the plan: one for each contract, person and claim period with care
//! planned in it, or for which a rule may still pay. Before it stands the calendar, after it
//! [`assess_claims`](super::assess_claims).

use std::collections::BTreeMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use counterfoil_core::claim::{ClaimState, LONGEST_TAIL};
use counterfoil_core::event::Action;
use counterfoil_core::ids::{ClaimId, ClaimLineId, ContractId, PeriodId, ServiceLineId, ServiceUserId};
use counterfoil_core::notice::NoticeEvent;
use counterfoil_core::plan::{LineVersion, days_held, last_version_before};
use uuid::Uuid;

use crate::audit::Record;
use crate::claim::{self, Claim, ClaimLine};
use crate::contract::{self, ClaimPeriod, Contract};
use crate::error::Result;
use crate::jobs::{self, Enqueue, Job};
use crate::notification;
use crate::schedule::{self, PeriodRow};
use crate::scope::{Audited, CouncilScope, Tx};
use crate::service_line::{self, ServiceLine};

/// Contracts that are generated in one transaction.
const BATCH: usize = 200;

/// What was generated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Generated {
    /// The claims that were not there before, by contract.
    pub claims: Vec<ClaimId>,
    /// How many lines they have.
    pub lines: usize,
}

/// Generates the claims of a pay period as the plan is known now. Those that are there already are left as they are, so
/// that generating again adds only what is new: a backdated service line, for example.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) for a period that the council does not have.
pub async fn generate_claims(scope: &CouncilScope, at: DateTime<Utc>, period: PeriodId) -> Result<Generated> {
    generate_of(scope, at, period, None).await
}

/// The same of one contract only.
pub(super) async fn generate_of(
    scope: &CouncilScope,
    at: DateTime<Utc>,
    period: PeriodId,
    only: Option<ContractId>,
) -> Result<Generated> {
    let (period, mut contracts) = scope
        .read(async |tx: &mut Tx<'_>| {
            let period = schedule::period(tx, period).await?;
            let contracts = contract::on_schedule(tx, period.schedule_id, period.starts, period.ends).await?;
            Ok((period, contracts))
        })
        .await?;
    contracts.retain(|contract| only.is_none_or(|only| contract.id == only));
    let mut generated = Generated::default();
    for batch in contracts.chunks(BATCH) {
        let one = scope.transaction(at, async |tx: &mut Tx<'_>| generate(tx, &period, batch).await).await?;
        generated.claims.extend(one.claims);
        generated.lines += one.lines;
    }
    Ok(generated)
}

async fn generate(tx: &mut Tx<'_>, period: &PeriodRow, contracts: &[Contract]) -> Result<Generated> {
    let ids: Vec<_> = contracts.iter().map(|contract| contract.id).collect();
    let lines = service_line::of_contracts(tx, &ids).await?;
    let line_ids: Vec<_> = lines.iter().map(|line| line.id).collect();
    let versions = service_line::versions(tx, &line_ids).await?;
    let (mut claims, mut claim_lines) = (Vec::new(), Vec::new());
    for contract in contracts {
        let own = lines.iter().filter(|line| line.contract_id == contract.id);
        for (starts, ends) in claim_periods(contract, period) {
            let mut by_person: BTreeMap<ServiceUserId, Vec<&ServiceLine>> = BTreeMap::new();
            for line in own.clone().filter(|line| has_care(&versions, line.id, starts, ends, tx.at())) {
                by_person.entry(line.service_user_id).or_default().push(line);
            }
            for (person, lines) in by_person {
                let claim = new_claim(tx, contract, person, period, (starts, ends));
                claim_lines.extend((0_u32..).zip(lines).map(|(number, line)| ClaimLine {
                    id: ClaimLineId::from_uuid(Uuid::new_v5(&claim.id.uuid(), line.id.uuid().as_bytes())),
                    organisation_id: claim.organisation_id,
                    claim_id: claim.id,
                    number,
                    service_line_id: line.id,
                }));
                claims.push(claim);
            }
        }
    }
    let detail = serde_json::json!({ "period": period.id, "claims": claims.len() });
    let mut audited = tx.audited(Record::of(Action::GenerateClaims, period.schedule_id).detail(detail)).await?;
    let added = claim::generate(&mut audited, claims).await?;
    if added.is_empty() {
        audited.discard();
        return Ok(Generated::default());
    }
    claim_lines.retain(|line| added.contains(&line.claim_id));
    let lines = claim_lines.len();
    claim::add_lines(&mut audited, claim_lines).await?;
    for claims in added.chunks(jobs::MOST_IDS) {
        jobs::enqueue(&mut audited, Job::AssessClaims { claims: claims.to_vec() }).await?;
    }
    remind_in_time(&mut audited, period).await?;
    Ok(Generated { claims: added, lines })
}

/// Has the council's providers reminded of the cut-off, as long before it as the council has set.
async fn remind_in_time(audited: &mut Audited<'_, '_>, period: &PeriodRow) -> Result<()> {
    let setting = notification::for_event(audited, NoticeEvent::CutOffNear).await?;
    let due = setting.filter(|setting| setting.enabled).map(|setting| setting.due(period.cut_off));
    let Some(due) = due.filter(|due| *due > audited.at()) else { return Ok(()) };
    let job = Enqueue::from(Job::NotifyCutOff { period: period.id }).not_before(due);
    jobs::enqueue(audited, job.once(format!("notify-cut-off {}", period.id))).await
}

/// The claim periods within a pay period: itself, or its weeks, cut to the days on which the contract holds.
fn claim_periods(contract: &Contract, period: &PeriodRow) -> Vec<(NaiveDate, NaiveDate)> {
    let weeks = match contract.claim_period {
        ClaimPeriod::PayPeriod => vec![(period.starts, period.ends)],
        ClaimPeriod::Week => {
            let starts = period.starts.iter_weeks().take_while(|starts| *starts <= period.ends);
            starts.map(|starts| (starts, (starts + Days::new(6)).min(period.ends))).collect()
        }
    };
    let holds = |(starts, ends): &(NaiveDate, NaiveDate)| {
        contract.valid_from <= *ends && contract.valid_to.is_none_or(|to| *starts <= to)
    };
    weeks.into_iter().filter(holds).collect()
}

/// Whether a line holds on some day, or ended so recently that a rule may still pay.
fn has_care(
    versions: &BTreeMap<ServiceLineId, Vec<LineVersion>>,
    line: ServiceLineId,
    starts: NaiveDate,
    ends: NaiveDate,
    known_at: DateTime<Utc>,
) -> bool {
    let Some(versions) = versions.get(&line) else { return false };
    if days_held(versions, starts, ends, known_at).is_some() {
        return true;
    }
    let ended = last_version_before(versions, ends, known_at).and_then(|version| version.to);
    ended.and_then(|end| end.checked_add_days(Days::new(LONGEST_TAIL))).is_some_and(|tail| tail >= starts)
}

fn new_claim(
    tx: &Tx<'_>,
    contract: &Contract,
    person: ServiceUserId,
    period: &PeriodRow,
    (starts, ends): (NaiveDate, NaiveDate),
) -> Claim {
    // an id that follows from the key keeps two who generate at once from making two sets of lines
    let key = format!("claim/{}/{starts}", person.uuid());
    Claim {
        id: ClaimId::from_uuid(Uuid::new_v5(&contract.id.uuid(), key.as_bytes())),
        organisation_id: contract.organisation_id,
        contract_id: contract.id,
        service_user_id: person,
        schedule_id: period.schedule_id,
        period_id: period.id,
        starts,
        ends,
        state: ClaimState::Generated,
        version: 1,
        statement_version: 0,
        assessment_id: None,
        confirmed_at: None,
        confirmed_by: None,
        confirmed_name: None,
        confirmed_comment: None,
        receipt: None,
        confirmed_version: None,
        sent_back_reason: None,
        run_period_id: None,
        run_id: None,
        provider_reference: None,
        invoice_date: None,
        created_at: tx.at(),
    }
}
