//! The weeks of a provider's contracts at one council: a row for each contract and claim period. Which weeks a page has
//! is found in an index alone; only their claims are then added up.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::ids::{ContractId, OrganisationId, TenantId};
use counterfoil_core::money::Money;
use diesel::sql_types::{BigInt, Date, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::claim::{COUNTED, Standing};
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::scope::{Provider, Tx};

/// How many weeks that wait are shown at most; the table below them has all.
pub const WAITING: i64 = 20;

/// A contract's week, or other claim period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WeekListed {
    /// The contract.
    pub contract: ContractId,
    /// Its reference.
    pub reference: String,
    /// Its kind of service.
    pub service: String,
    /// First day of care.
    pub starts: NaiveDate,
    /// Last day of care, itself included.
    pub ends: NaiveDate,
    /// How many claims.
    pub claims: i64,
    /// How many of them wait for the provider.
    pub waiting: i64,
    /// How many are open and need no confirmation.
    pub by_plan: i64,
    /// How many are confirmed.
    pub confirmed: i64,
    /// How many a run holds.
    pub locked: i64,
    /// How many were paid.
    pub paid: i64,
    /// How many of those that wait the council sent back.
    pub sent_back: i64,
    /// How many of them the provider rejected.
    pub rejected: i64,
    /// How many are not priced, or could not be.
    pub unpriced: i64,
    /// What those that are priced come to.
    pub sums: WeekSums,
    /// Until when confirming is in time for the run that they belong to: the earliest of those that wait.
    pub cut_off: DateTime<Utc>,
}

/// What the claims of a week come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WeekSums {
    /// The price of the plan.
    pub planned: Money,
    /// The price of everything stated.
    pub claimed: Money,
    /// What will be paid.
    pub payable: Money,
    /// What waits for an officer.
    pub suspended: Money,
}

/// A page of weeks that is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WeeksWanted {
    /// With at least one claim that stands so.
    pub standing: Standing,
    /// Of one contract.
    pub contract: Option<ContractId>,
    /// That begins on this day, or has it within.
    pub day: Option<NaiveDate>,
    /// How many to pass over.
    pub offset: i64,
    /// How many to give, at most.
    pub limit: u32,
}

/// A page of weeks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Weeks {
    /// These.
    pub rows: Vec<WeekListed>,
    /// How many there are, counted up to [`COUNTED`] after the page's first and one more.
    pub counted: i64,
}

type RowTypes = (
    (SqlUuid, Text, Text, Date, Date, Timestamptz, BigInt),
    (BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt),
    (Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>),
);
type Row = (
    (Uuid, String, String, NaiveDate, NaiveDate, DateTime<Utc>, i64),
    (i64, i64, i64, i64, i64, i64, i64, i64, i64),
    (Option<i64>, Option<i64>, Option<i64>, Option<i64>),
);

/// The weeks of one organisation at one council, the newest first.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn list(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    wanted: &WeeksWanted,
) -> Result<Weeks> {
    let whose = own(tx, council, organisation)?;
    let rows: Vec<Row> = page(whose, wanted, false).load(tx.conn()).await?;
    if rows.is_empty() && wanted.offset > 0 {
        // beyond the end: the page that is the last one instead
        let total: i64 = counting(Prepared::<BigInt>::new("SELECT "), whose, wanted).get_result(tx.conn()).await?;
        let limit = i64::from(wanted.limit.max(1));
        let last = WeeksWanted { offset: (total - 1).max(0) / limit * limit, ..wanted.clone() };
        let rows: Vec<Row> = page(whose, &last, false).load(tx.conn()).await?;
        return Ok(Weeks { rows: rows.into_iter().map(listed).collect(), counted: total });
    }
    let counted = rows.as_slice().first().map(|((.., counted), ..)| *counted).unwrap_or_default();
    Ok(Weeks { rows: rows.into_iter().map(listed).collect(), counted })
}

