//! What the rule said of one version of a claim, with the bytes it was told: immutable. Its charges are in
//! [`charge`](crate::charge).

use chrono::{DateTime, Utc};
use counterfoil_core::ids::{AssessmentId, ClaimId, OrganisationId};
use counterfoil_core::money::Money;
use counterfoil_core::pricing::{Fault, Finding};
use counterfoil_core::tolerance::LineUse;
use diesel::{ExpressionMethods as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;
use uuid::Uuid;

use crate::error::{Error, Result};
use crate::record::{Kept, insert, record};
use crate::schema::assessment;
use crate::scope::{Audited, ProviderActing, Tx};

/// What an assessment is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// What the provider sees.
    Shown,
    /// What a run posts.
    Run,
    /// A trial of another rule.
    Trial,
}

impl Kept for Purpose {
    type Raw = i16;
    fn raw(self) -> i16 {
        match self {
            Self::Shown => 0,
            Self::Run => 1,
            Self::Trial => 2,
        }
    }
    fn of(raw: i16) -> Result<Self, String> {
        match raw {
            0 => Ok(Self::Shown),
            1 => Ok(Self::Run),
            2 => Ok(Self::Trial),
            _ => Err(format!("{raw} is no purpose")),
        }
    }
}

record! {
    /// An assessment.
    pub struct AssessmentRow in assessment {
        /// Its id.
        pub id: AssessmentId,
        /// The claim's organisation.
        pub organisation_id: Option<OrganisationId>,
        /// Of which claim.
        pub claim_id: ClaimId,
        /// Of which statement of it; 0 for the plan alone.
        pub statement_version: u32,
        /// What it is for.
        pub purpose: Purpose,
        /// What the rule was told, in canonical bytes.
        pub input: Vec<u8>,
        /// SHA-256 of that, in lower-case hex.
        pub input_digest: String,
        /// Which rule, to the byte.
        pub component_digest: String,
        /// The pack's name.
        pub pack: String,
        /// The pack's version.
        pub pack_version: String,
        /// Version of the interface that it speaks; empty when it faulted.
        pub interface: String,
        /// Version of the engine that ran it; empty when it faulted.
        pub engine: String,
        /// Fuel that it took.
        pub fuel: u64,
        /// Why the rule gave no answer, where it gave none.
        pub fault: Option<Fault>,
        /// What it found.
        pub findings: Vec<Finding>,
        /// What was weighed beside its answer: limits, other claims, decisions.
        pub weighed: serde_json::Value,
        /// What each line uses of its plan.
        pub uses: Vec<LineUse>,
        /// When.
        pub assessed_at: DateTime<Utc>,
        /// The price of the plan.
        pub planned_pence: Money,
        /// The price of everything stated: the sum of the next four.
        pub claimed_pence: Money,
        /// What may be paid.
        pub payable_pence: Money,
        /// What an officer decides on.
        pub suspended_pence: Money,
        /// What is not paid.
        pub rejected_pence: Money,
        /// What something is still to come for.
        pub pending_pence: Money,
    }
}

/// Adds assessments.
///
/// # Errors
/// [`Error::Database`].
pub async fn add(audited: &mut Audited<'_, '_>, rows: Vec<AssessmentRow>) -> Result<()> {
    insert!(audited, assessment, rows);
    Ok(())
}

/// One assessment.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn find(tx: &mut Tx<'_>, id: AssessmentId) -> Result<AssessmentRow> {
    find_all(tx, &[id]).await?.pop().ok_or(Error::NotFound)
}

/// The assessments of these ids, by claim.
///
/// # Errors
/// [`Error::Database`].
pub async fn find_all(tx: &mut Tx<'_>, ids: &[AssessmentId]) -> Result<Vec<AssessmentRow>> {
    let tenant = tx.tenant().uuid();
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    Ok(assessment::table
        .filter(assessment::tenant_id.eq(tenant))
        .filter(assessment::id.eq_any(ids))
        .order((assessment::claim_id, assessment::assessed_at, assessment::id))
        .select(AssessmentRow::as_select())
        .load(tx.conn())
        .await?)
}

/// What an assessment says of what it was made from: enough to tell whether another would say the same.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Of which claim.
    pub claim_id: ClaimId,
    /// Of which statement of it.
    pub statement_version: u32,
    /// Digest of what the rule was told.
    pub input_digest: String,
    /// Which rule.
    pub component_digest: String,
    /// What was weighed beside its answer.
    pub weighed: serde_json::Value,
    /// Why the rule gave no answer, where it gave none.
    pub fault: Option<Fault>,
}

