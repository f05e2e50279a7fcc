//! Which rule prices from when, and its settings. Append-only: activating, rolling back and changing a setting each
//! add a row.

use chrono::{DateTime, NaiveDate, Utc};
use counterfoil_core::actor::Actor;
use counterfoil_core::ids::RuleId;
use counterfoil_core::pricing::facts::{Day, Setting, Value};
use diesel::{ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _};
use diesel_async::RunQueryDsl as _;

use crate::error::{Error, Result};
use crate::record::{insert, record};
use crate::schema::{rule_activation, rule_setting};
use crate::scope::{Audited, Tx};

record! {
    /// A component switched on from a date.
    pub struct RuleActivation in rule_activation {
        /// Its id.
        pub id: RuleId,
        /// SHA-256 of the component, in lower-case hex.
        pub component_digest: String,
        /// The pack's name.
        pub pack: String,
        /// The pack's version.
        pub version: String,
        /// The first period start that it prices.
        pub active_from: NaiveDate,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// The second administrator.
        pub approved_by: Actor,
    }
}

record! {
    /// A setting of the rule as it was recorded.
    pub struct RuleSettingRow in rule_setting {
        /// Its name in the rule's schema.
        pub key: String,
        /// What it is for: a service level or a kind of contract; empty for all.
        pub scope: String,
        /// The first day of care for which it holds, until the next value of the same name.
        pub valid_from: NaiveDate,
        /// When it was recorded.
        pub recorded_at: DateTime<Utc>,
        /// By whom.
        pub recorded_by: Actor,
        /// Its value.
        pub value: Value,
    }
}

/// Switches a rule on. The approver has to be somebody else.
///
/// # Errors
/// [`Error::Database`], with the constraint where one person did both.
pub async fn activate(audited: &mut Audited<'_, '_>, row: RuleActivation) -> Result<()> {
    insert!(audited, rule_activation, [row]);
    Ok(())
}

/// Adds settings.
///
/// # Errors
/// [`Error::Database`].
pub async fn add_settings(audited: &mut Audited<'_, '_>, rows: Vec<RuleSettingRow>) -> Result<()> {
    insert!(audited, rule_setting, rows);
    Ok(())
}

/// The rule for a period that starts on a day.
///
/// # Errors
/// [`Error::Refused`] when none is switched on.
pub async fn in_force(tx: &mut Tx<'_>, period_starts: NaiveDate) -> Result<RuleActivation> {
    let tenant = tx.tenant().uuid();
    rule_activation::table
        .filter(rule_activation::tenant_id.eq(tenant))
        .filter(rule_activation::active_from.le(period_starts))
        .order((rule_activation::recorded_at.desc(), rule_activation::active_from.desc(), rule_activation::id))
        .select(RuleActivation::as_select())
        .first(tx.conn())
        .await
        .optional()?
        .ok_or_else(|| {
            Error::Refused(format!(
                "No payment rule is switched on for {}. An administrator has to choose one.",
                period_starts.format("%-d %B %Y")
            ))
        })
}

/// The rule for a period that starts on a day, as it was known at an instant: what a run that was opened then goes by.
///
/// # Errors
/// As [`in_force`].
pub async fn in_force_at(tx: &mut Tx<'_>, period_starts: NaiveDate, known_at: DateTime<Utc>) -> Result<RuleActivation> {
    let known = activations(tx).await?.into_iter().filter(|row| row.recorded_at <= known_at).collect::<Vec<_>>();
    match counting(&known, period_starts) {
        Some(row) => Ok(row.clone()),
        // switched on only since: better than none
        None => in_force(tx, period_starts).await,
    }
}

/// Every activation, the newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn activations(tx: &mut Tx<'_>) -> Result<Vec<RuleActivation>> {
    let tenant = tx.tenant().uuid();
    Ok(rule_activation::table
        .filter(rule_activation::tenant_id.eq(tenant))
        .order((rule_activation::recorded_at.desc(), rule_activation::active_from.desc(), rule_activation::id))
        .select(RuleActivation::as_select())
        .load(tx.conn())
        .await?)
}

/// Of activations, the newest first, the one that counts for a period that starts on a day.
#[must_use]
pub fn counting(activations: &[RuleActivation], period_starts: NaiveDate) -> Option<&RuleActivation> {
    activations.iter().find(|row| row.active_from <= period_starts)
}

/// The rule's settings as they were known at an instant, by name, scope and day: of one of these the newest.
///
/// # Errors
/// [`Error::Database`].
pub async fn settings(tx: &mut Tx<'_>, known_at: DateTime<Utc>) -> Result<Vec<Setting>> {
    let tenant = tx.tenant().uuid();
    let rows: Vec<RuleSettingRow> = rule_setting::table
        .filter(rule_setting::tenant_id.eq(tenant))
        .filter(rule_setting::recorded_at.le(known_at))
        .distinct_on((rule_setting::key, rule_setting::scope, rule_setting::valid_from))
        .order((rule_setting::key, rule_setting::scope, rule_setting::valid_from, rule_setting::recorded_at.desc()))
        .select(RuleSettingRow::as_select())
        .load(tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Setting { key: row.key, scope: row.scope, from: Day::of(row.valid_from), value: row.value })
        .collect())
}
