//! Reads trials, and what they are to try: the claims of a few parts at a time, without the bytes that they were assessed
//! from.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use counterfoil_core::disposition::Decision;
use counterfoil_core::ids::{AssessmentId, ClaimId, ContractId, PeriodId, TrialId};
use counterfoil_core::money::Money;
use counterfoil_core::tolerance::{Limit, Use};
use diesel::sql_types::{BigInt, Date, Integer, Jsonb, Text, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use serde::Deserialize;
use uuid::Uuid;

use super::{Part, State, Trial};
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::{rule_trial, rule_trial_part};
use crate::scope::Tx;

/// The trials of one component, the newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn all(tx: &mut Tx<'_>, digest: &str) -> Result<Vec<Trial>> {
    let tenant = tx.tenant().uuid();
    Ok(rule_trial::table
        .filter(rule_trial::tenant_id.eq(tenant))
        .filter(rule_trial::digest.eq(digest))
        .order((rule_trial::started_at.desc(), rule_trial::id.desc()))
        .select(Trial::as_select())
        .load(tx.conn())
        .await?)
}

/// One trial.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: TrialId) -> Result<Trial> {
    let tenant = tx.tenant().uuid();
    Ok(rule_trial::table.find((tenant, id.uuid())).select(Trial::as_select()).first(tx.conn()).await?)
}

/// The same, locked until the transaction ends.
pub(crate) async fn lock(tx: &mut Tx<'_>, id: TrialId) -> Result<Trial> {
    let tenant = tx.tenant().uuid();
    let found = rule_trial::table.find((tenant, id.uuid())).select(Trial::as_select()).for_update();
    Ok(found.first(tx.conn()).await?)
}

/// How many trials of the council run.
pub(crate) async fn running(tx: &mut Tx<'_>) -> Result<usize> {
    let tenant = tx.tenant().uuid();
    let running: i64 = rule_trial::table
        .filter(rule_trial::tenant_id.eq(tenant))
        .filter(rule_trial::state.eq(State::Running.raw()))
        .count()
        .get_result(tx.conn())
        .await?;
    Ok(usize::try_from(running).unwrap_or(usize::MAX))
}

/// The pay periods of a trial: the schedule's name, first and last day, by schedule and day.
///
/// # Errors
/// [`Error::Database`].
pub async fn periods(tx: &mut Tx<'_>, id: TrialId) -> Result<Vec<(String, NaiveDate, NaiveDate)>> {
    let sql: Prepared<(Text, Date, Date)> = Prepared::new(
        "SELECT s.name, p.starts, p.ends FROM rule_trial_period q \
         JOIN pay_period p ON p.tenant_id = q.tenant_id AND p.id = q.period_id \
         JOIN schedule s ON s.tenant_id = q.tenant_id AND s.id = q.schedule_id WHERE q.tenant_id = ",
    )
    .id(tx.tenant().uuid())
    .sql(" AND q.trial_id = ")
    .id(id.uuid())
    .sql(" ORDER BY s.name, p.starts, p.id");
    Ok(sql.load(tx.conn()).await?)
}

/// Contracts and the day on which their claims begin, with how many of these were assessed.
pub(crate) type Chosen = Vec<(ContractId, NaiveDate, u32)>;

/// The claims of pay periods that were assessed, by contract and the day on which they begin.
pub(crate) async fn chosen(tx: &mut Tx<'_>, periods: &[PeriodId]) -> Result<Chosen> {
    let sql: Prepared<(SqlUuid, Date, BigInt)> = Prepared::new(
        "SELECT c.contract_id, c.starts, count(*) FROM pay_period p \
         JOIN claim c ON c.tenant_id = p.tenant_id AND c.schedule_id = p.schedule_id AND c.period_id = p.id \
             AND c.assessment_id IS NOT NULL WHERE p.tenant_id = ",
    )
    .id(tx.tenant().uuid())
    .sql(" AND p.id = ANY(")
    .ids(periods.iter().map(|id| id.uuid()).collect())
    .sql(") GROUP BY 1, 2 ORDER BY 1, 2");
    let rows: Vec<(Uuid, NaiveDate, i64)> = sql.load(tx.conn()).await?;
    let part = |(contract, starts, claims): (Uuid, NaiveDate, i64)| {
        (ContractId::from_uuid(contract), starts, u32::try_from(claims).unwrap_or(u32::MAX))
    };
    Ok(rows.into_iter().map(part).collect())
}

/// The next parts that were not tried, at least one, until they hold so many claims.
pub(crate) async fn next_parts(tx: &mut Tx<'_>, id: TrialId, claims: u32) -> Result<Vec<Part>> {
    let tenant = tx.tenant().uuid();
    let mut parts: Vec<Part> = rule_trial_part::table
        .filter(rule_trial_part::tenant_id.eq(tenant))
        .filter(rule_trial_part::trial_id.eq(id.uuid()))
        .filter(rule_trial_part::done_at.is_null())
        .order(rule_trial_part::number)
        .limit(i64::from(claims.max(1)))
        .select(Part::as_select())
        .load(tx.conn())
        .await?;
    let mut held = 0_u32;
    let enough = parts.iter().position(|part| {
        held = held.saturating_add(part.claims);
        held >= claims
    });
    parts.truncate(enough.map_or(parts.len(), |last| last + 1));
    Ok(parts)
}