/// What the assessments of these ids say, without the bytes that they were made from.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn said(tx: &mut Tx<'_>, ids: &[AssessmentId]) -> Result<Vec<Said>> {
    type Row = (Uuid, i32, String, String, serde_json::Value, Option<serde_json::Value>);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let tenant = tx.tenant().uuid();
    let rows: Vec<Row> = assessment::table
        .filter(assessment::tenant_id.eq(tenant))
        .filter(assessment::id.eq_any(uuids(ids)))
        .select((
            assessment::claim_id,
            assessment::statement_version,
            assessment::input_digest,
            assessment::component_digest,
            assessment::weighed,
            assessment::fault,
        ))
        .load(tx.conn())
        .await?;
    let unreadable = |what| Error::Unreadable { what };
    rows.into_iter()
        .map(|(claim, statement_version, input_digest, component_digest, weighed, fault)| {
            Ok(Said {
                claim_id: ClaimId::from_uuid(claim),
                statement_version: Kept::of(statement_version).map_err(unreadable)?,
                input_digest,
                component_digest,
                weighed,
                fault: Kept::of(fault).map_err(unreadable)?,
            })
        })
        .collect()
}

/// What the rule was told in the assessments of these ids, by claim.
///
/// # Errors
/// [`Error::Database`].
pub async fn inputs(tx: &mut Tx<'_>, ids: &[AssessmentId]) -> Result<Vec<(ClaimId, Vec<u8>)>> {
    let tenant = tx.tenant().uuid();
    let rows: Vec<(Uuid, Vec<u8>)> = assessment::table
        .filter(assessment::tenant_id.eq(tenant))
        .filter(assessment::id.eq_any(uuids(ids)))
        .order(assessment::claim_id)
        .select((assessment::claim_id, assessment::input))
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(claim, input)| (ClaimId::from_uuid(claim), input)).collect())
}

/// What each line uses of its plan in the assessments of these ids.
///
/// # Errors
/// [`Error::Database`], [`Error::Unreadable`].
pub async fn uses(tx: &mut Tx<'_>, ids: &[AssessmentId]) -> Result<Vec<(ClaimId, Vec<LineUse>)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let tenant = tx.tenant().uuid();
    let rows: Vec<(Uuid, serde_json::Value)> = assessment::table
        .filter(assessment::tenant_id.eq(tenant))
        .filter(assessment::id.eq_any(uuids(ids)))
        .select((assessment::claim_id, assessment::uses))
        .load(tx.conn())
        .await?;
    rows.into_iter()
        .map(|(claim, uses)| {
            let uses = Kept::of(uses).map_err(|what| Error::Unreadable { what })?;
            Ok((ClaimId::from_uuid(claim), uses))
        })
        .collect()
}

fn uuids(ids: &[AssessmentId]) -> Vec<Uuid> {
    ids.iter().map(|id| id.uuid()).collect()
}

/// All assessments of a claim, oldest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn history(tx: &mut Tx<'_>, claim: ClaimId) -> Result<Vec<AssessmentRow>> {
    let tenant = tx.tenant().uuid();
    Ok(assessment::table
        .filter(assessment::tenant_id.eq(tenant))
        .filter(assessment::claim_id.eq(claim.uuid()))
        .order((assessment::assessed_at, assessment::id))
        .select(AssessmentRow::as_select())
        .load(tx.conn())
        .await?)
}

/// What a provider may see of an assessment before it confirms: which statement it is of, and what was found.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenByProvider {
    /// Of which statement of the claim; 0 for the plan alone.
    pub statement_version: u32,
    /// Why the rule gave no answer, where it gave none.
    pub fault: Option<Fault>,
    /// What it found.
    pub findings: Vec<Finding>,
}

/// One assessment, as far as a provider may see it.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Unreadable`].
pub async fn seen_by_provider(tx: &mut Tx<'_, ProviderActing>, id: AssessmentId) -> Result<SeenByProvider> {
    let (tenant, organisation) = (tx.tenant().uuid(), tx.organisation().uuid());
    let (statement_version, fault, findings): (i32, Option<serde_json::Value>, serde_json::Value) = assessment::table
        .filter(assessment::tenant_id.eq(tenant))
        .filter(assessment::organisation_id.eq(organisation))
        .filter(assessment::id.eq(id.uuid()))
        .select((assessment::statement_version, assessment::fault, assessment::findings))
        .first(tx.conn())
        .await?;
    let unreadable = |what| Error::Unreadable { what };
    Ok(SeenByProvider {
        statement_version: Kept::of(statement_version).map_err(unreadable)?,
        fault: Kept::of(fault).map_err(unreadable)?,
        findings: Kept::of(findings).map_err(unreadable)?,
    })
}
