//! One contract's week with its claims: what each comes to and why, how far it is, and what keeps it from being
//! confirmed.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::{Basis, ClaimEvent, ClaimState, Refused};
use counterfoil_core::disposition::DisposedCharge;
use counterfoil_core::ids::{AssessmentId, ClaimId, ContractId, OrganisationId, TenantId};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::{Finding, FindingLevel};
use counterfoil_core::statement::Statement;
use diesel::sql_types::{BigInt, Bool, Date, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, OptionalExtension as _, QueryDsl as _,
    SelectableHelper as _,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use crate::charge::ChargeRow;
use crate::claim::{CouncilWords, Rejection, words};
use crate::error::{Error, Result};
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::{charge, claim_line, contract, council_profile, service_line};
use crate::scope::{Provider, Tx};
use crate::statement::newest_of;

/// A contract's week.
#[derive(Debug, Clone)]
pub struct WeekSeen {
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
    /// Its claims, by the person's reference.
    pub claims: Vec<ClaimOfWeek>,
    /// The council's words.
    pub words: CouncilWords,
    /// What a provider declares when it confirms.
    pub declaration: String,
}

/// A claim of the week.
#[derive(Debug, Clone)]
pub struct ClaimOfWeek {
    /// Its id.
    pub id: ClaimId,
    /// The version that is seen here.
    pub version: u32,
    /// The person, by the council's reference.
    pub person: String,
    /// Where it stands.
    pub state: ClaimState,
    /// What makes it payable.
    pub basis: Basis,
    /// The newest statement, 0 before the first.
    pub statement_version: u32,
    /// What was stated, where something was.
    pub stated: Option<Statement>,
    /// The provider's reference: its own, else that of the statement; empty where there is none.
    pub reference: String,
    /// The provider's invoice date.
    pub invoice_date: Option<NaiveDate>,
    /// Why the council sent it back.
    pub sent_back: Option<String>,
    /// Why the provider says that it is wrong.
    pub rejected: Option<Rejection>,
    /// Who confirmed, once somebody has.
    pub confirmed: Option<ConfirmedOfWeek>,
    /// Until when confirming is in time for the run that it belongs to.
    pub cut_off: DateTime<Utc>,
    /// When what that run pays is in the bank.
    pub bank_date: NaiveDate,
    /// What it comes to; none before the first assessment.
    pub assessed: Option<AssessedOfWeek>,
    /// Its lines, by number.
    pub lines: Vec<LineOfWeek>,
    /// How many messages its conversation has, and how many of them the provider has not read.
    pub messages: (i32, i32),
}

/// A confirmation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfirmedOfWeek {
    /// Who, as they gave it.
    pub name: String,
    /// When the server received it.
    pub at: DateTime<Utc>,
    /// What the provider keeps.
    pub receipt: Uuid,
    /// What was said beside it.
    pub comment: Option<String>,
}

/// What the rule said of a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct AssessedOfWeek {
    /// Of which statement; 0 for the plan alone.
    pub statement_version: u32,
    /// Whether it gave no answer.
    pub faulted: bool,
    /// What it found.
    pub findings: Vec<Finding>,
    /// The price of the plan.
    pub planned: Money,
    /// The price of everything stated: the sum of the next four.
    pub claimed: Money,
    /// What may be paid.
    pub payable: Money,
    /// What an officer decides on.
    pub suspended: Money,
    /// What is not paid.
    pub rejected: Money,
    /// What something is still to come for.
    pub pending: Money,
    /// The charges, in order.
    pub charges: Vec<DisposedCharge>,
}

/// A line of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineOfWeek {
    /// From 0, as charges count.
    pub number: u32,
    /// The CPLI number.
    pub reference: String,
    /// The council's order.
    pub purchase_order: Option<String>,
}

/// What keeps a claim from being confirmed.
#[derive(Debug, Clone, PartialEq)]
pub enum Blocked {
    /// Its state.
    State(Refused),
    /// It is confirmed already.
    Done,
    /// It has not been priced since it was stated.
    Unpriced,
    /// What has to be mended first.
    Mend(Vec<Finding>),
}

impl ClaimOfWeek {
    /// What keeps it from being confirmed, if anything does: the same that
    /// [`confirm_claims`](crate::steps::confirm_claims) asks for.
    #[must_use]
    pub fn blocked(&self) -> Option<Blocked> {
        if self.state == ClaimState::Confirmed {
            return Some(Blocked::Done);
        }
        if let Err(refused) = self.state.after(ClaimEvent::Confirm, self.basis, self.statement_version > 0) {
            return Some(Blocked::State(refused));
        }
        let Some(assessed) = self.assessed.as_ref().filter(|one| one.statement_version == self.statement_version)
        else {
            return Some(Blocked::Unpriced);
        };
        let mend = assessed.findings.iter().filter(|finding| finding.level == FindingLevel::Mend);
        let mend: Vec<Finding> = mend.cloned().collect();
        (!mend.is_empty()).then_some(Blocked::Mend(mend))
    }

