//! Reports of one organisation at one council: what will be paid and when, what was paid, how old what is unpaid is, and
//! what was paid late. Each gives a page of rows and how many there are, and goes through unpaid or late claims only.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::{OrganisationId, TenantId};
use counterfoil_core::money::Money;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, SmallInt, Text, Timestamptz};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::scope::{Provider, Tx};

/// Which rows of a report are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// How many to pass over.
    pub offset: i64,
    /// How many to give, at most.
    pub limit: i64,
}

/// A claim that is on its way to the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The contract's reference.
    pub contract: String,
    /// The person, by the council's reference.
    pub person: String,
    /// First and last day of care.
    pub care: (NaiveDate, NaiveDate),
    /// Where it stands; generated for what is paid by the plan.
    pub state: ClaimState,
    /// What will be paid, before balances.
    pub payable: Money,
    /// The schedule of the run that pays it, as published, and the first and last day of its period.
    pub run: (String, NaiveDate, NaiveDate),
    /// When that run is finalised.
    pub finalisation: NaiveDate,
    /// When the money is in the bank.
    pub bank_date: NaiveDate,
}

/// A payment that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The remittance's number.
    pub number: String,
    /// Whom it went to.
    pub payee: String,
    /// When the remittance was made.
    pub made_at: DateTime<Utc>,
    /// When the money was in the bank, where the advice says so.
    pub bank_date: Option<NaiveDate>,
    /// Brought forward, this run's entries, carried forward, and paid.
    pub sums: [Money; 4],
}

/// Unpaid claims of one contract and age.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aged {
    /// The contract's reference.
    pub contract: String,
    /// Days since the end of care, at least; the next bucket's begin.
    pub from_days: i16,
    /// How many claims wait for the provider.
    pub open: i64,
    /// How many are confirmed, or in a run.
    pub confirmed: i64,
    /// What they claim.
    pub claimed: Money,
    /// What of it may be paid.
    pub payable: Money,
    /// What of it waits for an officer.
    pub suspended: Money,
}

/// Where the ages begin, in days since the end of care.
pub const AGES: [i16; 5] = [0, 8, 15, 29, 57];

/// A claim that a later run paid, or pays, than the one in which it fell due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Late {
    /// The contract's reference.
    pub contract: String,
    /// The person, by the council's reference.
    pub person: String,
    /// First and last day of care.
    pub care: (NaiveDate, NaiveDate),
    /// Where it stands.
    pub state: ClaimState,
    /// When it would have been in the bank, and when it was or will be.
    pub bank_dates: (NaiveDate, NaiveDate),
    /// Whether the confirmation came after the cut-off.
    pub confirmed_late: bool,
    /// What may be paid of it.
    pub payable: Money,
}

#[derive(Clone, Copy)]
struct Whose {
    tenant: Uuid,
    organisation: Uuid,
}

fn own(tx: &Tx<'_, Provider>, council: TenantId, organisation: OrganisationId) -> Result<Whose> {
    let organisation = organisation.uuid();
    if !tx.organisations().contains(&organisation) {
        return Err(Error::NotFound);
    }
    Ok(Whose { tenant: council.uuid(), organisation })
}

impl Whose {
    /// The claims that a report is about, as `c`: found before anything is looked up of them, since what a provider may
    /// see of people and contracts is asked row by row.
    fn claims<ST>(self, sql: Prepared<ST>, which: &'static str) -> Prepared<ST> {
        self.guards(sql.sql("(SELECT c.* FROM claim c")).sql(which).sql(" OFFSET 0) c")
    }

    /// `WHERE` with both guards, of a table called `c`.
    fn guards<ST>(self, sql: Prepared<ST>) -> Prepared<ST> {
        sql.sql(" WHERE c.tenant_id = ").id(self.tenant).sql(" AND c.organisation_id = ").id(self.organisation)
    }
}

fn sliced<ST>(sql: Prepared<ST>, slice: Slice) -> Prepared<ST> {
    sql.sql(" LIMIT ").number(slice.limit).sql(" OFFSET ").number(slice.offset)
}

