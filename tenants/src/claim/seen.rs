//! One claim with everything that explains its sum: its lines, what was stated, and each charge with its reason. A
//! provider sees it without what the rule was told, which holds the council's settings.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::claim::Vocabulary;
use counterfoil_core::disposition::DisposedCharge;
use counterfoil_core::ids::{AssessmentId, ClaimId, OrganisationId, TenantId};
use counterfoil_core::language::Language;
use counterfoil_core::money::Money;
use counterfoil_core::pricing::canonical;
use counterfoil_core::pricing::facts::{LineFacts, Recording, Unit};
use counterfoil_core::pricing::{Fault, Finding};
use counterfoil_core::tolerance::LineUse;
use diesel::{
    BoolExpressionMethods as _, ExpressionMethods as _, JoinOnDsl as _, OptionalExtension as _, QueryDsl as _,
    SelectableHelper as _,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use uuid::Uuid;

use super::Claim;
use crate::charge::ChargeRow;
use crate::error::{Error, Result};
use crate::explanation::{self, Explaining};
use crate::record::Kept;
use crate::schema::{
    assessment, charge, claim, claim_line, contract, council_profile, non_delivery_reason, organisation, pay_period,
    schedule, service_line, service_line_version, service_user,
};
use crate::scope::{Provider, Tx};
use crate::statement::{StatementRow, newest_of};

diesel::allow_tables_to_appear_in_same_query!(claim_line, service_line);

/// A claim with what explains it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClaimSeen {
    /// The claim.
    pub claim: Claim,
    /// Why the provider says that the claim is wrong, while it does.
    pub rejected: Option<Rejection>,
    /// The contract, by its reference, and the kind of service.
    pub contract: (String, String),
    /// How its care is recorded.
    pub recording: Recording,
    /// The provider's name, for a council; none for a payee without an organisation.
    pub provider: Option<String>,
    /// The person, by the council's reference.
    pub person: String,
    /// The schedule, as it is published.
    pub schedule: String,
    /// Until when confirming is in time for the run that it belongs to.
    pub cut_off: DateTime<Utc>,
    /// When what that run pays is in the bank.
    pub bank_date: NaiveDate,
    /// The newest statement, where there is one.
    pub statement: Option<StatementRow>,
    /// What the rule said; none before the first assessment.
    pub assessed: Option<AssessedSeen>,
    /// Its lines, by number.
    pub lines: Vec<LineSeen>,
    /// The council's words.
    pub words: CouncilWords,
}

/// A provider's word that what a claim comes to is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// Why.
    pub because: String,
    /// Who says so.
    pub name: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// What the rule said of a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct AssessedSeen {
    /// Its id.
    pub id: AssessmentId,
    /// Of which statement; 0 for the plan alone.
    pub statement_version: u32,
    /// The pack's name and version.
    pub pack: (String, String),
    /// Which rule, to the byte.
    pub component_digest: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Why the rule gave no answer, where it gave none.
    pub fault: Option<Fault>,
    /// What it found.
    pub findings: Vec<Finding>,
    /// What each line uses of its plan.
    pub uses: Vec<LineUse>,
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
    /// What the rule was told of each line; a council only.
    pub told: Vec<LineFacts>,
}

/// A line of a claim.
#[derive(Debug, Clone, PartialEq)]
pub struct LineSeen {
    /// From 0, in the order that statements and charges count by.
    pub number: u32,
    /// The CPLI number.
    pub reference: String,
    /// The council's order.
    pub purchase_order: Option<String>,
    /// The service level.
    pub service: String,
    /// The tier; empty where a service has none.
    pub tier: String,
    /// What it is planned and priced in.
    pub unit: Unit,
}

/// A council's own words.
#[derive(Debug, Clone, PartialEq)]
pub struct CouncilWords {
    /// For the states of a claim.
    pub vocabulary: Vocabulary,
    /// How it explains what it pays.
    pub explaining: Explaining,
}

impl CouncilWords {
    /// The council's English words for why care was not delivered.
    #[must_use]
    pub fn reason(&self, code: &str) -> String {
        let english = self.explaining.own.get(Language::English);
        english.and_then(|own| own.codes.get(code)).cloned().unwrap_or_else(|| code.replace('-', " "))
    }
}

/// Whose claim a query names, beside the policies.
#[derive(Clone, Copy)]
struct Whose {
    tenant: Uuid,
    organisation: Option<Uuid>,
}

/// A claim of one organisation at one council.
///
/// # Errors
/// [`Error::NotFound`] for any other, and for one that the person does not see.
pub async fn seen_own(
    tx: &mut Tx<'_, Provider>,
    council: TenantId,
    organisation: OrganisationId,
    id: ClaimId,
) -> Result<ClaimSeen> {
    if !tx.organisations().contains(&organisation.uuid()) {
        return Err(Error::NotFound);
    }
    seen_by(tx.conn(), Whose { tenant: council.uuid(), organisation: Some(organisation.uuid()) }, id).await
}

