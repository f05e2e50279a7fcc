//! Reads versions, their bytes, cases and decisions.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use counterfoil_core::ids::PersonId;
use diesel::dsl::sql;
use diesel::sql_types::{BigInt, Bool, Nullable, Timestamptz};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use super::{CaseRun, Event, EventKind, QuarantineSetting, Refusal, RuleVersion};
use crate::error::Result;
use crate::prepared::Prepared;
use crate::record::Kept as _;
use crate::schema::{assessment, rule_case, rule_event, rule_quarantine_setting, rule_refusal, rule_version};
use crate::scope::Tx;

/// Every uploaded version, the newest first.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn versions(tx: &mut Tx<'_>) -> Result<Vec<RuleVersion>> {
    let tenant = tx.tenant().uuid();
    Ok(rule_version::table
        .filter(rule_version::tenant_id.eq(tenant))
        .order((rule_version::uploaded_at.desc(), rule_version::digest))
        .select(RuleVersion::as_select())
        .load(tx.conn())
        .await?)
}

/// One of them.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn version(tx: &mut Tx<'_>, digest: &str) -> Result<Option<RuleVersion>> {
    let tenant = tx.tenant().uuid();
    Ok(rule_version::table.find((tenant, digest)).select(RuleVersion::as_select()).first(tx.conn()).await.optional()?)
}

/// The bytes of one of them.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn component(tx: &mut Tx<'_>, digest: &str) -> Result<Option<Vec<u8>>> {
    let tenant = tx.tenant().uuid();
    let found = rule_version::table.find((tenant, digest)).select(rule_version::component);
    Ok(found.first(tx.conn()).await.optional()?)
}

/// The newest uploads that could not be used.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn refusals(tx: &mut Tx<'_>, most: i64) -> Result<Vec<Refusal>> {
    let tenant = tx.tenant().uuid();
    Ok(rule_refusal::table
        .filter(rule_refusal::tenant_id.eq(tenant))
        .order((rule_refusal::refused_at.desc(), rule_refusal::id))
        .limit(most)
        .select(Refusal::as_select())
        .load(tx.conn())
        .await?)
}

/// The cases of a version that count: of one name the last, in the order of their numbers.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn cases(tx: &mut Tx<'_>, digest: &str) -> Result<Vec<CaseRun>> {
    let mut cases = all_cases(tx, digest).await?;
    let newest = |case: &CaseRun, later: &[CaseRun]| !later.iter().any(|other| other.name == case.name);
    let counts: Vec<bool> =
        cases.iter().enumerate().map(|(at, case)| newest(case, cases.get(at + 1..).unwrap_or_default())).collect();
    let mut counts = counts.into_iter();
    cases.retain(|_| counts.next().unwrap_or(true));
    Ok(cases)
}

/// Every case that was run through a version, in the order of their numbers.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn all_cases(tx: &mut Tx<'_>, digest: &str) -> Result<Vec<CaseRun>> {
    let tenant = tx.tenant().uuid();
    Ok(rule_case::table
        .filter(rule_case::tenant_id.eq(tenant))
        .filter(rule_case::digest.eq(digest))
        .order(rule_case::number)
        .select(CaseRun::as_select())
        .load(tx.conn())
        .await?)
}

/// Everything that was decided about the council's rules, the newest first.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn events(tx: &mut Tx<'_>) -> Result<Vec<Event>> {
    let tenant = tx.tenant().uuid();
    Ok(rule_event::table
        .filter(rule_event::tenant_id.eq(tenant))
        .order((rule_event::at.desc(), rule_event::id.desc()))
        .select(Event::as_select())
        .load(tx.conn())
        .await?)
}

/// Which components are in quarantine now.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn quarantined(tx: &mut Tx<'_>) -> Result<BTreeSet<String>> {
    let tenant = tx.tenant().uuid();
    let either = [EventKind::Quarantine, EventKind::LiftQuarantine].map(crate::record::Kept::raw);
    let newest: Vec<(String, String)> = rule_event::table
        .filter(rule_event::tenant_id.eq(tenant))
        .filter(rule_event::kind.eq_any(either))
        .distinct_on(rule_event::digest)
        .order((rule_event::digest, rule_event::at.desc(), rule_event::id.desc()))
        .select((rule_event::digest, rule_event::kind))
        .load(tx.conn())
        .await?;
    let in_it = EventKind::Quarantine.raw();
    Ok(newest.into_iter().filter(|(_, kind)| *kind == in_it).map(|(digest, _)| digest).collect())
}

/// What the council has chosen, or what holds without.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn quarantine_setting(tx: &mut Tx<'_>) -> Result<QuarantineSetting> {
    let tenant = tx.tenant().uuid();
    let newest: Option<QuarantineSetting> = rule_quarantine_setting::table
        .filter(rule_quarantine_setting::tenant_id.eq(tenant))
        .order(rule_quarantine_setting::recorded_at.desc())
        .select(QuarantineSetting::as_select())
        .first(tx.conn())
        .await
        .optional()?;
    Ok(newest.unwrap_or_else(QuarantineSetting::unless_chosen))
}

/// On how many claims a component failed since an instant, by its own doing.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn faults_since(tx: &mut Tx<'_>, digest: &str, since: DateTime<Utc>) -> Result<u32> {
    let tenant = tx.tenant().uuid();
    let own = "fault ->> 'fault' IN ('out_of_fuel', 'out_of_memory', 'out_of_stack', 'trapped', 'answer_too_large', \
               'answer_wrong')";
    let claims: Vec<uuid::Uuid> = assessment::table
        .filter(assessment::tenant_id.eq(tenant))
        .filter(assessment::component_digest.eq(digest))
        .filter(assessment::assessed_at.gt(since))
        .filter(assessment::fault.is_not_null())
        .filter(sql::<Bool>(own))
        .select(assessment::claim_id)
        .distinct()
        .limit(i64::from(QuarantineSetting::MOST_FAULTS))
        .load(tx.conn())
        .await?;
    Ok(u32::try_from(claims.len()).unwrap_or(u32::MAX))
}

/// How many uploads wait for a decision of an administrator other than whoever uploaded them, and since when the first of
/// them does; none where nothing does.
///
/// # Errors
/// [`Error::Database`](crate::Error::Database).
pub async fn waiting(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<(i64, DateTime<Utc>)>> {
    let tenant = tx.tenant().uuid();
    let sql: Prepared<(BigInt, Nullable<Timestamptz>)> =
        Prepared::new("SELECT count(*), min(v.uploaded_at) FROM rule_version v WHERE v.tenant_id = ")
            .id(tenant)
            .sql(" AND v.uploaded_by <> ")
            .id(person.uuid())
            .sql(
                " AND NOT EXISTS (SELECT FROM rule_event e WHERE e.tenant_id = v.tenant_id AND e.digest = v.digest \
                 AND e.kind IN ('approve', 'decline', 'activate', 'roll_back', 'retire'))",
            );
    let (count, first): (i64, Option<DateTime<Utc>>) = sql.get_result(tx.conn()).await?;
    Ok(first.map(|first| (count, first)))
}