fn state(code: i16) -> Result<ClaimState> {
    ClaimState::of(code).map_err(|what| Error::Unreadable { what })
}

/// What is confirmed, in a run, or paid by the plan, and not paid yet: the next bank date first.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn pending(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    slice: Slice,
) -> Result<(Vec<Pending>, i64)> {
    type Types = ((Text, Text, Date, Date, SmallInt, Nullable<BigInt>), (Text, Date, Date, Date, Date, BigInt));
    type Row = (
        (String, String, NaiveDate, NaiveDate, i16, Option<i64>),
        (String, NaiveDate, NaiveDate, NaiveDate, NaiveDate, i64),
    );
    let whose = own(tx, council, organisation)?;
    let sql = Prepared::<Types>::new(
        "SELECT k.reference, u.reference, c.starts, c.ends, c.state, a.payable_pence, s.published_name, p.starts, \
         p.ends, p.finalisation, p.bank_date, count(*) OVER () FROM ",
    );
    let sql = whose.claims(sql, " AND c.state IN (0, 1, 2, 3)").sql(
        " JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id \
         JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id \
         JOIN schedule s ON s.tenant_id = c.tenant_id AND s.id = c.schedule_id \
         JOIN pay_period p ON p.tenant_id = c.tenant_id AND p.id = COALESCE(c.run_period_id, c.period_id) \
         LEFT JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id \
         WHERE c.state IN (2, 3) OR s.basis = 0 ORDER BY p.bank_date, k.reference, u.reference, c.starts, c.id",
    );
    let rows: Vec<Row> = sliced(sql, slice).load(tx.conn()).await?;
    let total = rows.as_slice().first().map(|(_, (.., total))| *total).unwrap_or_default();
    let read = |((contract, person, starts, ends, code, payable), run): Row| {
        let (schedule, first, last, finalisation, bank_date, _) = run;
        Ok(Pending {
            contract,
            person,
            care: (starts, ends),
            state: state(code)?,
            payable: Money::from_pence(payable.unwrap_or_default()),
            run: (schedule, first, last),
            finalisation,
            bank_date,
        })
    };
    Ok((rows.into_iter().map(read).collect::<Result<_>>()?, total))
}

/// What was paid, the newest first. Whoever sees certain contracts only sees none.
///
/// # Errors
/// As [`pending`].
pub async fn made(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    slice: Slice,
) -> Result<(Vec<Made>, i64)> {
    type Types = (Text, Text, Timestamptz, Nullable<Date>, BigInt, BigInt, BigInt, BigInt, BigInt);
    type Row = (String, String, DateTime<Utc>, Option<NaiveDate>, i64, i64, i64, i64, i64);
    let whose = own(tx, council, organisation)?;
    let sql = Prepared::<Types>::new(
        "SELECT c.number, y.name, c.made_at, (c.advice ->> 'bank_date')::date, t.brought_forward_pence, \
         t.entries_pence, t.carried_forward_pence, t.pays_pence, count(*) OVER () FROM remittance c \
         JOIN payment t ON t.tenant_id = c.tenant_id AND t.run_id = c.run_id AND t.payee_id = c.payee_id \
         JOIN payee y ON y.tenant_id = c.tenant_id AND y.id = c.payee_id",
    );
    let sql = whose.guards(sql).sql(" ORDER BY c.made_at DESC, c.number DESC");
    let rows: Vec<Row> = sliced(sql, slice).load(tx.conn()).await?;
    let total = rows.as_slice().first().map(|row| row.8).unwrap_or_default();
    let read = |(number, payee, made_at, bank_date, brought, entries, carried, pays, _): Row| Made {
        number,
        payee,
        made_at,
        bank_date,
        sums: [brought, entries, carried, pays].map(Money::from_pence),
    };
    Ok((rows.into_iter().map(read).collect(), total))
}