/// A claim of the council.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn seen(tx: &mut Tx<'_>, id: ClaimId) -> Result<ClaimSeen> {
    let whose = Whose { tenant: tx.tenant().uuid(), organisation: None };
    let mut seen = seen_by(tx.conn(), whose, id).await?;
    if let Some(organisation) = seen.claim.organisation_id {
        let name = organisation::table.find(organisation.uuid()).select(organisation::name).first(tx.conn()).await;
        seen.provider = name.optional()?;
    }
    if let Some(assessed) = &mut seen.assessed {
        let input: Vec<u8> = assessment::table
            .filter(assessment::tenant_id.eq(whose.tenant))
            .filter(assessment::id.eq(assessed.id.uuid()))
            .select(assessment::input)
            .first(tx.conn())
            .await?;
        // what an older version wrote and this one cannot read explains less, and is no reason to show nothing
        assessed.told = canonical::read(&input).map(|facts| facts.lines).unwrap_or_default();
    }
    Ok(seen)
}

async fn seen_by(conn: &mut AsyncPgConnection, whose: Whose, id: ClaimId) -> Result<ClaimSeen> {
    let mut own = claim::table
        .filter(claim::tenant_id.eq(whose.tenant))
        .filter(claim::id.eq(id.uuid()))
        .select(Claim::as_select())
        .into_boxed();
    if let Some(organisation) = whose.organisation {
        own = own.filter(claim::organisation_id.eq(organisation));
    }
    let found: Claim = own.first(conn).await?;
    type Said = (Option<String>, Option<String>, Option<DateTime<Utc>>);
    let (because, name, at): Said = claim::table
        .find((whose.tenant, id.uuid()))
        .select((claim::rejected_reason, claim::rejected_name, claim::rejected_at))
        .first(conn)
        .await?;
    let (reference, service_type, recording): (String, String, String) = contract::table
        .filter(contract::tenant_id.eq(whose.tenant))
        .filter(contract::id.eq(found.contract_id.uuid()))
        .select((contract::reference, contract::service_type, contract::recording))
        .first(conn)
        .await?;
    let person = service_user::table
        .filter(service_user::tenant_id.eq(whose.tenant))
        .filter(service_user::id.eq(found.service_user_id.uuid()))
        .select(service_user::reference)
        .first(conn)
        .await?;
    let period = found.run_period_id.unwrap_or(found.period_id);
    let (schedule, cut_off, bank_date) = pay_period::table
        .inner_join(
            schedule::table
                .on(schedule::tenant_id.eq(pay_period::tenant_id).and(schedule::id.eq(pay_period::schedule_id))),
        )
        .filter(pay_period::tenant_id.eq(whose.tenant))
        .filter(pay_period::id.eq(period.uuid()))
        .select((schedule::published_name, pay_period::cut_off, pay_period::bank_date))
        .first(conn)
        .await?;
    let statement = newest_of(conn, whose.tenant, &[id.uuid()]).await?.pop();
    let assessed = match found.assessment_id {
        Some(assessment) => Some(assessed(conn, whose, assessment).await?),
        None => None,
    };
    Ok(ClaimSeen {
        contract: (reference, service_type),
        recording: Recording::of(recording).map_err(unreadable)?,
        provider: None,
        person,
        schedule,
        cut_off,
        bank_date,
        statement,
        assessed,
        lines: lines(conn, whose, &found).await?,
        rejected: because.zip(name).zip(at).map(|((because, name), at)| Rejection { because, name, at }),
        words: words(conn, whose.tenant, found.ends).await?,
        claim: found,
    })
}

fn unreadable(what: String) -> Error {
    Error::Unreadable { what }
}

