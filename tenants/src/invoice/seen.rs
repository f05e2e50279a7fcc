//! What both sides see of invoices: in a table, the newest first, and one with its lines. Where an invoice stands comes from
//! its claims, in the same statement.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::ClaimState;
use counterfoil_core::ids::{ClaimId, ContractId, InvoiceId, OrganisationId, TenantId};
use counterfoil_core::invoice::{ClaimStanding, InvoiceState, Reference};
use counterfoil_core::money::Money;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::provider_invoice;
use crate::scope::{Provider, Tx};

/// The most invoices that a table is made of: the newest.
pub const MOST_LISTED: i64 = 2_000;

/// An invoice in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: InvoiceId,
    /// The provider's number.
    pub number: String,
    /// Its date.
    pub dated: NaiveDate,
    /// When it was received.
    pub submitted_at: DateTime<Utc>,
    /// The contract, and its reference.
    pub contract: (ContractId, String),
    /// The provider's name.
    pub provider: String,
    /// The first and last day of care.
    pub care: (NaiveDate, NaiveDate),
    /// What the provider expects.
    pub expected: Money,
    /// What the rule made of it when it was submitted.
    pub priced: Money,
    /// Where it stands.
    pub state: InvoiceState,
    /// Whether it can be withdrawn.
    pub can_be_withdrawn: bool,
}

/// A line of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineSeen {
    /// The claim.
    pub claim: ClaimId,
    /// Where that stands.
    pub state: ClaimState,
    /// Whether it still has the confirmation of this invoice.
    pub is_its_own: bool,
    /// The person, by the council's reference.
    pub person: String,
    /// The CPLI number.
    pub line: String,
    /// Whether its quantities are carer-minutes.
    pub is_timetabled: bool,
    /// First day of care.
    pub starts: NaiveDate,
    /// Last day of care.
    pub ends: NaiveDate,
    /// What was planned, delivered and frustrated.
    pub quantities: (i64, i64, i64),
    /// What the provider expects.
    pub expected: Money,
    /// What the rule made of it; none where it gave no sum.
    pub priced: Option<Money>,
    /// How.
    pub worked_out: String,
}

/// An invoice with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceSeen {
    /// As a table shows it.
    pub listed: Listed,
    /// Who declared it.
    pub name: String,
    /// What they added.
    pub comment: String,
    /// When and why it was withdrawn.
    pub withdrawn: Option<(DateTime<Utc>, String)>,
    /// Its lines.
    pub lines: Vec<LineSeen>,
}

/// Whose invoices a statement names, beside the policies.
#[derive(Debug, Clone, Copy)]
pub struct Whose {
    tenant: Uuid,
    organisation: Option<Uuid>,
}

/// An invoice that something belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Of {
    /// Its id.
    pub id: InvoiceId,
    /// Its number.
    pub number: String,
}

fn own(tx: &Tx<'_, Provider>, council: TenantId, organisation: OrganisationId) -> Result<Whose> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    Ok(Whose { tenant: council.uuid(), organisation: Some(organisation.uuid()) })
}

/// The newest invoices of one organisation at one council, as far as the person sees their contracts.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn list_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
) -> Result<Vec<Listed>> {
    let whose = own(tx, council, organisation)?;
    load(tx.conn(), whose, None).await
}

/// The newest invoices of all providers.
///
/// # Errors
/// [`Error::Database`].
pub async fn list(tx: &mut Tx<'_>) -> Result<Vec<Listed>> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    load(tx.conn(), whose, None).await
}

/// One invoice of an organisation.
///
/// # Errors
/// [`Error::NotFound`] for any other, and for one that the person does not see.
pub async fn find_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    id: InvoiceId,
) -> Result<InvoiceSeen> {
    let whose = own(tx, council, organisation)?;
    one(tx.conn(), whose, id).await
}

/// One invoice, for the council.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: InvoiceId) -> Result<InvoiceSeen> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    one(tx.conn(), whose, id).await
}

type ListedTypes = (
    (SqlUuid, Text, Date, Timestamptz, SqlUuid, Text, Text),
    (Date, Date, BigInt, BigInt, Bool, Array<SmallInt>, Array<Bool>, Array<Bool>),
);
type ListedRow = (
    (Uuid, String, NaiveDate, DateTime<Utc>, Uuid, String, String),
    (NaiveDate, NaiveDate, i64, i64, bool, Vec<i16>, Vec<bool>, Vec<bool>),
);