    /// Whether it is open and somebody has to confirm it before it is paid.
    #[must_use]
    pub fn waits(&self) -> bool {
        matches!(self.state, ClaimState::Generated | ClaimState::Stated) && self.basis != Basis::Plan
    }
}

/// A contract's week, for a provider.
///
/// # Errors
/// [`Error::NotFound`] for another organisation's contract, and for a week without claims.
pub async fn seen(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    (contract, starts): (ContractId, NaiveDate),
) -> Result<WeekSeen> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    let (tenant, organisation) = (council.uuid(), organisation.uuid());
    let (reference, service): (String, String) = contract::table
        .filter(contract::tenant_id.eq(tenant))
        .filter(contract::organisation_id.eq(organisation))
        .filter(contract::id.eq(contract.uuid()))
        .select((contract::reference, contract::service_type))
        .first(tx.conn())
        .await?;
    let rows: Vec<Row> = claims(tenant, organisation, (contract, starts)).load(tx.conn()).await?;
    let ends = rows.iter().map(|((.., ends), ..)| *ends).max().ok_or(Error::NotFound)?;
    let assessments: Vec<Uuid> = rows.iter().filter_map(|(_, (_, assessment, ..), ..)| *assessment).collect();
    let ids: Vec<Uuid> = rows.iter().map(|((id, ..), ..)| *id).collect();
    let mut charges = charges(tx.conn(), tenant, &assessments).await?;
    let mut lines = lines(tx.conn(), tenant, &ids).await?;
    let stated = newest_of(tx.conn(), tenant, &ids).await?.into_iter().map(|row| (row.claim_id.uuid(), row.body));
    let mut stated: BTreeMap<Uuid, Statement> = stated.collect();
    let claims = rows.into_iter().map(|row| claim_of(row, &mut charges, &mut lines, &mut stated));
    let declaration: Option<String> = council_profile::table
        .filter(council_profile::tenant_id.eq(tenant))
        .order((council_profile::recorded_at.desc(), council_profile::valid_from.desc()))
        .select(council_profile::verification_statement)
        .first(tx.conn())
        .await
        .optional()?;
    Ok(WeekSeen {
        contract,
        reference,
        service,
        starts,
        ends,
        claims: claims.collect::<Result<_>>()?,
        words: words(tx.conn(), tenant, ends).await?,
        declaration: declaration.unwrap_or_default(),
    })
}

type Sums = (i64, i64, i64, i64, i64, i64);
type RowTypes = (
    (SqlUuid, Integer, Text, SmallInt, SmallInt, Integer, Timestamptz, Date, Date),
    (Nullable<Text>, Nullable<SqlUuid>, Nullable<Integer>, Bool, Nullable<Jsonb>),
    (Nullable<Text>, Nullable<Text>, Nullable<Timestamptz>, Nullable<Text>, Nullable<Date>),
    (Nullable<Text>, Nullable<Timestamptz>, Nullable<SqlUuid>, Nullable<Text>),
    (BigInt, BigInt, BigInt, BigInt, BigInt, BigInt),
    (Integer, Integer),
);
type Row = (
    (Uuid, i32, String, i16, i16, i32, DateTime<Utc>, NaiveDate, NaiveDate),
    (Option<String>, Option<Uuid>, Option<i32>, bool, Option<serde_json::Value>),
    (Option<String>, Option<String>, Option<DateTime<Utc>>, Option<String>, Option<NaiveDate>),
    (Option<String>, Option<DateTime<Utc>>, Option<Uuid>, Option<String>),
    Sums,
    (i32, i32),
);

fn claims(tenant: Uuid, organisation: Uuid, (contract, starts): (ContractId, NaiveDate)) -> Prepared<RowTypes> {
    Prepared::new(
        "SELECT c.id, c.version, u.reference, c.state, s.basis, c.statement_version, p.cut_off, p.bank_date, c.ends, \
         c.sent_back_reason, a.id, a.statement_version, a.fault IS NOT NULL, a.findings, \
         c.rejected_reason, c.rejected_name, c.rejected_at, c.provider_reference, c.invoice_date, \
         c.confirmed_name, c.confirmed_at, c.receipt, c.confirmed_comment, \
         COALESCE(a.planned_pence, 0), COALESCE(a.claimed_pence, 0), COALESCE(a.payable_pence, 0), \
         COALESCE(a.suspended_pence, 0), COALESCE(a.rejected_pence, 0), COALESCE(a.pending_pence, 0), \
         COALESCE(said.messages, 0), COALESCE(said.provider_unread, 0) \
         FROM claim c JOIN service_user u ON u.tenant_id = c.tenant_id AND u.id = c.service_user_id \
         JOIN schedule s ON s.tenant_id = c.tenant_id AND s.id = c.schedule_id \
         JOIN pay_period p ON p.tenant_id = c.tenant_id AND p.id = COALESCE(c.run_period_id, c.period_id) \
         LEFT JOIN assessment a ON a.tenant_id = c.tenant_id AND a.id = c.assessment_id \
         LEFT JOIN claim_conversation said ON said.tenant_id = c.tenant_id AND said.claim_id = c.id \
         WHERE c.tenant_id = ",
    )
    .id(tenant)
    .sql(" AND c.organisation_id = ")
    .id(organisation)
    .sql(" AND c.contract_id = ")
    .id(contract.uuid())
    .sql(" AND c.starts = ")
    .day(starts)
    .sql(" ORDER BY u.reference, c.id")
}