async fn assessed(conn: &mut AsyncPgConnection, whose: Whose, id: AssessmentId) -> Result<AssessedSeen> {
    type Said = (i32, String, String, String, DateTime<Utc>);
    type Found = (Option<serde_json::Value>, serde_json::Value, serde_json::Value);
    type Sums = (i64, i64, i64, i64, i64, i64);
    let mut own = assessment::table
        .filter(assessment::tenant_id.eq(whose.tenant))
        .filter(assessment::id.eq(id.uuid()))
        .select((
            (
                assessment::statement_version,
                assessment::pack,
                assessment::pack_version,
                assessment::component_digest,
                assessment::assessed_at,
            ),
            (assessment::fault, assessment::findings, assessment::uses),
            (
                assessment::planned_pence,
                assessment::claimed_pence,
                assessment::payable_pence,
                assessment::suspended_pence,
                assessment::rejected_pence,
                assessment::pending_pence,
            ),
        ))
        .into_boxed();
    if let Some(organisation) = whose.organisation {
        own = own.filter(assessment::organisation_id.eq(organisation));
    }
    let (said, found, sums): (Said, Found, Sums) = own.first(conn).await?;
    let mut own = charge::table
        .filter(charge::tenant_id.eq(whose.tenant))
        .filter(charge::assessment_id.eq(id.uuid()))
        .order(charge::number)
        .select(ChargeRow::as_select())
        .into_boxed();
    if let Some(organisation) = whose.organisation {
        own = own.filter(charge::organisation_id.eq(organisation));
    }
    let charges: Vec<ChargeRow> = own.load(conn).await?;
    let (statement_version, pack, pack_version, component_digest, at) = said;
    let (fault, findings, uses) = found;
    let (planned, claimed, payable, suspended, rejected, pending) = sums;
    Ok(AssessedSeen {
        id,
        statement_version: Kept::of(statement_version).map_err(unreadable)?,
        pack: (pack, pack_version),
        component_digest,
        at,
        fault: Kept::of(fault).map_err(unreadable)?,
        findings: Kept::of(findings).map_err(unreadable)?,
        uses: Kept::of(uses).map_err(unreadable)?,
        planned: Money::from_pence(planned),
        claimed: Money::from_pence(claimed),
        payable: Money::from_pence(payable),
        suspended: Money::from_pence(suspended),
        rejected: Money::from_pence(rejected),
        pending: Money::from_pence(pending),
        charges: charges.into_iter().map(DisposedCharge::from).collect(),
        told: Vec::new(),
    })
}

/// The lines with what they were in the claim's time: the version recorded last of those that hold within it.
async fn lines(conn: &mut AsyncPgConnection, whose: Whose, of: &Claim) -> Result<Vec<LineSeen>> {
    type Row = (i32, Uuid, String, Option<String>);
    type Version = (Uuid, String, String, String);
    let rows: Vec<Row> = claim_line::table
        .inner_join(service_line::table.on(
            service_line::tenant_id.eq(claim_line::tenant_id).and(service_line::id.eq(claim_line::service_line_id)),
        ))
        .filter(claim_line::tenant_id.eq(whose.tenant))
        .filter(claim_line::claim_id.eq(of.id.uuid()))
        .order(claim_line::number)
        .select((claim_line::number, service_line::id, service_line::reference, service_line::purchase_order))
        .load(conn)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|(_, id, ..)| *id).collect();
    let versions: Vec<Version> = service_line_version::table
        .filter(service_line_version::tenant_id.eq(whose.tenant))
        .filter(service_line_version::service_line_id.eq_any(ids))
        .filter(service_line_version::valid_from.le(of.ends))
        .distinct_on(service_line_version::service_line_id)
        .order((
            service_line_version::service_line_id,
            service_line_version::valid_from.desc(),
            service_line_version::version.desc(),
        ))
        .select((
            service_line_version::service_line_id,
            service_line_version::service,
            service_line_version::tier,
            service_line_version::unit,
        ))
        .load(conn)
        .await?;
    let mut versions: BTreeMap<Uuid, Version> = versions.into_iter().map(|version| (version.0, version)).collect();
    rows.into_iter()
        .map(|(number, id, reference, purchase_order)| {
            let version = versions.remove(&id);
            let unit = version.as_ref().map(|(.., unit)| Unit::of(unit.clone()).map_err(unreadable)).transpose()?;
            let (service, tier) = version.map(|(_, service, tier, _)| (service, tier)).unwrap_or_default();
            Ok(LineSeen {
                number: Kept::of(number).map_err(unreadable)?,
                reference,
                purchase_order,
                service,
                tier,
                unit: unit.unwrap_or(Unit::Hour),
            })
        })
        .collect()
}

/// A council's words on a day of care.
pub(crate) async fn words(conn: &mut AsyncPgConnection, tenant: Uuid, day: NaiveDate) -> Result<CouncilWords> {
    let profile: Option<(String, serde_json::Value)> = council_profile::table
        .filter(council_profile::tenant_id.eq(tenant))
        .order((council_profile::recorded_at.desc(), council_profile::valid_from.desc()))
        .select((council_profile::vocabulary, council_profile::messages))
        .first(conn)
        .await
        .optional()?;
    let reasons: Vec<(String, String)> = non_delivery_reason::table
        .filter(non_delivery_reason::tenant_id.eq(tenant))
        .filter(non_delivery_reason::valid_from.le(day))
        .distinct_on(non_delivery_reason::code)
        .order((
            non_delivery_reason::code,
            non_delivery_reason::recorded_at.desc(),
            non_delivery_reason::valid_from.desc(),
        ))
        .select((non_delivery_reason::code, non_delivery_reason::words))
        .load(conn)
        .await?;
    let (vocabulary, messages) = match profile {
        Some((vocabulary, messages)) => {
            (Vocabulary::of(vocabulary).map_err(unreadable)?, Kept::of(messages).map_err(unreadable)?)
        }
        None => (Vocabulary::Actuals, BTreeMap::new()),
    };
    let explaining = explanation::with(conn, tenant, messages, reasons.into_iter().collect()).await?;
    Ok(CouncilWords { vocabulary, explaining })
}