async fn load(conn: &mut AsyncPgConnection, whose: Whose, only: Option<InvoiceId>) -> Result<Vec<Listed>> {
    let mut sql: Prepared<ListedTypes> = Prepared::new(
        "SELECT i.id, i.number, i.dated, i.submitted_at, k.id, k.reference, o.name, its.starts, its.ends, \
         i.expected_pence, i.priced_pence, w.invoice_id IS NOT NULL, its.states, its.own, its.suspended \
         FROM provider_invoice i JOIN contract k ON k.tenant_id = i.tenant_id AND k.id = i.contract_id \
         JOIN organisation o ON o.id = i.organisation_id \
         LEFT JOIN provider_invoice_withdrawal w ON w.tenant_id = i.tenant_id AND w.invoice_id = i.id \
         CROSS JOIN LATERAL (SELECT min(c.starts) AS starts, max(c.ends) AS ends, array_agg(c.state) AS states, \
         array_agg(COALESCE(c.receipt = l.receipt, false)) AS own, \
         array_agg(a.fault IS NOT NULL OR COALESCE(a.suspended_pence, 0) <> 0) AS suspended \
         FROM provider_invoice_line l JOIN claim c ON c.tenant_id = l.tenant_id AND c.id = l.claim_id \
         LEFT JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id \
         WHERE l.tenant_id = i.tenant_id AND l.invoice_id = i.id) its \
         WHERE its.states IS NOT NULL AND i.tenant_id = ",
    )
    .id(whose.tenant);
    if let Some(organisation) = whose.organisation {
        sql = sql.sql(" AND i.organisation_id = ").id(organisation);
    }
    if let Some(id) = only {
        sql = sql.sql(" AND i.id = ").id(id.uuid());
    }
    let sql = sql.sql(" ORDER BY i.submitted_at DESC, i.id LIMIT ").number(MOST_LISTED);
    let rows: Vec<ListedRow> = sql.load(conn).await?;
    rows.into_iter().map(listed).collect()
}

fn unreadable(what: String) -> Error {
    Error::Unreadable { what }
}

fn listed(row: ListedRow) -> Result<Listed> {
    let ((id, number, dated, submitted_at, contract, reference, provider), rest) = row;
    let (starts, ends, expected, priced, withdrawn, states, own, suspended) = rest;
    let claims = states.into_iter().zip(own).zip(suspended).map(|((state, is_its_own), suspended)| {
        Ok(ClaimStanding { state: ClaimState::of(state).map_err(unreadable)?, is_its_own, suspended })
    });
    let claims = claims.collect::<Result<Vec<_>>>()?;
    Ok(Listed {
        id: InvoiceId::from_uuid(id),
        number,
        dated,
        submitted_at,
        contract: (ContractId::from_uuid(contract), reference),
        provider,
        care: (starts, ends),
        expected: Money::from_pence(expected),
        priced: Money::from_pence(priced),
        state: InvoiceState::of(withdrawn, &claims),
        can_be_withdrawn: InvoiceState::can_be_withdrawn(withdrawn, &claims),
    })
}

type LineTypes =
    ((SqlUuid, SmallInt, Bool, Text, Text, Bool, Date, Date), (BigInt, BigInt, BigInt, BigInt, Nullable<BigInt>, Text));
type LineRow =
    ((Uuid, i16, bool, String, String, bool, NaiveDate, NaiveDate), (i64, i64, i64, i64, Option<i64>, String));

async fn one(conn: &mut AsyncPgConnection, whose: Whose, id: InvoiceId) -> Result<InvoiceSeen> {
    let listed = load(conn, whose, Some(id)).await?.pop().ok_or(Error::NotFound)?;
    type SaidTypes = (Text, Text, Nullable<Timestamptz>, Nullable<Text>);
    let said: Prepared<SaidTypes> = Prepared::new(
        "SELECT i.name, i.comment, w.withdrawn_at, w.because FROM provider_invoice i \
         LEFT JOIN provider_invoice_withdrawal w ON w.tenant_id = i.tenant_id AND w.invoice_id = i.id \
         WHERE i.tenant_id = ",
    )
    .id(whose.tenant)
    .sql(" AND i.id = ")
    .id(id.uuid());
    let (name, comment, at, because): (String, String, Option<DateTime<Utc>>, Option<String>) =
        said.get_result(conn).await?;
    let lines: Prepared<LineTypes> = Prepared::new(
        "SELECT c.id, c.state, COALESCE(c.receipt = l.receipt, false), u.reference, s.reference, \
         k.recording = 'timetabled', c.starts, c.ends, l.planned, l.delivered, l.frustrated, l.expected_pence, \
         l.priced_pence, l.worked_out FROM provider_invoice_line l \
         JOIN claim c ON c.tenant_id = l.tenant_id AND c.id = l.claim_id \
         JOIN contract k ON k.tenant_id = c.tenant_id AND k.id = c.contract_id \
         JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id \
         JOIN claim_line n ON n.tenant_id = l.tenant_id AND n.claim_id = l.claim_id AND n.number = l.line \
         JOIN service_line s ON s.tenant_id = n.tenant_id AND s.id = n.service_line_id WHERE l.tenant_id = ",
    )
    .id(whose.tenant)
    .sql(" AND l.invoice_id = ")
    .id(id.uuid())
    .sql(" ORDER BY l.number");
    let rows: Vec<LineRow> = lines.load(conn).await?;
    Ok(InvoiceSeen {
        listed,
        name,
        comment,
        withdrawn: at.zip(because),
        lines: rows.into_iter().map(line).collect::<Result<_>>()?,
    })
}