/// The weeks with something to confirm, the earliest first, at most [`WAITING`] of them, and how many there are, counted
/// as far as a reader pages.
///
/// # Errors
/// As [`list`].
pub async fn waiting(tx: &mut Tx<'_, Provider>, council: TenantId, organisation: OrganisationId) -> Result<Weeks> {
    let whose = own(tx, council, organisation)?;
    let limit = u32::try_from(WAITING).unwrap_or(u32::MAX);
    let wanted = WeeksWanted { standing: Standing::Open, limit, ..WeeksWanted::default() };
    let rows: Vec<Row> = page(whose, &wanted, true).load(tx.conn()).await?;
    let counted = rows.as_slice().first().map(|((.., counted), ..)| *counted).unwrap_or_default();
    Ok(Weeks { rows: rows.into_iter().map(listed).collect(), counted })
}

/// Whose claims a statement names, beside the policies.
#[derive(Clone, Copy)]
struct Whose {
    tenant: Uuid,
    organisation: Uuid,
}

fn own(tx: &Tx<'_, Provider>, council: TenantId, organisation: OrganisationId) -> Result<Whose> {
    let organisation = organisation.uuid();
    if tx.organisations().contains(&organisation) {
        Ok(Whose { tenant: council.uuid(), organisation })
    } else {
        Err(Error::NotFound)
    }
}

fn page(whose: Whose, wanted: &WeeksWanted, earliest_first: bool) -> Prepared<RowTypes> {
    let order = if earliest_first { "" } else { " DESC" };
    let mut sql =
        Prepared::new("SELECT found.contract_id, k.reference, k.service_type, found.starts, x.ends, x.cut_off, ");
    sql = counting(sql, whose, wanted).sql(
        ", x.claims, x.waiting, x.by_plan, x.confirmed, x.locked, x.paid, x.sent_back, x.rejected, x.unpriced, \
         x.planned, x.claimed, x.payable, x.suspended FROM (SELECT c.starts, c.contract_id",
    );
    sql = claims(sql, whose, wanted).sql(format!(
        " GROUP BY c.starts, c.contract_id ORDER BY c.starts{order}, c.contract_id{order} LIMIT {}",
        wanted.limit.max(1)
    ));
    if wanted.offset > 0 {
        sql = sql.sql(" OFFSET ").number(wanted.offset);
    }
    sql.sql(") found JOIN contract k ON k.tenant_id = ")
        .id(whose.tenant)
        .sql(
            " AND k.id = found.contract_id CROSS JOIN LATERAL (SELECT max(c.ends) AS ends, count(*) AS claims, \
             count(*) FILTER (WHERE c.state IN (0, 1) AND s.basis > 0) AS waiting, \
             count(*) FILTER (WHERE c.state IN (0, 1) AND s.basis = 0) AS by_plan, \
             count(*) FILTER (WHERE c.state = 2) AS confirmed, count(*) FILTER (WHERE c.state = 3) AS locked, \
             count(*) FILTER (WHERE c.state = 4) AS paid, \
             count(c.sent_back_reason) FILTER (WHERE c.state IN (0, 1)) AS sent_back, \
             count(c.rejected_at) FILTER (WHERE c.state IN (0, 1)) AS rejected, \
             count(*) FILTER (WHERE a.id IS NULL OR a.fault IS NOT NULL) AS unpriced, \
             sum(a.planned_pence) FILTER (WHERE a.fault IS NULL)::bigint AS planned, \
             sum(a.claimed_pence) FILTER (WHERE a.fault IS NULL)::bigint AS claimed, \
             sum(a.payable_pence) FILTER (WHERE a.fault IS NULL)::bigint AS payable, \
             sum(a.suspended_pence) FILTER (WHERE a.fault IS NULL)::bigint AS suspended, \
             COALESCE(min(p.cut_off) FILTER (WHERE c.state IN (0, 1) AND s.basis > 0), max(p.cut_off)) AS cut_off \
             FROM claim c JOIN schedule s ON s.tenant_id = c.tenant_id AND s.id = c.schedule_id \
             JOIN pay_period p ON p.tenant_id = c.tenant_id AND p.id = COALESCE(c.run_period_id, c.period_id) \
             LEFT JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id WHERE c.tenant_id = ",
        )
        .id(whose.tenant)
        .sql(" AND c.organisation_id = ")
        .id(whose.organisation)
        .sql(format!(
            " AND c.contract_id = found.contract_id AND c.starts = found.starts) x \
             ORDER BY found.starts{order}, k.reference, found.contract_id"
        ))
}

