//! One payment run as people look at it: what it comes to, whom it pays, and who did what.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::{PayeeId, PaymentFileId, PersonId, RunId};
use counterfoil_core::money::Money;
use diesel::sql_types::{BigInt, Date, Text, Timestamptz};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, NullableExpressionMethods as _,
    OptionalExtension as _, QueryDsl as _,
};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::audit;
use crate::error::Result;
use crate::prepared::Prepared;
use crate::profile::PaymentFormat;
use crate::record::Kept as _;
use crate::run::{self, Run};
use crate::schema::{payee, payment, payment_file, remittance};
use crate::scope::Tx;

/// A run with what it comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct RunDetail {
    /// The run.
    pub run: Run,
    /// The schedule, as the staff call it.
    pub schedule: String,
    /// The first and last day of its pay period.
    pub period: (NaiveDate, NaiveDate),
    /// Until when confirmations were in time.
    pub cut_off: DateTime<Utc>,
    /// The day on which it is finalised.
    pub finalisation: NaiveDate,
    /// When the money is in the bank.
    pub bank_date: NaiveDate,
    /// Contracts still to be worked into it, and those that are.
    pub progress: (i64, i64),
    /// What it comes to.
    pub totals: RunTotals,
    /// Its payment file, without the bytes.
    pub file: Option<FileSeen>,
    /// Names of those who opened, finalised and approved it.
    pub names: HashMap<PersonId, String>,
}

/// What a run comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunTotals {
    /// Claims with an entry.
    pub claims: i64,
    /// Entries.
    pub entries: i64,
    /// Their sum.
    pub posted: Money,
    /// Of that: what came after the first of its line.
    pub adjustments: Money,
    /// Payees with a payment, of nothing too.
    pub payees: i64,
    /// What goes out.
    pub pays: Money,
    /// What is carried into the next run.
    pub carried: Money,
    /// Remittance advices.
    pub remittances: i64,
}

/// A payment file in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileSeen {
    /// Its id.
    pub id: PaymentFileId,
    /// The council's serial number.
    pub serial: u32,
    /// Its format.
    pub format: PaymentFormat,
    /// Payments that it instructs.
    pub items: u32,
    /// Their sum.
    pub total: Money,
    /// SHA-256 of its bytes, in lower-case hex.
    pub digest: String,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
}

/// What a run pays to one payee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentSeen {
    /// The payee.
    pub payee: PayeeId,
    /// Its name.
    pub name: String,
    /// The council's number for it.
    pub supplier_number: String,
    /// The balance from the payment before.
    pub brought_forward: Money,
    /// The sum of the run's entries.
    pub entries: Money,
    /// The balance for the next payment.
    pub carried_forward: Money,
    /// What goes out.
    pub pays: Money,
    /// The reference on the bank statement.
    pub reference: String,
    /// The number of its remittance advice, where it is written.
    pub remittance: Option<String>,
}

impl RunDetail {
    /// Who somebody was, by name.
    #[must_use]
    pub fn name_of(&self, actor: &Actor) -> String {
        match actor.person() {
            Some(person) => self.names.get(&person).cloned().unwrap_or_else(|| person.to_string()),
            None => "Service".to_owned(),
        }
    }
}

/// A run.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn find(tx: &mut Tx<'_>, id: RunId) -> Result<RunDetail> {
    let found = run::find(tx, id).await?;
    let tenant = tx.tenant().uuid();
    type Dates = (Text, Date, Date, Timestamptz, Date, Date);
    let dates: Prepared<Dates> = Prepared::new(
        "SELECT s.name, p.starts, p.ends, p.cut_off, p.finalisation, p.bank_date FROM pay_period p \
         JOIN schedule s ON s.tenant_id = p.tenant_id AND s.id = p.schedule_id WHERE p.tenant_id = ",
    )
    .id(tenant)
    .sql(" AND p.id = ")
    .id(found.period_id.uuid());
    let (schedule, starts, ends, cut_off, finalisation, bank_date) = dates.get_result(tx.conn()).await?;
    let people = [Some(&found.opened_by), found.finalised_by.as_ref(), found.approved_by.as_ref()];
    let people = people.into_iter().flatten().filter_map(Actor::person).collect();
    Ok(RunDetail {
        schedule,
        period: (starts, ends),
        cut_off,
        finalisation,
        bank_date,
        progress: run::progress(tx, id).await?,
        totals: totals(tx, id).await?,
        file: file(tx, id).await?,
        names: audit::names(tx.conn(), people).await?,
        run: found,
    })
}