fn line(row: LineRow) -> Result<LineSeen> {
    let ((claim, state, is_its_own, person, line, is_timetabled, starts, ends), said) = row;
    let (planned, delivered, frustrated, expected, priced, worked_out) = said;
    Ok(LineSeen {
        claim: ClaimId::from_uuid(claim),
        state: ClaimState::of(state).map_err(unreadable)?,
        is_its_own,
        person,
        line,
        is_timetabled,
        starts,
        ends,
        quantities: (planned, delivered, frustrated),
        expected: Money::from_pence(expected),
        priced: priced.map(Money::from_pence),
        worked_out,
    })
}

/// The invoice of an organisation at a council that has a number already, withdrawn or not, if the person may see it; a
/// number without an invoice that they see is told apart by the outer option.
///
/// # Errors
/// [`Error::NotFound`] for an organisation that is not the transaction's; [`Error::Database`].
pub async fn used(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    number: &Reference,
) -> Result<Option<Of>> {
    let whose = own(tx, council, organisation)?;
    let found: Option<(Uuid, String)> = provider_invoice::table
        .filter(provider_invoice::tenant_id.eq(whose.tenant))
        .filter(provider_invoice::organisation_id.eq(organisation.uuid()))
        .filter(provider_invoice::number_key.eq(number.key()))
        .select((provider_invoice::id, provider_invoice::number))
        .first(tx.conn())
        .await
        .optional()?;
    Ok(found.map(|(id, number)| Of { id: InvoiceId::from_uuid(id), number }))
}

/// The invoice that a form was sent as, if it was.
///
/// # Errors
/// As [`used`].
pub async fn used_by_submission(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    submission: Uuid,
) -> Result<Option<InvoiceId>> {
    let whose = own(tx, council, organisation)?;
    let found: Option<Uuid> = provider_invoice::table
        .filter(provider_invoice::tenant_id.eq(whose.tenant))
        .filter(provider_invoice::organisation_id.eq(organisation.uuid()))
        .filter(provider_invoice::submission.eq(submission))
        .select(provider_invoice::id)
        .first(tx.conn())
        .await
        .optional()?;
    Ok(found.map(InvoiceId::from_uuid))
}

/// The invoices by which these claims were confirmed as they stand, for their provider.
///
/// # Errors
/// As [`used`].
pub async fn of_claim_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    claims: &[ClaimId],
) -> Result<Vec<(ClaimId, Of)>> {
    let whose = own(tx, council, organisation)?;
    of_claims(tx.conn(), whose.tenant, claims).await
}

/// The same for the council.
///
/// # Errors
/// [`Error::Database`].
pub async fn of_claim(tx: &mut Tx<'_>, claims: &[ClaimId]) -> Result<Vec<(ClaimId, Of)>> {
    let tenant = tx.tenant().uuid();
    of_claims(tx.conn(), tenant, claims).await
}

async fn of_claims(conn: &mut AsyncPgConnection, tenant: Uuid, claims: &[ClaimId]) -> Result<Vec<(ClaimId, Of)>> {
    let sql: Prepared<(SqlUuid, SqlUuid, Text)> = Prepared::new(
        "SELECT DISTINCT c.id, i.id, i.number FROM claim c \
         JOIN provider_invoice_line l ON l.tenant_id = c.tenant_id AND l.claim_id = c.id AND l.receipt = c.receipt \
         JOIN provider_invoice i ON i.tenant_id = l.tenant_id AND i.id = l.invoice_id WHERE c.tenant_id = ",
    )
    .id(tenant)
    .sql(" AND c.id = ANY (")
    .ids(claims.iter().map(|id| id.uuid()).collect())
    .sql(")");
    let rows: Vec<(Uuid, Uuid, String)> = sql.load(conn).await?;
    let of = |(claim, id, number)| (ClaimId::from_uuid(claim), Of { id: InvoiceId::from_uuid(id), number });
    Ok(rows.into_iter().map(of).collect())
}

/// The claims of an invoice with the receipts that it gave them, for whoever acts.
pub(crate) async fn claims_of(
    tx: &mut Tx<'_, crate::scope::ProviderActing>,
    id: InvoiceId,
) -> Result<Vec<(ClaimId, Uuid)>> {
    let (tenant, organisation) = (tx.tenant().uuid(), tx.organisation().uuid());
    let sql: Prepared<(SqlUuid, SqlUuid, Integer)> =
        Prepared::new("SELECT l.claim_id, l.receipt, min(l.number) FROM provider_invoice_line l WHERE l.tenant_id = ")
            .id(tenant)
            .sql(" AND l.organisation_id = ")
            .id(organisation)
            .sql(" AND l.invoice_id = ")
            .id(id.uuid())
            .sql(" GROUP BY l.claim_id, l.receipt ORDER BY l.claim_id");
    let rows: Vec<(Uuid, Uuid, i32)> = sql.load(tx.conn()).await?;
    Ok(rows.into_iter().map(|(claim, receipt, _)| (ClaimId::from_uuid(claim), receipt)).collect())
}