/// A claim that is to be tried, without what the rule was told of it.
#[derive(Debug, Clone)]
pub(crate) struct ToTry {
    /// Number of its part.
    pub(crate) part: u32,
    /// The claim.
    pub(crate) claim: ClaimId,
    /// Its contract.
    pub(crate) contract: ContractId,
    /// The assessment that counts.
    pub(crate) assessment: AssessmentId,
    /// The component of that.
    pub(crate) component: String,
    /// Fuel that it took.
    pub(crate) fuel: u64,
    /// How long what the rule was told is, in bytes; nothing where nothing could be told.
    pub(crate) input_bytes: usize,
    /// What was weighed beside the answer.
    pub(crate) weighed: Weighed,
    /// The numbers of its lines.
    pub(crate) lines: Vec<u32>,
}

/// What was weighed beside a rule's answer, as an assessment keeps it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Weighed {
    /// Limits that applied.
    pub(crate) limits: Vec<Limit>,
    /// What the contract's other claims used.
    pub(crate) others: Use,
    /// Decisions that were taken.
    pub(crate) decisions: Vec<Decision>,
}

type RowTypes = (Integer, (SqlUuid, SqlUuid, SqlUuid), Text, BigInt, Integer, Jsonb, diesel::sql_types::Array<Integer>);
type Row = (i32, (Uuid, Uuid, Uuid), String, i64, i32, serde_json::Value, Vec<i32>);

/// The claims of parts of a trial that follow one another, by part and claim. Claims that were
/// generated since the trial was started are left out.
pub(crate) async fn claims_of(tx: &mut Tx<'_>, trial: &Trial, parts: &[Part]) -> Result<Vec<ToTry>> {
    let first = parts.iter().map(|part| part.number).min().unwrap_or_default();
    let last = parts.iter().map(|part| part.number).max().unwrap_or_default();
    let tenant = tx.tenant().uuid();
    let sql: Prepared<RowTypes> = Prepared::new(
        "SELECT p.number, c.id, c.contract_id, a.id, a.component_digest, a.fuel, octet_length(a.input), a.weighed, \
         ARRAY(SELECT l.number FROM claim_line l WHERE l.tenant_id = c.tenant_id AND l.claim_id = c.id ORDER BY l.number) \
         FROM rule_trial_part p JOIN rule_trial t ON t.tenant_id = p.tenant_id AND t.id = p.trial_id \
         JOIN claim c ON c.tenant_id = p.tenant_id AND c.contract_id = p.contract_id AND c.starts = p.starts \
             AND c.created_at <= t.started_at \
         JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id \
         WHERE p.done_at IS NULL AND p.tenant_id = ",
    )
    .id(tenant)
    .sql(" AND c.tenant_id = ")
    .id(tenant)
    .sql(" AND p.trial_id = ")
    .id(trial.id.uuid())
    .sql(" AND p.number >= ")
    .number(first.into())
    .sql(" AND p.number <= ")
    .number(last.into())
    .sql(" AND c.period_id IN (SELECT q.period_id FROM rule_trial_period q WHERE q.tenant_id = ")
    .id(tenant)
    .sql(" AND q.trial_id = ")
    .id(trial.id.uuid())
    .sql(") ORDER BY p.number, c.id");
    let rows: Vec<Row> = sql.load(tx.conn()).await?;
    let read = |(part, (claim, contract, assessment), component, fuel, input, weighed, lines): Row| {
        let unreadable = |error: serde_json::Error| Error::Unreadable { what: format!("assessment.weighed: {error}") };
        Ok(ToTry {
            part: part.unsigned_abs(),
            claim: ClaimId::from_uuid(claim),
            contract: ContractId::from_uuid(contract),
            assessment: AssessmentId::from_uuid(assessment),
            component,
            fuel: fuel.unsigned_abs(),
            input_bytes: usize::try_from(input).unwrap_or_default(),
            weighed: serde_json::from_value(weighed).map_err(unreadable)?,
            lines: lines.into_iter().map(i32::unsigned_abs).collect(),
        })
    };
    rows.into_iter().map(read).collect()
}

/// What is payable and suspended on each line of assessments, by claim and line number; lines without a charge are left
/// out.
pub(crate) async fn sums_before(
    tx: &mut Tx<'_>,
    assessments: &[AssessmentId],
) -> Result<BTreeMap<(ClaimId, u32), (Money, Money)>> {
    let sql: Prepared<(SqlUuid, Integer, BigInt, BigInt)> = Prepared::new(
        "SELECT h.claim_id, h.line, COALESCE(sum(h.pence) FILTER (WHERE h.disposition = 0), 0)::bigint, \
         COALESCE(sum(h.pence) FILTER (WHERE h.disposition = 1), 0)::bigint FROM charge h WHERE h.tenant_id = ",
    )
    .id(tx.tenant().uuid())
    .sql(" AND h.assessment_id = ANY(")
    .ids(assessments.iter().map(|id| id.uuid()).collect())
    .sql(") GROUP BY 1, 2");
    let rows: Vec<(Uuid, i32, i64, i64)> = sql.load(tx.conn()).await?;
    let sums = |(claim, line, payable, suspended): (Uuid, i32, i64, i64)| {
        let key = (ClaimId::from_uuid(claim), line.unsigned_abs());
        (key, (Money::from_pence(payable), Money::from_pence(suspended)))
    };
    Ok(rows.into_iter().map(sums).collect())
}