fn unreadable(what: String) -> Error {
    Error::Unreadable { what }
}

fn claim_of(
    row: Row,
    charges: &mut BTreeMap<Uuid, Vec<DisposedCharge>>,
    lines: &mut BTreeMap<Uuid, Vec<LineOfWeek>>,
    stated: &mut BTreeMap<Uuid, Statement>,
) -> Result<ClaimOfWeek> {
    let (standing, said, rejected, confirmed, sums, messages) = row;
    let (id, version, person, state, basis, statement_version, cut_off, bank_date, _) = standing;
    let (sent_back, assessment, of_statement, faulted, findings) = said;
    let (planned, claimed, payable, suspended, not_paid, pending) = sums;
    let assessed = match (assessment, of_statement, findings) {
        (Some(assessment), Some(of_statement), Some(findings)) => Some(AssessedOfWeek {
            statement_version: u32::of(of_statement).map_err(unreadable)?,
            faulted,
            findings: Vec::of(findings).map_err(unreadable)?,
            planned: Money::from_pence(planned),
            claimed: Money::from_pence(claimed),
            payable: Money::from_pence(payable),
            suspended: Money::from_pence(suspended),
            rejected: Money::from_pence(not_paid),
            pending: Money::from_pence(pending),
            charges: charges.remove(&assessment).unwrap_or_default(),
        }),
        _ => None,
    };
    let (because, name, at, reference, invoice_date) = rejected;
    let stated = stated.remove(&id);
    let reference = reference.or_else(|| stated.as_ref().map(|stated| stated.payment_reference.clone()));
    let (confirmed_name, confirmed_at, receipt, comment) = confirmed;
    let confirmed = confirmed_name.zip(confirmed_at).zip(receipt);
    Ok(ClaimOfWeek {
        id: ClaimId::from_uuid(id),
        version: u32::of(version).map_err(unreadable)?,
        person,
        state: ClaimState::of(state).map_err(unreadable)?,
        basis: Basis::of(basis).map_err(unreadable)?,
        statement_version: u32::of(statement_version).map_err(unreadable)?,
        stated,
        reference: reference.unwrap_or_default(),
        invoice_date,
        sent_back,
        rejected: because.zip(name).zip(at).map(|((because, name), at)| Rejection { because, name, at }),
        confirmed: confirmed.map(|((name, at), receipt)| ConfirmedOfWeek { name, at, receipt, comment }),
        cut_off,
        bank_date,
        assessed,
        lines: lines.remove(&id).unwrap_or_default(),
        messages,
    })
}

async fn charges(
    conn: &mut AsyncPgConnection,
    tenant: Uuid,
    assessments: &[Uuid],
) -> Result<BTreeMap<Uuid, Vec<DisposedCharge>>> {
    let rows: Vec<ChargeRow> = charge::table
        .filter(charge::tenant_id.eq(tenant))
        .filter(charge::assessment_id.eq_any(assessments))
        .order((charge::assessment_id, charge::number))
        .select(ChargeRow::as_select())
        .load(conn)
        .await?;
    let mut by_assessment: BTreeMap<Uuid, Vec<DisposedCharge>> = BTreeMap::new();
    for row in rows {
        let assessment: AssessmentId = row.assessment_id;
        by_assessment.entry(assessment.uuid()).or_default().push(row.into());
    }
    Ok(by_assessment)
}

async fn lines(conn: &mut AsyncPgConnection, tenant: Uuid, claims: &[Uuid]) -> Result<BTreeMap<Uuid, Vec<LineOfWeek>>> {
    let rows: Vec<(Uuid, i32, String, Option<String>)> = claim_line::table
        .inner_join(service_line::table.on(
            service_line::tenant_id.eq(claim_line::tenant_id).and(service_line::id.eq(claim_line::service_line_id)),
        ))
        .filter(claim_line::tenant_id.eq(tenant))
        .filter(claim_line::claim_id.eq_any(claims))
        .order((claim_line::claim_id, claim_line::number))
        .select((claim_line::claim_id, claim_line::number, service_line::reference, service_line::purchase_order))
        .load(conn)
        .await?;
    let mut by_claim: BTreeMap<Uuid, Vec<LineOfWeek>> = BTreeMap::new();
    for (claim, number, reference, purchase_order) in rows {
        let number = u32::of(number).map_err(unreadable)?;
        by_claim.entry(claim).or_default().push(LineOfWeek { number, reference, purchase_order });
    }
    Ok(by_claim)
}