async fn totals(tx: &mut Tx<'_>, id: RunId) -> Result<RunTotals> {
    type Sums = (BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt, BigInt);
    let (tenant, id) = (tx.tenant().uuid(), id.uuid());
    let sums: Prepared<Sums> = Prepared::new(
        "SELECT e.claims, e.entries, e.posted, e.adjustments, y.payees, y.pays, y.carried, m.remittances FROM \
         (SELECT count(DISTINCT claim_id) AS claims, count(*) AS entries, COALESCE(sum(pence), 0)::bigint AS posted, \
             COALESCE(sum(pence) FILTER (WHERE kind > 0), 0)::bigint AS adjustments \
             FROM entry WHERE tenant_id = ",
    )
    .id(tenant)
    .sql(" AND run_id = ")
    .id(id)
    .sql(
        ") e, (SELECT count(*) AS payees, COALESCE(sum(pays_pence), 0)::bigint AS pays, \
             COALESCE(sum(carried_forward_pence), 0)::bigint AS carried FROM payment WHERE tenant_id = ",
    )
    .id(tenant)
    .sql(" AND run_id = ")
    .id(id)
    .sql(") y, (SELECT count(*) AS remittances FROM remittance WHERE tenant_id = ")
    .id(tenant)
    .sql(" AND run_id = ")
    .id(id)
    .sql(") m");
    let (claims, entries, posted, adjustments, payees, pays, carried, remittances): (
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
        i64,
    ) = sums.get_result(tx.conn()).await?;
    Ok(RunTotals {
        claims,
        entries,
        posted: Money::from_pence(posted),
        adjustments: Money::from_pence(adjustments),
        payees,
        pays: Money::from_pence(pays),
        carried: Money::from_pence(carried),
        remittances,
    })
}

async fn file(tx: &mut Tx<'_>, id: RunId) -> Result<Option<FileSeen>> {
    type Row = (Uuid, i32, String, i32, i64, String, DateTime<Utc>);
    let tenant = tx.tenant().uuid();
    let row: Option<Row> = payment_file::table
        .filter(payment_file::tenant_id.eq(tenant))
        .filter(payment_file::run_id.eq(id.uuid()))
        .select((
            payment_file::id,
            payment_file::serial,
            payment_file::format,
            payment_file::items,
            payment_file::total_pence,
            payment_file::digest,
            payment_file::issued_at,
        ))
        .first(tx.conn())
        .await
        .optional()?;
    let unreadable = |what| crate::Error::Unreadable { what };
    row.map(|(id, serial, format, items, total, digest, issued_at)| {
        Ok(FileSeen {
            id: PaymentFileId::from_uuid(id),
            serial: serial.unsigned_abs(),
            format: PaymentFormat::of(format).map_err(unreadable)?,
            items: items.unsigned_abs(),
            total: Money::from_pence(total),
            digest,
            issued_at,
        })
    })
    .transpose()
}

/// What a run pays to each payee, the largest payment first, from an offset on and at most so many.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn payments(tx: &mut Tx<'_>, id: RunId, (offset, limit): (i64, i64)) -> Result<Vec<PaymentSeen>> {
    type Who = (Uuid, String, String);
    type Sums = (i64, i64, i64, i64, String, Option<String>);
    let tenant = tx.tenant().uuid();
    let rows: Vec<(Who, Sums)> = payment::table
        .inner_join(payee::table.on(payee::tenant_id.eq(payment::tenant_id).and(payee::id.eq(payment::payee_id))))
        .left_join(
            remittance::table.on(remittance::tenant_id
                .eq(payment::tenant_id)
                .and(remittance::run_id.eq(payment::run_id))
                .and(remittance::payee_id.eq(payment::payee_id))),
        )
        .filter(payment::tenant_id.eq(tenant))
        .filter(payment::run_id.eq(id.uuid()))
        .order((payment::pays_pence.desc(), payee::name, payment::payee_id))
        .offset(offset)
        .limit(limit)
        .select((
            (payee::id, payee::name, payee::supplier_number),
            (
                payment::brought_forward_pence,
                payment::entries_pence,
                payment::carried_forward_pence,
                payment::pays_pence,
                payment::reference,
                remittance::number.nullable(),
            ),
        ))
        .load(tx.conn())
        .await?;
    let seen =
        |((payee, name, supplier_number), (brought, entries, carried, pays, reference, remittance)): (Who, Sums)| {
            PaymentSeen {
                payee: PayeeId::from_uuid(payee),
                name,
                supplier_number,
                brought_forward: Money::from_pence(brought),
                entries: Money::from_pence(entries),
                carried_forward: Money::from_pence(carried),
                pays: Money::from_pence(pays),
                reference,
                remittance,
            }
        };
    Ok(rows.into_iter().map(seen).collect())
}
