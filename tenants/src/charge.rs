//! The charges of an assessment: one rate over one span of dates each. A run stores them by the hundred thousand, so
//! they are written as arrays in one prepared statement (COPY is refused under row level security).

use chrono::NaiveDate;
use counterfoil_core::disposition::{DisposedCharge, Disposition};
use counterfoil_core::ids::{AssessmentId, ClaimId, OrganisationId, TenantId};
use counterfoil_core::money::{Money, Rate};
use counterfoil_core::pricing::{Arg, Reason};
use diesel::sql_types::{Array, BigInt, Date, Integer, Jsonb, Nullable, SmallInt, Text, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::error::Result;
use crate::record::{Kept as _, record};
use crate::schema::charge;
use crate::scope::{Acts, Audited, Tx};

record! {
    /// A charge as it is stored.
    pub struct ChargeRow in charge {
        /// Of which assessment.
        pub assessment_id: AssessmentId,
        /// From 0 within it.
        pub number: u32,
        /// The claim's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Of which claim.
        pub claim_id: ClaimId,
        /// The claim line's number.
        pub line: u32,
        /// The first day of care that it is for.
        pub starts: NaiveDate,
        /// The last.
        pub ends: NaiveDate,
        /// The stated visit that it is for, if it is for one.
        pub visit: Option<u32>,
        /// How much of what was stated it accounts for.
        pub accounts_for: i64,
        /// Units priced, in thousandths.
        pub units: i64,
        /// What the units are divided by.
        pub divisor: u16,
        /// The rate; none where nothing is charged.
        pub rate: Option<Rate>,
        /// Whole pence.
        pub pence: Money,
        /// What becomes of it.
        pub disposition: Disposition,
        /// The code of the rule's reason.
        pub reason_code: String,
        /// Its arguments.
        pub reason_args: Vec<Arg>,
        /// What moved it from the rule's verdict.
        pub moved_by: Option<Reason>,
    }
}

impl From<ChargeRow> for DisposedCharge {
    fn from(row: ChargeRow) -> Self {
        Self {
            line: row.line,
            from: row.starts,
            to: row.ends,
            visit: row.visit,
            accounts_for: row.accounts_for,
            units: row.units,
            divisor: row.divisor,
            rate: row.rate,
            amount: row.pence,
            disposition: row.disposition,
            reason: Reason { code: row.reason_code, args: row.reason_args },
            moved_by: row.moved_by,
        }
    }
}

/// The charges of one assessment, to be written.
#[derive(Debug, Clone)]
pub struct Charges {
    /// Of which assessment.
    pub assessment_id: AssessmentId,
    /// The claim's organisation.
    pub organisation_id: Option<OrganisationId>,
    /// Of which claim.
    pub claim_id: ClaimId,
    /// Themselves, in order.
    pub charges: Vec<DisposedCharge>,
}

/// The columns of many charges.
#[derive(Default)]
struct Columns {
    assessment_id: Vec<Uuid>,
    number: Vec<i32>,
    organisation_id: Vec<Option<Uuid>>,
    claim_id: Vec<Uuid>,
    line: Vec<i32>,
    starts: Vec<NaiveDate>,
    ends: Vec<NaiveDate>,
    visit: Vec<Option<i32>>,
    accounts_for: Vec<i64>,
    units: Vec<i64>,
    divisor: Vec<i16>,
    rate: Vec<Option<i64>>,
    pence: Vec<i64>,
    disposition: Vec<i16>,
    reason_code: Vec<String>,
    reason_args: Vec<serde_json::Value>,
    moved_by: Vec<Option<serde_json::Value>>,
}

impl Columns {
    fn push(&mut self, of: &Charges, number: i32, charge: DisposedCharge) {
        self.assessment_id.push(of.assessment_id.uuid());
        self.number.push(number);
        self.organisation_id.push(of.organisation_id.raw());
        self.claim_id.push(of.claim_id.uuid());
        self.line.push(charge.line.raw());
        self.starts.push(charge.from);
        self.ends.push(charge.to);
        self.visit.push(charge.visit.raw());
        self.accounts_for.push(charge.accounts_for);
        self.units.push(charge.units);
        self.divisor.push(charge.divisor.raw());
        self.rate.push(charge.rate.map(Rate::raw));
        self.pence.push(charge.amount.pence());
        self.disposition.push(charge.disposition.code());
        self.reason_code.push(charge.reason.code);
        self.reason_args.push(charge.reason.args.raw());
        self.moved_by.push(charge.moved_by.raw());
    }
}

const INSERT: &str = "INSERT INTO charge (tenant_id, assessment_id, number, organisation_id, claim_id, line, starts, \
    ends, visit, accounts_for, units, divisor, rate, pence, disposition, reason_code, reason_args, moved_by) \
    SELECT $1, * FROM UNNEST($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";

/// Writes charges, and says how many.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn add(audited: &mut Audited<'_, '_>, charges: Vec<Charges>) -> Result<usize> {
    let tenant = audited.tenant();
    write(audited.conn(), tenant, charges).await
}

pub(crate) async fn write(conn: &mut AsyncPgConnection, tenant: TenantId, charges: Vec<Charges>) -> Result<usize> {
    let mut columns = Columns::default();
    for mut of in charges {
        for (number, charge) in (0..).zip(std::mem::take(&mut of.charges)) {
            columns.push(&of, number, charge);
        }
    }
    if columns.number.is_empty() {
        return Ok(0);
    }
    Ok(diesel::sql_query(INSERT)
        .bind::<SqlUuid, _>(tenant.uuid())
        .bind::<Array<SqlUuid>, _>(columns.assessment_id)
        .bind::<Array<Integer>, _>(columns.number)
        .bind::<Array<Nullable<SqlUuid>>, _>(columns.organisation_id)
        .bind::<Array<SqlUuid>, _>(columns.claim_id)
        .bind::<Array<Integer>, _>(columns.line)
        .bind::<Array<Date>, _>(columns.starts)
        .bind::<Array<Date>, _>(columns.ends)
        .bind::<Array<Nullable<Integer>>, _>(columns.visit)
        .bind::<Array<BigInt>, _>(columns.accounts_for)
        .bind::<Array<BigInt>, _>(columns.units)
        .bind::<Array<SmallInt>, _>(columns.divisor)
        .bind::<Array<Nullable<BigInt>>, _>(columns.rate)
        .bind::<Array<BigInt>, _>(columns.pence)
        .bind::<Array<SmallInt>, _>(columns.disposition)
        .bind::<Array<Text>, _>(columns.reason_code)
        .bind::<Array<Jsonb>, _>(columns.reason_args)
        .bind::<Array<Nullable<Jsonb>>, _>(columns.moved_by)
        .execute(conn)
        .await?)
}

/// The charges of these assessments, by assessment and number.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn of_assessments<S: Acts>(tx: &mut Tx<'_, S>, ids: &[AssessmentId]) -> Result<Vec<ChargeRow>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    Ok(charge::table
        .filter(charge::tenant_id.eq(tenant))
        .filter(charge::assessment_id.eq_any(ids))
        .order((charge::assessment_id, charge::number))
        .select(ChargeRow::as_select())
        .load(tx.conn())
        .await?)
}