/// How many there are, counted no further than needed, and in the order of the index, so that it stops there.
fn counting<ST>(sql: Prepared<ST>, whose: Whose, wanted: &WeeksWanted) -> Prepared<ST> {
    let sql = claims(sql.sql("(SELECT count(*) FROM (SELECT c.starts"), whose, wanted)
        .sql(" GROUP BY c.starts, c.contract_id ORDER BY c.starts DESC, c.contract_id DESC");
    if wanted.offset == 0 {
        sql.sql(format!(" LIMIT {}) counted)", COUNTED + 1))
    } else {
        sql.sql(" LIMIT ").number(wanted.offset.saturating_add(COUNTED + 1)).sql(") counted)")
    }
}

/// From which claims weeks are made. Nearly all of a provider's were paid: weeks in their order have some of those soon,
/// while the few that stand otherwise are found by their state first, and not by going through years.
fn claims<ST>(sql: Prepared<ST>, whose: Whose, wanted: &WeeksWanted) -> Prepared<ST> {
    match wanted.standing {
        Standing::All | Standing::Paid => filtered(sql, whose, wanted),
        _ => filtered(sql.sql(" FROM (SELECT c.starts, c.contract_id"), whose, wanted).sql(" OFFSET 0) c"),
    }
}

fn filtered<ST>(mut sql: Prepared<ST>, whose: Whose, wanted: &WeeksWanted) -> Prepared<ST> {
    sql = sql.sql(" FROM claim c");
    match wanted.standing {
        // what is paid by the plan alone does not wait
        Standing::Open => {
            sql = sql.sql(" JOIN schedule s ON s.tenant_id = c.tenant_id AND s.id = c.schedule_id AND s.basis > 0");
        }
        Standing::Suspended => {
            sql = sql.sql(
                " JOIN assessment held ON held.tenant_id = c.tenant_id AND held.id = c.assessment_id \
                 AND (held.suspended_pence > 0 OR held.fault IS NOT NULL)",
            );
        }
        _ => {}
    }
    sql = sql.sql(" WHERE c.tenant_id = ").id(whose.tenant);
    sql = sql.sql(" AND c.organisation_id = ").id(whose.organisation);
    sql = match wanted.standing {
        Standing::All => sql,
        Standing::Open => sql.sql(" AND c.state IN (0, 1)"),
        Standing::Suspended => sql.sql(" AND c.state < 3"),
        Standing::Confirmed => sql.sql(" AND c.state = 2"),
        Standing::Locked => sql.sql(" AND c.state = 3"),
        Standing::Paid => sql.sql(" AND c.state = 4"),
    };
    if let Some(contract) = wanted.contract {
        sql = sql.sql(" AND c.contract_id = ").id(contract.uuid());
    }
    if let Some(day) = wanted.day {
        // no claim period is longer than two months
        sql = sql.sql(" AND c.starts BETWEEN ").day(day).sql(" - 62 AND ").day(day).sql(" AND c.ends >= ").day(day);
    }
    sql
}

fn listed(row: Row) -> WeekListed {
    let ((contract, reference, service, starts, ends, cut_off, _), counts, sums) = row;
    let (claims, waiting, by_plan, confirmed, locked, paid, sent_back, rejected, unpriced) = counts;
    let money = |pence: Option<i64>| Money::from_pence(pence.unwrap_or_default());
    WeekListed {
        contract: ContractId::from_uuid(contract),
        reference,
        service,
        starts,
        ends,
        claims,
        waiting,
        by_plan,
        confirmed,
        locked,
        paid,
        sent_back,
        rejected,
        unpriced,
        sums: WeekSums {
            planned: money(sums.0),
            claimed: money(sums.1),
            payable: money(sums.2),
            suspended: money(sums.3),
        },
        cut_off,
    }
}
