//! What came of a trial, as people look at it: as a whole, by contract, line by line, and the claims that took most.

use chrono::NaiveDate;
use counterfoil_core::ids::{ClaimId, ContractId, TrialId};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::Reason;
use diesel::sql_types::{BigInt, Date, Jsonb, Nullable, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use super::Trial;
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::scope::Tx;

/// Sums over claims that were tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    /// Claims.
    pub claims: i64,
    /// Of them: those whose facts were not kept, so that they could not be tried.
    pub left_out: i64,
    /// Of them: those on which the component failed.
    pub faulted: i64,
    /// Lines.
    pub lines: i64,
    /// Lines of which another sum would be payable or suspended.
    pub differing: i64,
    /// Lines of which something would be suspended, and nothing was.
    pub newly_suspended: i64,
    /// What is payable by the assessments that count, and what would be.
    pub payable: (Money, Money),
    /// What is suspended by them, and what would be.
    pub suspended: (Money, Money),
    /// Fuel that they took, and that the trial took.
    pub fuel: (i64, i64),
}

type SumTypes = ((BigInt, BigInt, BigInt, BigInt, BigInt, BigInt), (BigInt, BigInt, BigInt, BigInt, BigInt, BigInt));
type SumRow = ((i64, i64, i64, i64, i64, i64), (i64, i64, i64, i64, i64, i64));

/// Sums over parts that are called `p`.
const SUMS: &str = "COALESCE(sum(p.claims), 0)::bigint, COALESCE(sum(p.left_out), 0)::bigint, \
    COALESCE(sum(p.faulted), 0)::bigint, COALESCE(sum(p.lines), 0)::bigint, COALESCE(sum(p.differing), 0)::bigint, \
    COALESCE(sum(p.newly_suspended), 0)::bigint, COALESCE(sum(p.payable_before), 0)::bigint, \
    COALESCE(sum(p.payable_now), 0)::bigint, COALESCE(sum(p.suspended_before), 0)::bigint, \
    COALESCE(sum(p.suspended_now), 0)::bigint, COALESCE(sum(p.fuel_before), 0)::bigint, \
    COALESCE(sum(p.fuel_now), 0)::bigint";

impl From<SumRow> for Sums {
    fn from((counts, sums): SumRow) -> Self {
        let pence = Money::from_pence;
        Self {
            claims: counts.0,
            left_out: counts.1,
            faulted: counts.2,
            lines: counts.3,
            differing: counts.4,
            newly_suspended: counts.5,
            payable: (pence(sums.0), pence(sums.1)),
            suspended: (pence(sums.2), pence(sums.3)),
            fuel: (sums.4, sums.5),
        }
    }
}

impl Sums {
    /// How much more would be payable; less where negative.
    #[must_use]
    pub fn difference(&self) -> Money {
        Money::from_pence(self.payable.1.pence().saturating_sub(self.payable.0.pence()))
    }
}

/// Over everything that was tried so far.
///
/// # Errors
/// [`Error::Database`].
pub async fn sums(tx: &mut Tx<'_>, id: TrialId) -> Result<Sums> {
    let sql: Prepared<SumTypes> = Prepared::new("SELECT ")
        .sql(SUMS)
        .sql(" FROM rule_trial_part p WHERE p.done_at IS NOT NULL AND p.tenant_id = ")
        .id(tx.tenant().uuid())
        .sql(" AND p.trial_id = ")
        .id(id.uuid());
    let row: SumRow = sql.get_result(tx.conn()).await?;
    Ok(row.into())
}

/// What came of the claims of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractTried {
    /// The contract.
    pub contract: ContractId,
    /// Its reference.
    pub reference: String,
    /// Who is paid under it.
    pub payee: String,
    /// The sums.
    pub sums: Sums,
}