/// What is unpaid, by contract and by days since the end of care, the oldest first.
///
/// # Errors
/// As [`pending`].
pub async fn aged(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    today: NaiveDate,
    slice: Slice,
) -> Result<(Vec<Aged>, i64)> {
    type Types = (Text, SmallInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt);
    type Row = (String, i16, i64, i64, i64, i64, i64, i64);
    let whose = own(tx, council, organisation)?;
    let ages: Vec<String> = AGES.iter().rev().map(|from| format!("WHEN age.days >= {from} THEN {from}")).collect();
    let sql = Prepared::<Types>::new("SELECT k.reference, age.from_days, count(*) FILTER (WHERE c.state IN (0, 1)), ")
        .sql(
            "count(*) FILTER (WHERE c.state IN (2, 3)), COALESCE(sum(a.claimed_pence), 0)::bigint, \
             COALESCE(sum(a.payable_pence), 0)::bigint, COALESCE(sum(a.suspended_pence), 0)::bigint, \
             count(*) OVER () FROM claim c JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id \
             CROSS JOIN LATERAL (SELECT (CASE ",
        )
        .sql(ages.join(" "))
        .sql(" ELSE 0 END)::smallint AS from_days FROM (SELECT ")
        .day(today)
        .sql(
            " - c.ends AS days) age) age LEFT JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id",
        );
    let sql = whose
        .guards(sql)
        .sql(" AND c.state IN (0, 1, 2, 3) AND c.ends < ")
        .day(today)
        .sql(" GROUP BY k.id, k.reference, age.from_days ORDER BY age.from_days DESC, k.reference, k.id");
    let rows: Vec<Row> = sliced(sql, slice).load(tx.conn()).await?;
    let total = rows.as_slice().first().map(|row| row.7).unwrap_or_default();
    let read = |(contract, from_days, open, confirmed, claimed, payable, suspended, _): Row| Aged {
        contract,
        from_days,
        open,
        confirmed,
        claimed: Money::from_pence(claimed),
        payable: Money::from_pence(payable),
        suspended: Money::from_pence(suspended),
    };
    Ok((rows.into_iter().map(read).collect(), total))
}

/// What a later run pays, or paid, than the one in which it fell due, the newest care first.
///
/// # Errors
/// As [`pending`].
pub async fn late(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    slice: Slice,
) -> Result<(Vec<Late>, i64)> {
    type Types = ((Text, Text, Date, Date, SmallInt), (Date, Date, Nullable<Bool>, Nullable<BigInt>, BigInt));
    type Row = ((String, String, NaiveDate, NaiveDate, i16), (NaiveDate, NaiveDate, Option<bool>, Option<i64>, i64));
    let whose = own(tx, council, organisation)?;
    let sql = Prepared::<Types>::new(
        "SELECT k.reference, u.reference, c.starts, c.ends, c.state, due.bank_date, paid.bank_date, \
         c.confirmed_at > due.cut_off + interval '1 second', a.payable_pence, count(*) OVER () FROM ",
    );
    let sql = whose.claims(sql, " AND c.run_period_id <> c.period_id").sql(
        " JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id \
         JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id \
         JOIN pay_period due ON due.tenant_id = c.tenant_id AND due.id = c.period_id \
         JOIN pay_period paid ON paid.tenant_id = c.tenant_id AND paid.id = c.run_period_id \
         LEFT JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id \
         ORDER BY c.starts DESC, c.id DESC",
    );
    let rows: Vec<Row> = sliced(sql, slice).load(tx.conn()).await?;
    let total = rows.as_slice().first().map(|(_, (.., total))| *total).unwrap_or_default();
    let read = |((contract, person, starts, ends, code), (due, paid, confirmed_late, payable, _)): Row| {
        Ok(Late {
            contract,
            person,
            care: (starts, ends),
            state: state(code)?,
            bank_dates: (due, paid),
            confirmed_late: confirmed_late.unwrap_or_default(),
            payable: Money::from_pence(payable.unwrap_or_default()),
        })
    };
    Ok((rows.into_iter().map(read).collect::<Result<_>>()?, total))
}