/// By contract, as far as they were tried: by reference.
///
/// # Errors
/// [`Error::Database`].
pub async fn by_contract(tx: &mut Tx<'_>, id: TrialId) -> Result<Vec<ContractTried>> {
    let sql: Prepared<((SqlUuid, Text, Text), SumTypes)> = Prepared::new("SELECT k.id, k.reference, y.name, ")
        .sql(SUMS)
        .sql(
            " FROM rule_trial_part p JOIN contract k ON k.tenant_id = p.tenant_id AND k.id = p.contract_id \
             JOIN payee y ON y.tenant_id = k.tenant_id AND y.id = k.payee_id \
             WHERE p.done_at IS NOT NULL AND p.tenant_id = ",
        )
        .id(tx.tenant().uuid())
        .sql(" AND p.trial_id = ")
        .id(id.uuid())
        .sql(" GROUP BY k.id, k.reference, y.name ORDER BY k.reference, k.id");
    let rows: Vec<((Uuid, String, String), SumRow)> = sql.load(tx.conn()).await?;
    let tried = |((contract, reference, payee), sums): ((Uuid, String, String), SumRow)| ContractTried {
        contract: ContractId::from_uuid(contract),
        reference,
        payee,
        sums: sums.into(),
    };
    Ok(rows.into_iter().map(tried).collect())
}

/// Which lines are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LineFilter {
    /// All that differ.
    #[default]
    All,
    /// More would be payable.
    More,
    /// Less would be payable.
    Less,
    /// Something would be suspended, and nothing was.
    NewlySuspended,
    /// Something was suspended, and nothing would be.
    NoLongerSuspended,
    /// The component failed.
    Failed,
}

impl LineFilter {
    const fn condition(self) -> &'static str {
        match self {
            Self::All => "",
            Self::More => " AND d.payable_now > d.payable_before AND d.fault IS NULL",
            Self::Less => " AND d.payable_now < d.payable_before AND d.fault IS NULL",
            Self::NewlySuspended => " AND d.suspended_now > 0 AND d.suspended_before = 0",
            Self::NoLongerSuspended => " AND d.suspended_now = 0 AND d.suspended_before > 0 AND d.fault IS NULL",
            Self::Failed => " AND d.fault IS NOT NULL",
        }
    }
}

/// A line that would come to something else.
#[derive(Debug, Clone, PartialEq)]
pub struct LineTried {
    /// Its claim.
    pub claim: ClaimId,
    /// The line's reference.
    pub reference: String,
    /// The person, by the council's reference.
    pub person: String,
    /// The contract, by its reference.
    pub contract: String,
    /// First and last day of care of the claim.
    pub days: (NaiveDate, NaiveDate),
    /// What is payable by the assessment that counts, and what would be.
    pub payable: (Money, Money),
    /// What is suspended by it, and what would be.
    pub suspended: (Money, Money),
    /// Why something would be suspended that was not.
    pub reason: Option<Reason>,
    /// Why the component gave no answer, in words.
    pub fault: Option<String>,
}

impl LineTried {
    /// How much more would be payable; less where negative.
    #[must_use]
    pub fn difference(&self) -> Money {
        Money::from_pence(self.payable.1.pence().saturating_sub(self.payable.0.pence()))
    }
}

type LineTypes =
    ((SqlUuid, Text, Text, Text, Date, Date), (BigInt, BigInt, BigInt, BigInt), (Nullable<Jsonb>, Nullable<Text>));
type LineRow = (
    (Uuid, String, String, String, NaiveDate, NaiveDate),
    (i64, i64, i64, i64),
    (Option<serde_json::Value>, Option<String>),
);

/// The lines that differ, the largest difference first: how many there are, and those from an offset on, at most so many.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn lines(
    tx: &mut Tx<'_>,
    id: TrialId,
    (filter, contract): (LineFilter, Option<ContractId>),
    (offset, limit): (i64, i64),
) -> Result<(i64, Vec<LineTried>)> {
    let tenant = tx.tenant().uuid();
    let wanted = |sql: Prepared<LineTypes>| with_filter(sql, tenant, (id, filter, contract));
    let counted: Prepared<BigInt> = Prepared::new("SELECT count(*)");
    let counted: i64 = with_filter(counted, tenant, (id, filter, contract)).get_result(tx.conn()).await?;
    let found = Prepared::new(
        "SELECT d.claim_id, COALESCE(r.reference, ''), u.reference, k.reference, c.starts, c.ends, d.payable_before, \
         d.payable_now, d.suspended_before, d.suspended_now, d.reason, d.fault",
    );
    let sql = wanted(found)
        .sql(
            " ORDER BY abs(d.payable_now - d.payable_before) DESC, abs(d.suspended_now - d.suspended_before) DESC, \
             d.claim_id, d.line OFFSET ",
        )
        .number(offset)
        .sql(" LIMIT ")
        .number(limit);
    let rows: Vec<LineRow> = sql.load(tx.conn()).await?;
    Ok((counted, rows.into_iter().map(line).collect::<Result<_>>()?))
}

fn with_filter<ST>(
    sql: Prepared<ST>,
    tenant: Uuid,
    (id, filter, contract): (TrialId, LineFilter, Option<ContractId>),
) -> Prepared<ST> {
    let sql = sql
        .sql(
            " FROM rule_trial_line d JOIN claim c ON c.tenant_id = d.tenant_id AND c.id = d.claim_id \
             JOIN contract k ON k.tenant_id = d.tenant_id AND k.id = d.contract_id \
             JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id \
             LEFT JOIN claim_line l ON l.tenant_id = d.tenant_id AND l.claim_id = d.claim_id AND l.number = d.line \
             LEFT JOIN service_line r ON r.tenant_id = l.tenant_id AND r.id = l.service_line_id WHERE d.tenant_id = ",
        )
        .id(tenant)
        .sql(" AND d.trial_id = ")
        .id(id.uuid())
        .sql(filter.condition());
    match contract {
        Some(contract) => sql.sql(" AND d.contract_id = ").id(contract.uuid()),
        None => sql,
    }
}

fn line(((claim, reference, person, contract, starts, ends), sums, (reason, fault)): LineRow) -> Result<LineTried> {
    let pence = Money::from_pence;
    Ok(LineTried {
        claim: ClaimId::from_uuid(claim),
        reference,
        person,
        contract,
        days: (starts, ends),
        payable: (pence(sums.0), pence(sums.1)),
        suspended: (pence(sums.2), pence(sums.3)),
        reason: Option::of(reason).map_err(|what| Error::Unreadable { what })?,
        fault,
    })
}

/// A claim that took much, with whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlowClaim {
    /// The claim.
    pub claim: ClaimId,
    /// The person, by the council's reference.
    pub person: String,
    /// The contract, by its reference.
    pub contract: String,
    /// First and last day of care.
    pub days: (NaiveDate, NaiveDate),
    /// Fuel that it took in the assessment that counts, and in the trial.
    pub fuel: (u64, u64),
}

/// The claims that took most fuel, the most first.
///
/// # Errors
/// [`Error::Database`].
pub async fn slowest(tx: &mut Tx<'_>, trial: &Trial) -> Result<Vec<SlowClaim>> {
    let sql: Prepared<(SqlUuid, Text, Text, Date, Date)> = Prepared::new(
        "SELECT c.id, u.reference, k.reference, c.starts, c.ends FROM claim c \
         JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id \
         JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id WHERE c.tenant_id = ",
    )
    .id(tx.tenant().uuid())
    .sql(" AND c.id = ANY(")
    .ids(trial.slowest.iter().map(|slow| slow.claim.uuid()).collect())
    .sql(")");
    let rows: Vec<(Uuid, String, String, NaiveDate, NaiveDate)> = sql.load(tx.conn()).await?;
    let of = |slow: &super::Slow| {
        let (id, person, contract, starts, ends) = rows.iter().find(|(id, ..)| *id == slow.claim.uuid())?.clone();
        let days = (starts, ends);
        Some(SlowClaim { claim: ClaimId::from_uuid(id), person, contract, days, fuel: (slow.before, slow.now) })
    };
    Ok(trial.slowest.iter().filter_map(of).collect())
}
